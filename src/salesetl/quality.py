"""What becomes of each row, decided once: accepted, quarantined for its reasons, or a duplicate."""

from collections.abc import Sequence

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from salesetl.schemas.table import Rule, Table

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


def label(rows: DataFrame, table: Table) -> DataFrame:
    """Decide the outcome of every row; none is dropped, none is repeated.

    `rows` are parsed to the types of `table` and carry the lineage of their reader. Adds
    `_reasons` and `_warnings`, the names of the broken rules, and `_outcome`. Of rows with one key
    and equal content one is kept. Rows with one key and different content are all quarantined,
    unless the table's `order_by` says which version wins.
    """
    return (
        rows.transform(_with_broken_rules, table)
        .transform(_with_content, table)
        .transform(_with_versions, table)
        .transform(_with_outcome)
    )


def _with_broken_rules(rows: DataFrame, table: Table) -> DataFrame:
    rejecting = [rule for rule in table.rules if rule.level != "warn"]
    warning = [rule for rule in table.rules if rule.level == "warn"]
    malformed = f"array('{WELL_FORMED.name}')"
    return rows.withColumns(
        {
            "_reasons": F.expr(
                f"case when {WELL_FORMED.condition} then {_broken(rejecting)} else {malformed} end"
            ),
            "_warnings": F.expr(_broken(warning)),
        }
    )


def _broken(rules: Sequence[Rule]) -> str:
    claims = ", ".join(
        f"case when {rule.condition} then cast(null as string) else '{rule.name}' end"
        for rule in rules
    )
    return f"filter(array({claims}), name -> name is not null)" if rules else _NO_NAMES


_NO_NAMES = "cast(array() as array<string>)"


def _with_content(rows: DataFrame, table: Table) -> DataFrame:
    # Values are compared rather than spellings, 1.50 with 1.5; where a field could not be read
    # there is no value, and the record as delivered stands for the row.
    values = ", ".join(
        f"coalesce(cast(`{name}` as string), '')"
        for name in table.columns
        if name not in table.key
    )
    # A row without a key is a version of nothing; nor is a broken one where the last version wins.
    has_key = " and ".join(f"`{name}` is not null" for name in table.key)
    if table.order_by:
        has_key += " and size(_reasons) = 0"
    return rows.withColumns(
        {
            "_content": F.expr(
                f"case when size(_reasons) = 0 then concat_ws(chr(31), {values})"
                " else _raw_record end"
            ),
            "_key": F.expr(
                f"case when {has_key} then concat_ws(chr(31), {', '.join(table.key)}) end"
            ),
        }
    )


def _with_versions(rows: DataFrame, table: Table) -> DataFrame:
    versions = Window.partitionBy("_versions_of")
    winner_first = versions.orderBy(
        *(F.expr(term.removesuffix(" desc")).desc() for term in table.order_by),
        "_content",
        "_source_file",
        "_raw_record",
    )
    is_only_version = F.lit(True)
    if not table.order_by:
        is_only_version = F.min("_content").over(versions) == F.max("_content").over(
            versions
        )
    return rows.withColumn(
        "_versions_of", F.expr("coalesce(_key, _raw_record)")
    ).withColumns(
        {
            "_version": F.row_number().over(winner_first),
            "_is_only_version": is_only_version,
        }
    )


def _with_outcome(rows: DataFrame) -> DataFrame:
    is_conflict = f"_key is not null and not {CONFLICT.condition}"
    is_duplicate = f"_key is not null and {CONFLICT.condition} and _version > 1"
    conflict = (
        f"case when {is_conflict} then array('{CONFLICT.name}') else {_NO_NAMES} end"
    )
    outcome = (
        f"case when {is_duplicate} then '{DUPLICATE}'"
        f" when size(_reasons) > 0 then '{QUARANTINED}' else '{ACCEPTED}' end"
    )
    return (
        rows.withColumn("_reasons", F.expr(f"concat(_reasons, {conflict})"))
        .withColumn("_outcome", F.expr(outcome))
        .drop("_content", "_key", "_versions_of", "_version", "_is_only_version")
    )
