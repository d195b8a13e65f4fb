"""Decides whether a source may be loaded; the message shows no whole row."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from salesetl.errors import BooksError, QualityError, SalesEtlError
from salesetl.mapping.profile import Profile
from salesetl.model.options import LoadOptions
from salesetl.model.quarantine_table import quarantine_of
from salesetl.model.rules import Rule
from salesetl.model.source import Json
from salesetl.model.table import Table
from salesetl.model.text_rules import FAULTS
from salesetl.quality.judging import CONFLICT, TORN, WHOLE, all_rules, breaks
from salesetl.readers.delivered import field_value, line_of, object_value
from salesetl.readers.json import delivered_paths
from salesetl.runner.classifying import Classified
from salesetl.runner.run import Run

if TYPE_CHECKING:
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F

_LONGEST_VALUE = 40


def check_quality(
    classified: Classified, options: LoadOptions, hints: Sequence[str], if_failed: str
) -> None:
    """Refuse a source without rows to load, or with too many rejected rows.

    `hints` are likely causes, and `if_failed` says what becomes of the rows; the message has both.
    """
    tally = classified.tally
    path = getattr(options, classified.source.path_option)
    rejected = tally.rows_quarantined - tally.rows_out_of_range
    meant = tally.rows_read - tally.rows_filtered - tally.rows_out_of_range
    if tally.rejected_ratio > options.max_rejected_ratio:
        raise QualityError(
            f"{path}: {tally.rejected_ratio:.1%} of {meant:,} rows were rejected, more"
            f" than --max_rejected_ratio {options.max_rejected_ratio}:"
            f" {_reasons(classified, hints)}; {if_failed}"
        )
    # Rows that are published already have been loaded, only not now.
    if tally.rows_loaded or tally.rows_superseded or options.allow_empty:
        return
    if rejected:
        others = f" and {tally.rows_out_of_range:,} are out of range"
        raise QualityError(
            f"{path}: no row to load: of {tally.rows_read:,} rows {rejected:,} were rejected"
            f"{others if tally.rows_out_of_range else ''}:"
            f" {_reasons(classified, hints)}; {if_failed}. Pass --allow_empty if that is right"
        )
    filtered = (
        f", of which the filter of the source profile left out {tally.rows_filtered:,}"
    )
    raise QualityError(
        f"{path}: no row to load among {tally.rows_read:,} rows read"
        f"{filtered if tally.rows_filtered else ''}; nothing was published."
        " Check the path and the dates, or pass --allow_empty if that is right"
    )


def check_replay(run: Run, main: Classified, run_id: str) -> None:
    """Check that a replay reads every quarantined row of a run; BooksError if not."""
    table = quarantine_of(main.contract)
    folder = f"run_id={run_id}"
    due = 0
    if folder in run.destination.partitions(table):
        rows = run.destination.read(table, [folder]).agg(F.count("*").alias("rows"))
        due = run.engine.rows(rows)[0]["rows"]
    if main.tally.rows_read < due:
        raise BooksError(
            f"the replay has {main.tally.rows_read} records, but run {run_id} has {due} in"
            " quarantine; replay all of them, also those that you cannot correct. Nothing was"
            " published"
        )


def _reasons(classified: Classified, hints: Sequence[str]) -> str:
    """Tell how often each rule was broken, where the most frequent one was, and what to do.

    Rows may hold what is personal: of one, only its place and the value at fault are shown.
    """
    rules = {rule.name: rule for rule in all_rules(classified.contract)}
    counts = classified.tally.rows_by_reason.items()
    faults = [item for item in counts if rules[item[0]].level != "out_of_range"]
    ranked = sorted(faults, key=lambda item: -item[1])
    told = ", ".join(f"{name} {count:,}" for name, count in ranked)
    rule = rules[ranked[0][0]]
    told += f"; for example {_example(classified, rule)}"
    remedy = "; ".join(filter(None, [rule.remedy, *hints]))
    return told + (f" ({remedy})" if remedy else "")


def _example(classified: Classified, rule: Rule) -> str:
    """Tell of one row that breaks a rule its column at fault, with the value, and its place."""
    [row] = classified.engine.rows(
        classified.rows.where(breaks(rule.name))
        .select("_source_file", "_raw_record", "_source_header")
        .orderBy("_source_file", "_raw_record")
        .limit(1)
    )
    path, record = row["_source_file"], row["_raw_record"]
    delivered = classified.delivered
    unpacked = delivered.raw.unpacked.get(path)
    is_table = unpacked is not None and unpacked.is_table
    profile = delivered.profile.of_table() if is_table else delivered.profile
    values = _values(classified, rule, record, row["_source_header"], profile)
    is_text = row["_source_header"] is not None
    try:
        encoding = profile.encoding if is_text else "UTF-8"
        line = line_of(path, record, encoding, unpacked)
    except SalesEtlError:
        # Such as of a file that has gone; the reasons are worth more than the number.
        line = None
    place = f"{'row' if is_table else 'line'} {line:,} of {path}" if line else path
    shown = _shown(rule, values) if values else ""
    return f"{shown} in {place}" if shown else place


def _values(
    classified: Classified,
    rule: Rule,
    record: str,
    header: str | None,
    profile: Profile,
) -> dict[str, str | None]:
    """Return the texts in a record of the columns that a rule is about; None where it has none."""
    names = columns_of(rule, classified.contract)
    reader = classified.source.reader
    if isinstance(reader, Json) and header is None:
        paths = delivered_paths(classified.engine, reader)
        paths |= classified.delivered.profile.columns
        return {name: object_value(record, paths.get(name)) for name in names}
    return {name: field_value(record, header or "", name, profile) for name in names}


def _shown(rule: Rule, values: dict[str, str | None]) -> str:
    """Show the column at fault with its value, cut; nothing if it is not in the record.

    Such as one that a source profile fills with a constant.
    """
    name = next(iter(values))
    if fault := FAULTS.get(rule.name):
        spoilt = (each for each, text in values.items() if text and fault.search(text))
        # Where no text is spoilt, one in a list is, whose column the rule names last.
        name = next(spoilt, list(values)[-1])
    field = re.search(rf"\b{name}, item -> .*?\bitem\.(\w+)", rule.condition)
    if fault and not (field or fault.search(values[name] or "")):
        return ""
    told = f"{name}.{field[1]}" if field else name
    text = values[name]
    if text is None:
        return told
    cut = text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
    return f"{told} {cut!r}"


def columns_of(rule: Rule, table: Table) -> list[str]:
    """Return the columns of the contract that a rule is about, as its condition names them."""
    if rule in (CONFLICT, WHOLE, TORN):
        return list(table.key)
    words = re.findall(r"'[^']*'|\b[a-z]\w*", rule.condition)
    return [name for name in dict.fromkeys(words) if name in table.columns]
