"""Reads the sources of a pipeline as text columns."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from salesetl.mapping.profile import Profile
from salesetl.mapping.profile_files import load_profile
from salesetl.model.options import CsvOptions, LoadOptions
from salesetl.model.pipeline import Pipeline
from salesetl.model.source import Csv, Source
from salesetl.model.table import Table
from salesetl.readers.csv import read_csv
from salesetl.readers.json import read_json
from salesetl.readers.raw_rows import RawRows, in_one
from salesetl.readers.replays import with_first_files
from salesetl.runner.run import Run


@dataclass(frozen=True)
class Delivered:
    """The rows of a source as text, and their source profile."""

    raw: RawRows
    profile: Profile


def absent_sources(pipeline: Pipeline, options: LoadOptions) -> set[str]:
    """Return the names of the sources that are not delivered, as their options say."""
    return {
        source.name
        for source in pipeline.sources
        if getattr(options, source.path_option) is None
    }


def read_sources(
    run: Run,
    pipeline: Pipeline,
    options: LoadOptions,
    contracts: Mapping[str, Table],
) -> dict[str, Delivered]:
    """Read the files of all sources, each contract column as text."""
    delivered = {
        source.name: _read(run, pipeline, source, contracts[source.name], options)
        for source in pipeline.sources
    }
    if options.replay_of:
        main = pipeline.main
        raw = delivered[main.name].raw
        path = getattr(options, main.path_option)
        frame = with_first_files(run.engine, raw.frame, path)
        again = replace(delivered[main.name], raw=replace(raw, frame=frame))
        delivered[main.name] = again
    run.report.files_read = sum(len(each.raw.files) for each in delivered.values())
    for each in delivered.values():
        run.report.unknown_columns += each.raw.unknown_columns
    return delivered


def _read(
    run: Run,
    pipeline: Pipeline,
    source: Source,
    contract: Table,
    options: LoadOptions,
) -> Delivered:
    path = getattr(options, source.path_option)
    if path is None:
        return Delivered(RawRows(in_one(run.engine, [], contract), [], []), Profile())
    profile = Profile()
    if source == pipeline.main:
        profile = load_profile(options.source_profile, contract)
        run.destination.remember_keys(source.name, profile.key_method(contract))
    if isinstance(source.reader, Csv):
        csv = options if isinstance(options, CsvOptions) else CsvOptions()
        raw = read_csv(
            run.engine,
            path,
            contract,
            profile=profile,
            unknown_columns=options.unknown_columns,
            multiline=csv.multiline,
            allow_empty=options.allow_empty,
        )
        return Delivered(raw, profile)
    raw = read_json(
        run.engine,
        path,
        contract,
        source.reader,
        run.folder("objects", source.name),
        profile=profile,
        allow_empty=options.allow_empty,
    )
    return Delivered(raw, profile)
