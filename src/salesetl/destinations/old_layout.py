"""Finds and moves lakes of earlier versions, whose tables are not in folders of their pipelines."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from salesetl.destinations.lease import Lease
from salesetl.errors import InputError, SetupError
from salesetl.model.pipeline import Pipeline
from salesetl.model.table import SOURCE_FILE, Table, commented
from salesetl.runs import report_path
from salesetl.storage import Storage, join, parquet_files

_SPARK_SCHEMA = b"org.apache.spark.sql.parquet.row.metadata"
# What runs of earlier versions kept, and the ones of today make anew.
_LEFT_OVER = ("_journal", "_leases", "_replays", "_staging")


def check_layout(storage: Storage, root: str) -> None:
    """Check that a lake is not of an earlier version; InputError says how to move it."""
    if storage.files(join(root, "_runs")):
        raise InputError(
            f"{root}: is a lake of an earlier version of salesetl, which kept tables in other"
            f" folders; move the tables: salesetl move-lake --output_path {root}"
        )


def move_lake(
    storage: Storage, root: str, pipelines: tuple[Pipeline, ...]
) -> Iterator[str]:
    """Move the tables, reports and quarantine of an earlier version; yield each new path.

    Rows stay as they are; `source_file` of what was loaded before is null. A move that was cut off
    is finished by another one. InputError if a run is under way or was cut off.
    """
    _check_at_rest(storage, root)
    for pipeline in pipelines:
        for table in (*pipeline.tables, *pipeline.quarantines):
            yield from _move_table(storage, root, table)
        old_keys = join(root, "_keys", f"{pipeline.job}.json")
        keys = join(root, pipeline.name, "_keys", f"{pipeline.main.name}.json")
        for _ in storage.files(old_keys):
            storage.move([(old_keys, keys)])
            yield keys
    for name in _LEFT_OVER:
        storage.delete(join(root, name))
    for name in ("_keys", "quarantine", *_names(pipelines)):
        _delete_if_empty(storage, join(root, name))
    # Last, as by these an earlier version is known.
    for pipeline in pipelines:
        for file in storage.files(join(root, "_runs", pipeline.job)):
            report = json.loads(storage.read(file.path))
            target = report_path(root, pipeline.name, report["run_id"])
            content = json.dumps(converted_report(report, pipeline), indent=2)
            storage.write(target, content.encode())
            storage.delete(file.path)
            yield target
    _delete_if_empty(storage, join(root, "_runs"))


def converted_report(old: dict[str, Any], pipeline: Pipeline) -> dict[str, Any]:
    """Convert the report of an earlier version; counts that it does not have are left out."""
    report = dict(old)
    report["rows_out_of_range"] = report.pop("rows_set_aside", 0)
    report["rows_to_refresh"] = report.pop("sales_of_late_buyers", 0)
    report["sources"] = {
        name: {
            "rows_out_of_range" if key == "rows_set_aside" else key: value
            for key, value in counts.items()
        }
        for name, counts in report.pop("feeds", {}).items()
    }
    by_currency: dict[str, dict[str, str]] = {}
    for state, name in (
        ("loaded", "revenue_loaded"),
        ("kept", "revenue_kept"),
        ("published", "revenue_summary"),
    ):
        told = report.pop(name, {})
        amounts = {"": told} if isinstance(told, str) else told
        for currency, amount in amounts.items():
            by_currency.setdefault(currency, {})[state] = amount
    report["amounts"] = {pipeline.main.contract.amounts[0]: by_currency}
    return report


def _names(pipelines: tuple[Pipeline, ...]) -> list[str]:
    return [table.name for pipeline in pipelines for table in pipeline.tables]


def _delete_if_empty(storage: Storage, path: str) -> None:
    """Delete folders without files, which only a disk has; a file that nobody knows stays."""
    if not storage.files(path):
        storage.delete(path)


def _check_at_rest(storage: Storage, root: str) -> None:
    for file in storage.files(join(root, "_journal")):
        raise InputError(
            f"{file.path}: a run was interrupted while it published; run its job again with the"
            " earlier version, then move the lake"
        )
    for file in storage.files(join(root, "_leases")):
        content = storage.read(file.path) if file.name.endswith(".json") else b""
        if content:
            owner = Lease.decode(content).owner
            raise InputError(
                f"{file.path}: run {owner.run_id} is writing this lake, or was interrupted; wait"
                " for it to end, or run its job again with the earlier version, then move the lake"
            )


def _move_table(storage: Storage, root: str, table: Table) -> Iterator[str]:
    old, new = join(root, table.name), join(root, table.folder)
    for file in parquet_files(old, storage.files(old)):
        target = f"{new}{file.path.removeprefix(old)}"
        if SOURCE_FILE.name in table.columns:
            storage.write(target, _with_source_file(storage.read(file.path)))
            storage.delete(file.path)
        else:
            storage.move([(file.path, target)])
        yield target


def _with_source_file(content: bytes) -> bytes:
    """Return a Parquet file with the column that tells where a row came from, null in all rows."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise SetupError("moving a lake needs pyarrow: pip install pyarrow") from error
    rows = parquet.ParquetFile(io.BytesIO(content)).read()
    if SOURCE_FILE.name not in rows.column_names:
        rows = rows.append_column(SOURCE_FILE.name, pa.nulls(len(rows), pa.string()))
        metadata = dict(rows.schema.metadata or {})
        if _SPARK_SCHEMA in metadata:
            schema = json.loads(metadata[_SPARK_SCHEMA])
            schema["fields"].append(commented(SOURCE_FILE).jsonValue())
            metadata[_SPARK_SCHEMA] = json.dumps(schema).encode()
            rows = rows.replace_schema_metadata(metadata)
    moved = io.BytesIO()
    parquet.write_table(rows, moved, compression="snappy")
    return moved.getvalue()
