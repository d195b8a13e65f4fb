"""Whether a feed is good enough to be loaded, and what was wrong, in a message without a row."""

import re

from salesetl import quality
from salesetl.errors import QualityError, SalesEtlError
from salesetl.pipelines.feeds import Feed
from salesetl.profiles import Profile
from salesetl.readers.places import line_of
from salesetl.readers.values import delivered_value
from salesetl.schemas.table import Rule, Table
from salesetl.schemas.text_rules import FAULTS

_LONGEST_VALUE = 40


def check_quality(
    feed: Feed,
    path: str,
    max_rejected_ratio: float,
    *,
    allow_empty: bool,
    profile: Profile = Profile(),
) -> None:
    """Refuse a feed that is empty, or of which more than a share of rows was rejected."""
    tally = feed.tally
    rejected = tally.rows_quarantined - tally.rows_set_aside
    kept = "nothing was published, but the rows are in quarantine"
    if tally.rejected_ratio > max_rejected_ratio:
        raise QualityError(
            f"{path}: {tally.rejected_ratio:.1%} of {tally.rows_read:,} rows were rejected, more"
            f" than --max_rejected_ratio {max_rejected_ratio}: {_reasons(feed, profile)}; {kept}"
        )
    if tally.rows_loaded or allow_empty:
        return
    if rejected:
        others = f", and {tally.rows_set_aside:,} are not of the days to load"
        raise QualityError(
            f"{path}: no row to load: of {tally.rows_read:,} rows all {rejected:,} to be loaded"
            f" were rejected{others if tally.rows_set_aside else ''}:"
            f" {_reasons(feed, profile)}; {kept}. Pass --allow_empty if that is right"
        )
    raise QualityError(
        f"{path}: no row to load among {tally.rows_read:,} read; nothing was published."
        " Check the path and the dates, or pass --allow_empty if that is right"
    )


def _reasons(feed: Feed, profile: Profile) -> str:
    """Tell how often each rule was broken, where the most frequent one was, and the remedy.

    Rows may hold what is personal: of one, only its place and the value at fault are shown.
    """
    rules = {
        rule.name: rule
        for rule in [*quality.READ_RULES, *feed.table.rules, quality.CONFLICT]
    }
    counts = feed.tally.rows_by_reason.items()
    faults = [item for item in counts if rules[item[0]].level != "set_aside"]
    ranked = sorted(faults, key=lambda item: -item[1])
    told = ", ".join(f"{name} {count:,}" for name, count in ranked)
    rule = rules[ranked[0][0]]
    told += f"; such as {_example(feed, rule, profile)}"
    return told + (f" ({rule.remedy})" if rule.remedy else "")


def _example(feed: Feed, rule: Rule, profile: Profile) -> str:
    """Tell of one row that breaks a rule its column at fault, with the value, and its place."""
    [row] = feed.engine.rows(
        feed.labelled.where(quality.breaks(rule.name))
        .select("_source_file", "_raw_record", "_source_header")
        .orderBy("_source_file", "_raw_record")
        .limit(1)
    )
    record, header, path = (
        row["_raw_record"],
        row["_source_header"],
        row["_source_file"],
    )
    values = {
        name: delivered_value(record, header, name, feed.table, profile)
        for name in columns_of(rule, feed.table)
    }
    try:
        line = line_of(
            path, record, profile.encoding if header is not None else "UTF-8"
        )
    except SalesEtlError:
        # Such as of a file that has gone; the reasons are worth more than the number.
        line = None
    place = f"line {line:,} of {path}" if line else path
    return f"{_shown(rule, values)} in {place}" if values else place


def _shown(rule: Rule, values: dict[str, str | None]) -> str:
    """Show the column at fault with its value, cut."""
    name = next(iter(values))
    if fault := FAULTS.get(rule.name):
        spoilt = (each for each, text in values.items() if text and fault.search(text))
        # Where no text is spoilt, one in a list is, whose column the rule names last.
        name = next(spoilt, list(values)[-1])
    field = re.search(rf"\b{name}, item -> .*?\bitem\.(\w+)", rule.condition)
    told = f"{name}.{field[1]}" if field else name
    text = values[name]
    if text is None:
        return told
    cut = text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
    return f"{told} {cut!r}"


def columns_of(rule: Rule, table: Table) -> list[str]:
    """Return the columns of the contract that a rule is about, as its condition names them."""
    if rule == quality.CONFLICT:
        return list(table.key)
    words = re.findall(r"'[^']*'|\b[a-z]\w*", rule.condition)
    return [name for name in dict.fromkeys(words) if name in table.columns]
