"""Reads the sources of a pipeline as text columns."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from salesetl.mapping.fingerprint import fingerprint
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
from salesetl.runner.arrivals import Arrivals
from salesetl.runner.finding import find_arrivals, report_arrivals
from salesetl.runner.run import Run
from salesetl.storage import StoredFile


@dataclass(frozen=True)
class Delivered:
    """The rows of a source as text, their source profile, and what the ledger knew of its files."""

    raw: RawRows
    profile: Profile
    arrivals: Arrivals | None = None


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
    """Read the files of all sources, each contract column as text.

    If only new files are asked for, there is none, and nothing else is to be done, only the main
    source is in the result.
    """
    main = pipeline.main
    delivered: dict[str, Delivered] = {}
    for source in pipeline.sources:
        delivered[source.name] = _read(
            run, source, contracts[source.name], options, is_main=source is main
        )
        if source is main:
            report_arrivals(run.report, delivered[main.name].arrivals, options)
            has_files = bool(delivered[main.name].raw.files)
            if (
                options.reads_new_files
                and not has_files
                and not _refreshes(pipeline, options)
            ):
                break
    if options.replay_of:
        raw = delivered[main.name].raw
        path = getattr(options, main.path_option)
        frame = with_first_files(run.engine, raw.frame, path)
        again = replace(delivered[main.name], raw=replace(raw, frame=frame))
        delivered[main.name] = again
    run.report.files_read = sum(len(each.raw.files) for each in delivered.values())
    for each in delivered.values():
        run.report.unknown_columns += each.raw.unknown_columns
    return delivered


def _refreshes(pipeline: Pipeline, options: LoadOptions) -> bool:
    """Tell whether published rows are to get values of look-ups, also without new files."""
    return any(
        output.refresh and getattr(options, output.refresh.option)
        for output in pipeline.outputs
    )


def _read(
    run: Run,
    source: Source,
    contract: Table,
    options: LoadOptions,
    *,
    is_main: bool,
) -> Delivered:
    path = getattr(options, source.path_option)
    if path is None:
        return Delivered(RawRows(in_one(run.engine, [], contract), [], []), Profile())
    profile = Profile()
    if is_main:
        profile = load_profile(options.source_profile, contract)
        run.destination.remember_keys(source.name, profile.key_method(contract))
    arrivals, files = find_arrivals(
        run.destination.ledger(),
        source.name,
        path,
        fingerprint(profile),
        is_new_only=is_main and options.reads_new_files,
        allow_empty=options.allow_empty,
    )
    raw = _raw_rows(run, source, contract, options, profile, files)
    return Delivered(raw, profile, arrivals)


def _raw_rows(
    run: Run,
    source: Source,
    contract: Table,
    options: LoadOptions,
    profile: Profile,
    files: list[StoredFile],
) -> RawRows:
    path = getattr(options, source.path_option)
    if isinstance(source.reader, Csv):
        return read_csv(
            run.engine,
            path,
            contract,
            profile=profile,
            unknown_columns=options.unknown_columns,
            multiline=options.multiline if isinstance(options, CsvOptions) else "auto",
            allow_empty=options.allow_empty,
            files=files,
        )
    return read_json(
        run.engine,
        path,
        contract,
        source.reader,
        run.folder("objects", source.name),
        profile=profile,
        allow_empty=options.allow_empty,
        files=files,
    )
