"""Table contracts, the one source of every column name and type."""

from salesetl.schemas.orders import FACT_ORDER_ITEMS, FACT_ORDERS, RAW_ORDERS
from salesetl.schemas.quarantine import QUARANTINE
from salesetl.schemas.sales import (
    ENRICHED_SALES,
    RAW_CUSTOMERS,
    RAW_SALES,
    SALES_SUMMARY,
)

__all__ = [
    "ENRICHED_SALES",
    "FACT_ORDERS",
    "FACT_ORDER_ITEMS",
    "FEEDS",
    "QUARANTINE",
    "RAW_CUSTOMERS",
    "RAW_ORDERS",
    "RAW_SALES",
    "SALES_SUMMARY",
    "TABLES",
]

TABLES = (
    RAW_SALES,
    RAW_CUSTOMERS,
    ENRICHED_SALES,
    SALES_SUMMARY,
    RAW_ORDERS,
    FACT_ORDERS,
    FACT_ORDER_ITEMS,
    QUARANTINE,
)
# A row is judged where it comes in, so only what is delivered has rules.
FEEDS = tuple(table for table in TABLES if table.rules)
