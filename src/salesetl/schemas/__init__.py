"""Table contracts, the one source of every column name and type."""

from salesetl.schemas.quarantine import QUARANTINE
from salesetl.schemas.sales import (
    ENRICHED_SALES,
    RAW_CUSTOMERS,
    RAW_SALES,
    SALES_SUMMARY,
)

__all__ = [
    "ENRICHED_SALES",
    "QUARANTINE",
    "RAW_CUSTOMERS",
    "RAW_SALES",
    "SALES_SUMMARY",
    "TABLES",
]

TABLES = (RAW_SALES, RAW_CUSTOMERS, ENRICHED_SALES, SALES_SUMMARY, QUARANTINE)
