"""The files of sql/athena/tables, in the language of Hive, as tables of Trino."""

import re
from dataclasses import dataclass
from pathlib import Path

_COLUMN = re.compile(r"^    `(\w+)` (.+?) comment '(?:[^'\\]|\\.)*',?$", re.M)
_PROPERTY = re.compile(r"^    '([^']+)' = '([^']*)',?$", re.M)
_TYPES = {"timestamp": "timestamp(3)", "int": "integer", "string": "varchar"}

# Columns and their types, in order.
Columns = list[tuple[str, str]]


@dataclass(frozen=True)
class HiveTable:
    """What a file of a table says."""

    name: str
    columns: Columns
    partitions: Columns
    folder: str
    properties: dict[str, str]

    @property
    def is_projected(self) -> bool:
        """Whether its partitions follow from their names."""
        return self.properties.get("projection.enabled") == "true"

    @property
    def injected(self) -> list[str]:
        """The partition columns that a query must name a value of."""
        return [
            name
            for name, _ in self.partitions
            if self.properties.get(f"projection.{name}.type") == "injected"
        ]

    def statement(self, lake: Path, place: Path) -> str:
        """SQL that makes it of the files in a place, which is its folder below a lake."""
        settings = [f"external_location = 'local://{place}/'", "format = 'PARQUET'"]
        if self.partitions:
            outside = ", ".join(f"'{name}'" for name, _ in self.partitions)
            settings.append(f"partitioned_by = array[{outside}]")
        if self.is_projected:
            template = self.properties["storage.location.template"]
            template = template.replace("${lake}", f"local://{lake}")
            settings += [
                "partition_projection_enabled = true",
                f"partition_projection_location_template = '{template}'",
            ]
        columns = ", ".join(
            f'"{name}" {_type(kind)}{self._projection(name)}'
            for name, kind in self.columns + self.partitions
        )
        return f"create table {self.name} ({columns}) with ({', '.join(settings)})"

    def _projection(self, column: str) -> str:
        kind = self.properties.get(f"projection.{column}.type")
        if not kind:
            return ""
        settings = [f"partition_projection_type = '{kind.upper()}'"]
        if limits := self.properties.get(f"projection.{column}.range"):
            low, high = limits.split(",")
            settings.append(f"partition_projection_range = array['{low}', '{high}']")
        if form := self.properties.get(f"projection.{column}.format"):
            settings.append(f"partition_projection_format = '{form}'")
        if digits := self.properties.get(f"projection.{column}.digits"):
            settings.append(f"partition_projection_digits = {digits}")
        return f" with ({', '.join(settings)})"


def hive_table(text: str) -> HiveTable:
    """Read the text of a file; ValueError if it is not such a one."""
    heads = re.findall(r"^create external table if not exists (\w+) \($", text, re.M)
    places = re.findall(r"^location '\$\{lake\}/(.+)/'$", text, re.M)
    inside, _, outside = text.partition("\npartitioned by (\n")
    if len(heads) != 1 or len(places) != 1:
        raise ValueError("not a table below ${lake}")
    return HiveTable(
        heads[0],
        _COLUMN.findall(inside),
        _COLUMN.findall(outside),
        places[0],
        dict(_PROPERTY.findall(text)),
    )


def _type(hive: str) -> str:
    if found := re.fullmatch(r"array<(.+)>", hive):
        return f"array({_type(found[1])})"
    return _TYPES.get(hive, hive)
