"""Reads the sources of a pipeline as text columns."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from salesetl.engines.functions import functions_of
from salesetl.mapping.profile import Profile
from salesetl.mapping.profile_files import load_profiles
from salesetl.model.options import CsvOptions, LoadOptions
from salesetl.model.pipeline import Pipeline
from salesetl.model.source import Csv, Source
from salesetl.model.table import Table
from salesetl.readers.csv import read_delimited
from salesetl.readers.files import unpacked_bytes
from salesetl.readers.folder_values import with_folder_values
from salesetl.readers.lookups import read_lookups
from salesetl.readers.objects_or_tables import read_objects_or_tables
from salesetl.readers.raw_rows import RawRows, in_one
from salesetl.readers.replays import with_first_files
from salesetl.runner.arrivals import Arrivals
from salesetl.runner.finding import find_arrivals, report_arrivals
from salesetl.runner.run import Run
from salesetl.storage import StoredFile

# Of so many files a report tells where their headers are.
_SKIPPED_TOLD = 10


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

    If only new files are asked for, there is none, and nothing else is to be done, only sources
    without files are in the result.
    """
    main = pipeline.main
    profiles = load_profiles(options.source_profile, [*contracts.values()])
    method = profiles[main.name].key_method(contracts[main.name])
    run.destination.remember_keys(main.name, method)
    if options.replay_of and isinstance(main.reader, Csv):
        profiles[main.name] = profiles[main.name].of_replay()
    delivered: dict[str, Delivered] = {}
    others_last = sorted(
        pipeline.sources, key=lambda each: not pipeline.is_incremental(each)
    )
    for source in others_last:
        is_incremental = pipeline.is_incremental(source)
        if not is_incremental and is_nothing_new(pipeline, options, delivered):
            break
        with functions_of(run.engine.row_engine.functions):
            delivered[source.name] = _delivered(
                run,
                source,
                contracts[source.name],
                options,
                profiles[source.name],
                is_main=source is main,
                is_new_only=is_incremental and options.reads_new_files,
            )
    arrivals = delivered[main.name].arrivals
    report_arrivals(run.report, arrivals, options)
    listed = arrivals.files if arrivals else delivered[main.name].raw.files
    run.report.newest_file_at = max((each.modified_at for each in listed), default="")
    _report(run, [each.raw for each in delivered.values()])
    return delivered


def without_new_files(
    pipeline: Pipeline, options: LoadOptions, delivered: Mapping[str, Delivered]
) -> set[str]:
    """Return the sources but the main one of which only new files are asked for, and none is there.

    What would be looked up in them cannot be.
    """
    return {
        source.name
        for source in pipeline.sources
        if source.is_incremental
        and source is not pipeline.main
        and options.reads_new_files
        and not delivered[source.name].raw.files
    }


def is_nothing_new(
    pipeline: Pipeline, options: LoadOptions, delivered: Mapping[str, Delivered]
) -> bool:
    """Tell whether only new files are asked for, there is none, and nothing else is to be done."""
    has_files = any(
        each.raw.files
        for name, each in delivered.items()
        if pipeline.is_incremental(pipeline.source(name))
    )
    return (
        options.reads_new_files and not has_files and not _refreshes(pipeline, options)
    )


def _report(run: Run, found: Sequence[RawRows]) -> None:
    """Write to the report what was read, and what was passed over."""
    files = [file for each in found for file in each.files]
    run.report.files_read = len(files)
    run.report.bytes_read = sum(map(unpacked_bytes, files))
    for each in found:
        run.report.unknown_columns += each.unknown_columns
        run.report.lookups |= each.lookups
    skipped = [lines for each in found for lines in each.skipped]
    if skipped:
        run.report.skipped_lines = {
            "files": len(skipped),
            "lines": sum(each.lines for each in skipped),
            "first": [asdict(each) for each in skipped[:_SKIPPED_TOLD]],
        }


def _refreshes(pipeline: Pipeline, options: LoadOptions) -> bool:
    """Tell whether published rows are to get values of look-ups, also without new files."""
    return any(
        output.refresh and getattr(options, output.refresh.option)
        for output in pipeline.outputs
    )


def _delivered(
    run: Run,
    source: Source,
    contract: Table,
    options: LoadOptions,
    profile: Profile,
    *,
    is_main: bool,
    is_new_only: bool,
) -> Delivered:
    path = getattr(options, source.path_option)
    engine = run.engine.row_engine
    if path is None:
        return Delivered(RawRows(in_one(engine, [], contract), [], []), profile)
    arrivals, files = find_arrivals(
        run.destination.ledger(),
        source.name,
        path,
        profile,
        is_new_only=is_new_only,
        allow_empty=options.allow_empty,
    )
    raw = _read(run, source, contract, options, profile, files)
    frame, paths = raw.frame, [file.path for file in files]
    if options.replay_of and is_main:
        frame, paths = with_first_files(engine, frame, path), []
    frame = with_folder_values(frame, contract, paths, vars(options))
    return Delivered(replace(raw, frame=frame), profile, arrivals)


def _read(
    run: Run,
    source: Source,
    contract: Table,
    options: LoadOptions,
    profile: Profile,
    files: list[StoredFile],
) -> RawRows:
    engine = run.engine.row_engine
    csv = options if isinstance(options, CsvOptions) else CsvOptions()

    def read_tables(files: list[StoredFile]) -> RawRows:
        folder = run.folder("lookups", source.name)
        lookups = read_lookups(engine.whole, profile.lookup, profile.nulls, folder)
        raw = read_delimited(
            engine,
            files,
            contract,
            run.folder("unpacked", source.name),
            profile=profile,
            unknown_columns=options.unknown_columns,
            multiline=csv.multiline,
            lookups=lookups,
            told=source.whole,
        )
        return replace(raw, lookups={each.name: each.facts for each in lookups})

    if isinstance(source.reader, Csv):
        return read_tables(files)
    raw = read_objects_or_tables(
        engine,
        files,
        contract,
        source.reader,
        run.folder("objects", source.name),
        profile=profile,
        read_tables=read_tables,
    )
    # As names in objects are told.
    unknown = [f"{source.name}.{name}" for name in raw.unknown_columns]
    return replace(raw, unknown_columns=unknown)
