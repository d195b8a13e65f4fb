"""Reports unknown names of a source, and names that no row has."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from salesetl.engines.engine import NAME_SEPARATOR
from salesetl.errors import InputError
from salesetl.model.options import LoadOptions
from salesetl.model.source import Json
from salesetl.readers.csv import report_unknown
from salesetl.readers.json_names import compare_names
from salesetl.runner.classifying import Classified
from salesetl.runs import RunReport

if TYPE_CHECKING:
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F

logger = logging.getLogger(__name__)


def report_names(
    report: RunReport, classified: Classified, options: LoadOptions
) -> None:
    """Write unknown and missing names of JSON objects to the report.

    InputError if no object has any name that is known; or, where unknown columns are to fail, if
    there is an unknown one or one that no object has. What delimited text has is told by its header
    when it is read.
    """
    source = classified.source
    if not isinstance(source.reader, Json):
        return
    path = getattr(options, source.path_option)
    each = F.explode(F.split("_names", NAME_SEPARATOR)).alias("name")
    rows = classified.engine.rows(classified.rows.select(each).distinct())
    found = {row["name"] for row in rows if row["name"]} - {*source.reader.passed_over}
    shape = classified.delivered.raw.delivered or source.reader.delivered
    names = compare_names(found, shape)
    if names.unknown and not names.known and not options.allow_empty:
        raise InputError(
            f"{path}: no row has any column of {source.name}; found:"
            f" {', '.join(names.unknown[:10])}. If the rows are inside one of these, deliver one"
            " object a line, or that list alone"
        )
    if names.known and names.absent:
        told = f"{path}: no row of {source.name} has {names.absent_text}"
        if options.unknown_columns == "fail":
            raise InputError(
                f"{told}; correct the names, or pass --unknown_columns ignore"
            )
        logger.warning("%s; missing values are null", told)
        report.absent_columns += [f"{source.name}.{name}" for name in names.absent]
    unknown = [f"{source.name}.{name}" for name in names.unknown]
    report_unknown(dict.fromkeys(unknown, path), options.unknown_columns)
    report.unknown_columns = [*report.unknown_columns, *unknown]
