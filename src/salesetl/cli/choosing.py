"""Chooses the job that a file is for, where none is named."""

import re
from collections.abc import Iterable

from salesetl.characters import name_key
from salesetl.errors import ArgumentError
from salesetl.mapping.text_layout import DELIMITERS
from salesetl.model.pipeline import Pipeline
from salesetl.model.source import Json, Source
from salesetl.readers.files import first_file, read_head
from salesetl.readers.kinds import NotText
from salesetl.readers.looking import marked_encoding
from salesetl.registry import jobs

_LINES_LOOKED_AT = 50


def pipeline_for(path: str) -> Pipeline:
    """Return the pipeline whose main source a path's first file is, by its kind and its names.

    Files of other names are those of a pipeline that is not for a warehouse: of such a pipeline, a
    file has its names, or lies in a folder of a delivery. ArgumentError if it is not clear.
    """
    file = first_file(path)
    try:
        head = read_head(file, marked_encoding(file))[0].lstrip()
    except NotText:
        # What is packed is mostly a table.
        head = ""
    is_json = head.startswith(("{", "["))
    named = _named(jobs().values(), head, is_json=is_json)
    for pipeline, source in named:
        if source is pipeline.main:
            return pipeline
    for pipeline, source in named:
        main = pipeline.main.name
        raise ArgumentError(
            f"{path}: has the columns of {source.name} of {pipeline.job}, which are read beside its"
            f" {main}; name the files of {main}, or look at all with salesetl plan {pipeline.job}"
        )
    alike = [each for each in jobs().values() if _is_of_kind(each.main, is_json)]
    found = [each for each in alike if _is_in_folder(each.main, file.path)]
    found = found or [each for each in alike if not each.is_for_warehouse]
    if len(found) == 1:
        return found[0]
    names = ", ".join(each.job for each in found or jobs().values())
    raise ArgumentError(f"{path}: which job is it for? Pass --job, one of {names}")


def _named(
    pipelines: Iterable[Pipeline], head: str, *, is_json: bool
) -> list[tuple[Pipeline, Source]]:
    """Return the sources whose names the beginning of a file has, those with most names first."""
    lines = _names_in(head, is_json=is_json)
    found = [
        (len(names), pipeline, source)
        for pipeline in pipelines
        for source in pipeline.sources
        if (names := _needed(source)) and any(names <= line for line in lines)
    ]
    ranked = sorted(found, key=lambda each: -each[0])
    return [(pipeline, source) for _, pipeline, source in ranked]


def _names_in(head: str, *, is_json: bool) -> list[set[str]]:
    """Return the names of the first object, or those that each of the first lines may have."""
    if is_json:
        return [set(map(name_key, re.findall(r'"([^"]+)"\s*:', head)))]
    cut = re.compile(f"[{re.escape(''.join(DELIMITERS))}]")
    return [
        {name_key(name.strip().strip('"')) for name in cut.split(line)}
        for line in head.splitlines()[:_LINES_LOOKED_AT]
    ]


def _needed(source: Source) -> set[str]:
    contract = source.contract
    names = {each.name for each in contract.delivered_fields}
    if isinstance(source.reader, Json):
        names = {*source.reader.delivered.fieldNames()}
    computed = {*contract.derived, *contract.days}
    return set(map(name_key, names - contract.optional_columns - computed))


def _is_of_kind(source: Source, is_json: bool) -> bool:
    return isinstance(source.reader, Json) == is_json


def _is_in_folder(source: Source, path: str) -> bool:
    return any(f"/{folder}=" in path for folder in source.contract.folders.values())
