"""What becomes of each row, decided once: accepted, quarantined for its reasons, or a duplicate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from salesetl.engines import functions as F
from salesetl.schemas.table import Rule, Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

ACCEPTED = "accepted"
QUARANTINED = "quarantined"
DUPLICATE = "duplicate"

WELL_FORMED = Rule(
    "row_is_well_formed",
    "_is_well_formed",
    remedy="the row has another number of fields than the header, or is not an object",
)
CONFLICT = Rule(
    "conflicting_duplicate",
    "_is_only_version",
    remedy="the same key came with different contents; make the wrong one equal to the right"
    " one, and replay them",
)


def judge(rows: DataFrame, table: Table) -> DataFrame:
    """Add `_reasons` and `_warnings`, the names of the rules that a row breaks by itself.

    They are text, with blanks between the names: engines are slow with lists. Rows are parsed to
    the types of `table` and carry the lineage of their reader.
    """
    rejecting = [rule for rule in table.rules if rule.level != "warn"]
    warning = [rule for rule in table.rules if rule.level == "warn"]
    reasons = f"case when {WELL_FORMED.condition} then {_broken(rejecting)}"
    return rows.withColumns(
        {
            "_reasons": F.expr(f"{reasons} else '{WELL_FORMED.name}' end"),
            "_warnings": F.expr(_broken(warning)),
        }
    )


def breaks(rule: str) -> str:
    """SQL that tells whether a rule is among the reasons of a row."""
    return f"instr(concat(' ', _reasons, ' '), ' {rule} ') > 0"


def find_repeated_keys(judged: DataFrame, table: Table) -> DataFrame:
    """Return, as `_key`, the keys that more than one row has."""
    return (
        judged.select(F.expr(_key(table)).alias("_key"))
        .where("_key is not null")
        .groupBy("_key")
        .agg(F.count("*").alias("_rows"))
        .where("_rows > 1")
        .select("_key")
    )


def decide_single_rows(
    judged: DataFrame, repeated: DataFrame, table: Table
) -> DataFrame:
    """Decide the outcome of the rows whose key no other row has."""
    return (
        judged.withColumn("_key", F.expr(_key(table)))
        .join(repeated, on=["_key"], how="left_anti")
        .transform(decide_by_reasons)
        .drop("_key")
    )


def decide_by_reasons(judged: DataFrame) -> DataFrame:
    """Decide the outcome of rows of which none has the key of another."""
    outcome = f"case when _reasons <> '' then '{QUARANTINED}' else '{ACCEPTED}' end"
    return judged.withColumn("_outcome", F.expr(outcome))


def decide_versions(judged: DataFrame, repeated: DataFrame, table: Table) -> DataFrame:
    """Decide the outcome of the rows that share their key with others."""
    return (
        judged.withColumn("_key", F.expr(_key(table)))
        .join(repeated, on=["_key"], how="left_semi")
        .transform(_with_versions, table)
        .transform(_with_outcome)
        .select(*judged.columns, "_outcome")
    )


def _broken(rules: Sequence[Rule]) -> str:
    """SQL for the names of broken rules."""
    if not rules:
        return "''"
    # Nearly every row keeps all rules, which costs less to see than to look for names.
    keeps_all = " and ".join(f"({rule.condition})" for rule in rules)
    names = (
        f"case when {rule.condition} then null else '{rule.name}' end" for rule in rules
    )
    return f"case when {keeps_all} then '' else concat_ws(' ', {', '.join(names)}) end"


def _key(table: Table) -> str:
    """SQL for the key of a row as text; null for a row that is a version of nothing."""
    has_key = " and ".join(f"`{name}` is not null" for name in table.key)
    if table.order_by:
        # Where the last version wins, a broken row is none.
        has_key += " and _reasons = ''"
    return f"case when {has_key} then concat_ws(chr(31), {', '.join(table.key)}) end"


def _content(table: Table) -> str:
    # Values are compared rather than spellings, 1.50 with 1.5; where a field could not be read
    # there is no value, and the record as delivered stands for the row.
    values = ", ".join(
        f"coalesce(cast(`{name}` as string), '')"
        for name in table.columns
        if name not in table.key
    )
    return f"case when _reasons = '' then concat_ws(chr(31), {values}) else _raw_record end"


def _with_versions(rows: DataFrame, table: Table) -> DataFrame:
    versions = "over (partition by _key"
    best_first = ", ".join((*table.order_by, "_content", "_source_file", "_raw_record"))
    rank = f"rank() {versions} order by {', '.join(table.order_by)})"
    best = "case when _rank = 1 then _content end"
    return rows.withColumns(
        {
            "_content": F.expr(_content(table)),
            "_rank": F.expr(rank if table.order_by else "1"),
        }
    ).withColumns(
        {
            "_version": F.expr(f"row_number() {versions} order by {best_first})"),
            "_is_only_version": F.expr(
                f"min({best}) {versions}) = max({best}) {versions})"
            ),
        }
    )


def _with_outcome(versions: DataFrame) -> DataFrame:
    reasons = f"trim(concat(_reasons, ' {CONFLICT.name}'))"
    outcome = (
        f"case when {CONFLICT.condition} and _version > 1 then '{DUPLICATE}'"
        f" when _reasons <> '' then '{QUARANTINED}' else '{ACCEPTED}' end"
    )
    return versions.withColumn(
        "_reasons",
        F.expr(f"case when {CONFLICT.condition} then _reasons else {reasons} end"),
    ).withColumn("_outcome", F.expr(outcome))
