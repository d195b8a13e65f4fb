"""Partition projection: Athena computes partitions from their names instead of looking them up."""

from collections.abc import Mapping

from salesetl.model.table import Table
from salesetl.model.types import T

ENABLED = "projection.enabled"

_PREFIX = "projection."
_TEMPLATE = "storage.location.template"
_INJECTED = "injected"


def projected(table: Table, location: str) -> dict[str, str]:
    """Return the properties that project the partitions of a table at a location ending in `/`.

    None for a table without partitions.
    """
    if not table.partition_by:
        return {}
    properties = {ENABLED: "true"}
    for name in table.partition_by:
        properties |= _column(table.field(name))
    places = "".join(f"{name}=${{{name}}}/" for name in table.partition_by)
    return properties | {_TEMPLATE: f"{location}{places}"}


def injected_columns(properties: Mapping[str, str]) -> list[str]:
    """Return the partition columns for which a query must give a value."""
    return [
        key.removeprefix(_PREFIX).removesuffix(".type")
        for key, value in properties.items()
        if key.startswith(_PREFIX) and value == _INJECTED
    ]


def is_of_projection(key: str) -> bool:
    """Tell whether a property of a table belongs to partition projection."""
    return key == _TEMPLATE or key.startswith(_PREFIX)


def _column(field: T.StructField) -> dict[str, str]:
    name = field.name
    metadata = field.metadata
    values = metadata.get("projected") or metadata.get("range")
    if not values:
        # A query must then say which one it wants, for they cannot be told in advance.
        return {f"projection.{name}.type": _INJECTED}
    is_date = isinstance(field.dataType, T.DateType)
    properties = {
        f"projection.{name}.type": "date" if is_date else "integer",
        f"projection.{name}.range": ",".join(map(str, values)),
    }
    if is_date:
        properties[f"projection.{name}.format"] = "yyyy-MM-dd"
    if "digits" in metadata:
        properties[f"projection.{name}.digits"] = str(metadata["digits"])
    return properties
