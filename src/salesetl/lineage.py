"""What a run has read and written, as an event of OpenLineage."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from salesetl import __version__
from salesetl.model.pipeline import Pipeline
from salesetl.model.table import Table, type_text
from salesetl.model.types import T
from salesetl.runs import RunReport
from salesetl.secrets import scrubbed
from salesetl.storage import is_local, join, normalized

_PRODUCER = f"https://pypi.org/project/salesetl/{__version__}"
_SPECIFICATION = "https://openlineage.io/spec"
_EVENT = f"{_SPECIFICATION}/2-0-2/OpenLineage.json#/$defs/RunEvent"
_STATES = {"succeeded": "COMPLETE", "failed": "FAIL", "cancelled": "ABORT"}

Dataset = dict[str, Any]


@dataclass(frozen=True)
class Written:
    """A table that a run has written: the rows and bytes of the partitions that changed."""

    table: Table
    rows: int
    bytes: int


def lineage_path(root: str, namespace: str, run_id: str) -> str:
    """The path of the event of a run."""
    return join(root, namespace, "_lineage", f"{run_id}.json")


def lineage_event(
    pipeline: Pipeline, root: str, report: RunReport, written: Iterable[Written]
) -> bytes:
    """Write what a run has read and written as JSON; one that has failed has written nothing."""
    return event_text(
        f"{pipeline.name}/{report.run_id}",
        pipeline.job,
        report.status,
        report.finished_at,
        report.error,
        _inputs(pipeline, report),
        [
            dataset(
                place_of(join(root, each.table.folder)),
                contract_fields(each.table),
                written_facets(each.rows, each.bytes),
            )
            for each in written
        ],
    )


def event_text(
    name: str,
    job: str,
    status: str,
    moment: str,
    error: str | None,
    inputs: Iterable[Dataset],
    outputs: Iterable[Dataset],
) -> bytes:
    """Write an event as JSON; what has not succeeded has no outputs.

    The same name has the same id.
    """
    event = {
        "eventType": _STATES[status],
        "eventTime": moment,
        "producer": _PRODUCER,
        "schemaURL": _EVENT,
        # An id must be a UUID.
        "run": {
            "runId": str(uuid.uuid5(uuid.NAMESPACE_URL, name)),
            "facets": _run_facets(error),
        },
        "job": {"namespace": "salesetl", "name": job},
        "inputs": list(inputs),
        "outputs": list(outputs) if status == "succeeded" else [],
    }
    return json.dumps(event, indent=2, ensure_ascii=False).encode()


def dataset(
    place: tuple[str, str], fields: Sequence[Mapping[str, str]], facets: Dataset
) -> Dataset:
    """Name a dataset as OpenLineage does, by its namespace and its name there, with its columns."""
    return {
        "namespace": place[0],
        "name": place[1],
        "facets": {"schema": _facet("1-1-1/SchemaDatasetFacet", fields=list(fields))},
        **facets,
    }


def place_of(path: str) -> tuple[str, str]:
    """Return the namespace and the name of what is at a path."""
    if is_local(path):
        return "file", path
    scheme, _, rest = path.partition("://")
    bucket, _, key = rest.partition("/")
    return f"{scheme}://{bucket}", key


def contract_fields(
    table: Table, type_of: Callable[[T.DataType], str] = type_text
) -> list[dict[str, str]]:
    """Return the columns of a contract."""
    return [
        {
            "name": field.name,
            "type": type_of(field.dataType),
            "description": field.metadata["comment"],
        }
        for field in table.schema
    ]


def read_facets(rows: int) -> Dataset:
    """Tell how many rows of an input were read."""
    counted = _facet("1-0-0/InputStatisticsInputDatasetFacet", rowCount=rows)
    return {"inputFacets": {"inputStatistics": counted}}


def written_facets(rows: int, size: int | None = None) -> Dataset:
    """Tell how many rows of an output were written, and their bytes where these are known."""
    sizes = {} if size is None else {"size": size}
    counted = _facet("1-0-2/OutputStatisticsOutputDatasetFacet", rowCount=rows, **sizes)
    return {"outputFacets": {"outputStatistics": counted}}


def _run_facets(error: str | None) -> dict[str, Any]:
    facets = {
        "processing_engine": _facet(
            "1-1-1/ProcessingEngineRunFacet",
            name="salesetl",
            version=__version__,
        )
    }
    if error:
        facets["errorMessage"] = _facet(
            "1-0-1/ErrorMessageRunFacet",
            message=scrubbed(error),
            programmingLanguage="PYTHON",
        )
    return facets


def _inputs(pipeline: Pipeline, report: RunReport) -> Iterable[Dataset]:
    for source in pipeline.sources:
        path = report.arguments.get(source.path_option)
        if path is None:
            continue
        counts: Mapping[str, Any] = (
            report.as_dict()
            if source is pipeline.main
            else report.sources.get(source.name, {})
        )
        yield dataset(
            place_of(normalized(path)),
            contract_fields(source.contract),
            read_facets(counts.get("rows_read", 0)),
        )


def _facet(kind: str, **values: Any) -> dict[str, Any]:
    version, _, name = kind.partition("/")
    schema = f"{_SPECIFICATION}/facets/{version}/{name}.json#/$defs/{name}"
    return {"_producer": _PRODUCER, "_schemaURL": schema, **values}
