"""What a run has read and written, as an event of OpenLineage."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from salesetl import __version__
from salesetl.model.pipeline import Pipeline
from salesetl.model.table import Table, type_text
from salesetl.runs import RunReport
from salesetl.secrets import scrubbed
from salesetl.storage import is_local, join, normalized

_PRODUCER = f"https://pypi.org/project/salesetl/{__version__}"
_SPECIFICATION = "https://openlineage.io/spec"
_EVENT = f"{_SPECIFICATION}/2-0-2/OpenLineage.json#/$defs/RunEvent"
_STATES = {"succeeded": "COMPLETE", "failed": "FAIL", "cancelled": "ABORT"}


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
    event = {
        "eventType": _STATES[report.status],
        "eventTime": report.finished_at,
        "producer": _PRODUCER,
        "schemaURL": _EVENT,
        "run": {
            # The same run has the same id, which must be a UUID.
            "runId": str(
                uuid.uuid5(uuid.NAMESPACE_URL, f"{pipeline.name}/{report.run_id}")
            ),
            "facets": _run_facets(report),
        },
        "job": {"namespace": "salesetl", "name": pipeline.job},
        "inputs": list(_inputs(pipeline, report)),
        "outputs": [
            _dataset(join(root, each.table.folder), each.table)
            | {
                "outputFacets": {
                    "outputStatistics": _facet(
                        "1-0-2/OutputStatisticsOutputDatasetFacet",
                        rowCount=each.rows,
                        size=each.bytes,
                    )
                }
            }
            for each in written
            if report.status == "succeeded"
        ],
    }
    return json.dumps(event, indent=2, ensure_ascii=False).encode()


def _run_facets(report: RunReport) -> dict[str, Any]:
    facets = {
        "processing_engine": _facet(
            "1-1-1/ProcessingEngineRunFacet",
            name="salesetl",
            version=__version__,
        )
    }
    if report.error:
        facets["errorMessage"] = _facet(
            "1-0-1/ErrorMessageRunFacet",
            message=scrubbed(report.error),
            programmingLanguage="PYTHON",
        )
    return facets


def _inputs(pipeline: Pipeline, report: RunReport) -> Iterable[dict[str, Any]]:
    for source in pipeline.sources:
        path = report.arguments.get(source.path_option)
        if path is None:
            continue
        counts: Mapping[str, Any] = (
            report.as_dict()
            if source is pipeline.main
            else report.sources.get(source.name, {})
        )
        yield _dataset(normalized(path), source.contract) | {
            "inputFacets": {
                "inputStatistics": _facet(
                    "1-0-0/InputStatisticsInputDatasetFacet",
                    rowCount=counts.get("rows_read", 0),
                )
            }
        }


def _dataset(path: str, table: Table) -> dict[str, Any]:
    """Name a dataset as OpenLineage does, with the columns of its contract."""
    scheme, _, rest = path.partition("://")
    bucket, _, key = rest.partition("/")
    place = ("file", path) if is_local(path) else (f"{scheme}://{bucket}", key)
    fields = [
        {
            "name": field.name,
            "type": type_text(field.dataType),
            "description": field.metadata["comment"],
        }
        for field in table.schema
    ]
    return {
        "namespace": place[0],
        "name": place[1],
        "facets": {"schema": _facet("1-1-1/SchemaDatasetFacet", fields=fields)},
    }


def _facet(kind: str, **values: Any) -> dict[str, Any]:
    version, _, name = kind.partition("/")
    schema = f"{_SPECIFICATION}/facets/{version}/{name}.json#/$defs/{name}"
    return {"_producer": _PRODUCER, "_schemaURL": schema, **values}
