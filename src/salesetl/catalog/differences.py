"""Compares a table of the Data Catalog with its contract, and finds the changes that are safe."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from salesetl.catalog.tables import (
    EXTERNAL,
    Description,
    Entry,
    current_input,
    s3_location,
    table_input,
)
from salesetl.catalog.type_changes import plain_type, type_change

Kind = Literal["created", "added", "widened", "removed", "changed", "refused"]
_VERBS = {
    "created": "create",
    "added": "add",
    "widened": "widen",
    "removed": "remove",
    "changed": "change",
}


@dataclass(frozen=True)
class Change:
    """One difference of a table: what, the old and the new value, and a remedy if refused."""

    table: str
    kind: Kind
    what: str
    old: str = ""
    new: str = ""
    remedy: str = ""

    @property
    def text(self) -> str:
        """The change in one line, after it is done."""
        return self._line(f"{self.what} {self.kind}")

    @property
    def plan_text(self) -> str:
        """The change in one line, before it is done."""
        if self.kind == "refused":
            return self.text
        return self._line(f"would {_VERBS[self.kind]} {self.what}")

    def _line(self, told: str) -> str:
        values = " → ".join(text for text in (self.old, self.new) if text)
        line = f"{self.table}: {told}" + (values and f": {values}")
        return line + (self.remedy and f"; {self.remedy}")


def table_changes(entry: Entry, found: Description | None) -> list[Change]:
    """List how a table differs from its contract; only the refused changes if there are any."""
    if found is None:
        return [Change(entry.name, "created", "table", new=entry.location)]
    if foreign := _table_refusal(entry, found):
        return [foreign]
    wanted, current = table_input(entry, found), current_input(found)
    if wanted == current:
        return []
    changes = [
        *_key_changes(entry.name, current, wanted),
        *_column_changes(entry.name, _columns(current), _columns(wanted)),
        *_setting_changes(entry.name, current, wanted),
    ]
    refused = [each for each in changes if each.kind == "refused"]
    return refused or changes or [Change(entry.name, "changed", "spelling of types")]


def _table_refusal(entry: Entry, found: Description) -> Change | None:
    """Return why a table of that name is not the one to change, if so."""
    kind = found.get("TableType") or EXTERNAL
    location = found.get("StorageDescriptor", {}).get("Location", "")
    format_name = found.get("Parameters", {}).get("table_type", "")
    if "TargetTable" in found:
        what, old = "link to another database", str(found["TargetTable"])
    elif kind != EXTERNAL:
        what, old = "type", kind
    elif format_name:
        what, old = "table format", format_name
    elif s3_location(location) != entry.location:
        what, old = "location", location or "none"
    else:
        return None
    remedy = (
        "it is not the table of this lake; use another database or another lake, or remove the"
        " table from the Data Catalog if nobody needs it"
    )
    return Change(entry.name, "refused", what, old, entry.location, remedy)


def _key_changes(
    table: str, current: Description, wanted: Description
) -> Iterable[Change]:
    old, new = current.get("PartitionKeys", []), wanted["PartitionKeys"]
    if [(c["Name"], plain_type(c.get("Type", ""))) for c in old] != [
        (c["Name"], c["Type"]) for c in new
    ]:
        remedy = (
            "remove the table from the Data Catalog, then run salesetl catalog apply"
        )
        yield Change(
            table, "refused", "partition keys", _listed(old), _listed(new), remedy
        )
    elif old != new:
        yield Change(table, "changed", "comments of partition keys")


def _column_changes(
    table: str, old: dict[str, Description], new: dict[str, Description]
) -> Iterable[Change]:
    for name, column in new.items():
        if name not in old:
            yield Change(table, "added", f"column {name}", new=column["Type"])
            continue
        before = old[name].get("Type", "")
        kind = type_change(before, column["Type"])
        if kind != "same":
            remedy = _backfill(name) if kind == "refused" else ""
            what = f"column {name}"
            yield Change(table, kind, what, before, column["Type"], remedy)
        elif old[name].get("Comment", "") != column["Comment"]:
            texts = (repr(old[name].get("Comment", "")), repr(column["Comment"]))
            yield Change(table, "changed", f"comment of {name}", *texts)
    for name in sorted(old.keys() - new.keys()):
        yield Change(table, "removed", f"column {name}", old=old[name].get("Type", ""))
    common = [name for name in old if name in new]
    if common != [name for name in new if name in old]:
        yield Change(table, "changed", "order of columns")


def _setting_changes(
    table: str, current: Description, wanted: Description
) -> Iterable[Change]:
    old, new = _settings(current), _settings(wanted)
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            texts = (str(old.get(name, "none")), str(new.get(name, "none")))
            yield Change(table, "changed", name, *texts)


def _settings(described: Description) -> dict[str, Any]:
    """Name each setting of a table, but for its columns."""
    storage = described.get("StorageDescriptor", {})
    serde = storage.get("SerdeInfo", {})
    return {
        "comment": described.get("Description", ""),
        "type": described.get("TableType", ""),
        "location": storage.get("Location"),
        "input format": storage.get("InputFormat"),
        "output format": storage.get("OutputFormat"),
        "serde": serde.get("SerializationLibrary"),
        **{f"serde {key}": text for key, text in serde.get("Parameters", {}).items()},
        **described.get("Parameters", {}),
    }


def _backfill(column: str) -> str:
    return (
        f"files may hold {column} in the old type. Unless all files have the new type, load all"
        " dates of the table again with --write_mode replace and without --database. Then remove"
        " the table from the Data Catalog and run salesetl catalog apply"
    )


def _columns(described: Description) -> dict[str, Description]:
    storage = described.get("StorageDescriptor", {})
    return {column["Name"]: column for column in storage.get("Columns", [])}


def _listed(columns: list[Description]) -> str:
    return ", ".join(f"{each['Name']} {each.get('Type', '')}" for each in columns)
