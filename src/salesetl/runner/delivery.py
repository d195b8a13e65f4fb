"""Checks that a delivery is there before a job reads it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from typing import Any

from salesetl.mapping.profile_files import load_profiles
from salesetl.model.options import CsvOptions
from salesetl.model.pipeline import Pipeline
from salesetl.model.source import Csv
from salesetl.readers.files import find_files
from salesetl.readers.grouping import group_files


def check_delivery(pipeline: Pipeline, values: Mapping[str, Any]) -> dict[str, int]:
    """Return how many files of each source are there, for the options of a job.

    InputError names the first file that is missing, empty, or has another header than its contract
    or source profile says. Rows are not looked at.
    """
    options = pipeline.options(**values)
    profiles = load_profiles(options.source_profile, list(pipeline.contracts))
    multiline = options.multiline if isinstance(options, CsvOptions) else "auto"
    found = {}
    for source in pipeline.sources:
        path = getattr(options, source.path_option)
        if path is None:
            continue
        files = find_files(path)
        if isinstance(source.reader, Csv):
            with tempfile.TemporaryDirectory(prefix="salesetl-delivery-") as folder:
                group_files(
                    files, source.contract, folder, profiles[source.name], multiline
                )
        found[source.name] = len(files)
    return found
