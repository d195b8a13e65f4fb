"""The Glue Data Catalog: databases, tables and partitions that follow from the contracts."""

from salesetl.catalog.database import Catalog
from salesetl.catalog.plans import Outcome, Plan
from salesetl.catalog.tables import Entry

__all__ = ["Catalog", "Entry", "Outcome", "Plan"]
