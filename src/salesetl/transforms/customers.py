"""Customers: from delivered objects to one typed row each."""

from pyspark.sql import DataFrame

from salesetl.schemas.sales import RAW_CUSTOMERS
from salesetl.transforms.contract import parse_fields


def clean_customers(raw_customers: DataFrame) -> DataFrame:
    """Give every field of a delivered customer its type; one row out for each row in."""
    return parse_fields(raw_customers, RAW_CUSTOMERS)
