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
    "_fault <> 'row_is_well_formed'",
    remedy="the row has another number of fields than the header, a quote out of place, or is"
    " not an object",
)
KEY_ONCE = Rule(
    "key_is_there_once",
    "_fault <> 'key_is_there_once'",
    remedy="a JSON object has the same key twice; take one of them out",
)
OWN_KIND = Rule(
    "values_have_their_kind",
    "_fault <> 'values_have_their_kind'",
    remedy="an object or a list stands where a text or a number belongs, or the other way round",
)
# What the reader has found; such a row is not looked at any further.
READ_RULES = (WELL_FORMED, KEY_ONCE, OWN_KIND)
CONFLICT = Rule(
    "conflicting_duplicate",
    "_is_only_version",
    remedy="the same key came with different contents in one file; make the wrong one equal to"
    " the right one, and replay them",
)


def judge(rows: DataFrame, table: Table) -> DataFrame:
    """Add `_reasons` and `_warnings`, the names of the rules that a row breaks by itself.

    They are text, with blanks between the names: engines are slow with lists. Rows are parsed to
    the types of `table` and carry the lineage of their reader.
    """
    rejecting = [rule for rule in table.rules if rule.level != "warn"]
    warning = [rule for rule in table.rules if rule.level == "warn"]
    reasons = f"case when _fault = '' then {_broken(rejecting)} else _fault end"
    warnings = f"case when _fault = '' then {_broken(warning)} else '' end"
    return rows.withColumns(
        {"_reasons": F.expr(reasons), "_warnings": F.expr(warnings)}
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


def decide_versions(
    judged: DataFrame, repeated: DataFrame, files: DataFrame, table: Table
) -> DataFrame:
    """Decide the outcome of the rows that share their key with others.

    `files` are all files with their order, as `_source_file` and `_file_order`. The version in the
    newest file wins. Of different versions within it, none is guessed to be right, unless the last
    line wins by the contract.
    """
    versions = (
        judged.withColumn("_key", F.expr(_key(table)))
        .join(repeated, on=["_key"], how="left_semi")
        .join(files, on=["_source_file"], how="left")
        # Selected right away, or SQLFrame may take a name later on for that of another side.
        .select(*judged.columns, "_key", "_file_order")
        .transform(_with_versions, table)
    )
    decide = _keep_last_line if table.last_line_wins else _keep_only_version
    return versions.transform(decide).select(*judged.columns, "_outcome")


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
    # Where the last line wins, a broken row is no version; elsewhere it makes others doubtful.
    is_version = "_reasons = ''" if table.last_line_wins else "_fault = ''"
    key = f"concat_ws(chr(31), {', '.join(table.key)})"
    return f"case when {has_key} and {is_version} then {key} end"


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
    """Add what decides between rows of one key.

    `_newest` is the file that counts, `_is_only_version` whether its rows are all equal, `_copy` a
    number among equal rows, and `_place_of_version` one among all, from the last line on.
    """
    of_key = "over (partition by _key)"
    last_first = "_file_order desc, _place desc, _raw_record"
    newest_sound = f"max(case when _reasons = '' then _file_order end) {of_key}"
    in_newest = "case when _file_order = _newest then _content end"
    return rows.withColumns(
        {
            "_content": F.expr(_content(table)),
            "_newest": F.expr(f"coalesce({newest_sound}, max(_file_order) {of_key})"),
        }
    ).withColumns(
        {
            "_place_of_version": F.expr(
                f"row_number() over (partition by _key order by {last_first})"
            ),
            "_copy": F.expr(
                f"row_number() over (partition by _key, _content order by {last_first})"
            ),
            "_is_only_version": F.expr(
                f"min({in_newest}) {of_key} = max({in_newest}) {of_key}"
            ),
        }
    )


def _keep_only_version(versions: DataFrame) -> DataFrame:
    is_conflict = f"_file_order = _newest and not {CONFLICT.condition}"
    is_old = "_file_order < _newest and _reasons = ''"
    reasons = f"trim(concat(_reasons, ' {CONFLICT.name}'))"
    outcome = (
        f"case when {is_conflict} then '{QUARANTINED}'"
        f" when _copy > 1 or {is_old} then '{DUPLICATE}'"
        f" when _reasons <> '' then '{QUARANTINED}' else '{ACCEPTED}' end"
    )
    return versions.withColumns(
        {
            "_outcome": F.expr(outcome),
            "_reasons": F.expr(
                f"case when {is_conflict} then {reasons} else _reasons end"
            ),
        }
    )


def _keep_last_line(versions: DataFrame) -> DataFrame:
    is_last = "_place_of_version = 1"
    warnings = f"trim(concat(_warnings, ' {CONFLICT.name}'))"
    doubtful = f"{is_last} and not {CONFLICT.condition}"
    return versions.withColumns(
        {
            "_outcome": F.expr(
                f"case when {is_last} then '{ACCEPTED}' else '{DUPLICATE}' end"
            ),
            "_warnings": F.expr(
                f"case when {doubtful} then {warnings} else _warnings end"
            ),
        }
    )
