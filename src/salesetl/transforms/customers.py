"""Customers: from delivered objects to one typed row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesetl.schemas.sales import RAW_CUSTOMERS
from salesetl.transforms.contract import parse_fields

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def clean_customers(raw_customers: DataFrame) -> DataFrame:
    """Give every field of a delivered customer its type; one row out for each row in."""
    return parse_fields(raw_customers, RAW_CUSTOMERS)
