"""Finds the rules that a row breaks by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from salesetl.model.rules import Rule
from salesetl.model.table import Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F

ACCEPTED = "accepted"
FILTERED = "filtered"
QUARANTINED = "quarantined"
DUPLICATE = "duplicate"

WELL_FORMED = Rule(
    "row_is_well_formed",
    "_fault <> 'row_is_well_formed'",
    remedy="the row has more or fewer fields than the header, has a quote in the wrong place, or is"
    " not a JSON object",
)
KEY_ONCE = Rule(
    "key_is_there_once",
    "_fault <> 'key_is_there_once'",
    remedy="a JSON object has the same key twice; remove one of them",
)
OWN_KIND = Rule(
    "values_have_their_kind",
    "_fault <> 'values_have_their_kind'",
    remedy="a value is an object or a list but must be a text or a number, or the other way round",
)
# What the reader has found; such a row is not looked at any further.
READ_RULES = (WELL_FORMED, KEY_ONCE, OWN_KIND)
CONFLICT = Rule(
    "conflicting_duplicate",
    "not _is_conflict",
    remedy="one file has rows with the same key and different contents; make the wrong row equal to"
    " the right one, and replay both; if they are several lines of one order, make the key of"
    " several columns with [key] in a source profile",
)
WHOLE = Rule(
    "rest_of_it_is_accepted",
    "_is_accepted_whole",
    remedy="another row that belongs to the same whole was rejected; correct that row, and replay"
    " all of them",
)
TORN = Rule(
    "rest_of_it_is_not_published",
    "not _is_torn",
    remedy="rows of the same whole, such as the other lines of an order, are published from that"
    " file, and the replay would replace them; if they lack this row, deliver the whole again, in a"
    " later file",
)
# What is said of a duplicate of what is published: of a newer version, or in a table that grows.
SUPERSEDED = "is_published_already"


def all_rules(table: Table) -> list[Rule]:
    """Return all rules that a row of a source can break, in the order of reports."""
    return [*READ_RULES, *table.rules, CONFLICT, WHOLE, TORN]


def judge(rows: DataFrame, table: Table) -> DataFrame:
    """Add `_reasons` and `_warnings`, the names of the rules that a row breaks by itself.

    They are text, with blanks between the names: engines are slow with lists. Rows are parsed to
    the types of `table` and carry the lineage of their reader. Drops `_is_plain`, which no later
    step needs.
    """
    rejecting = [rule for rule in table.rules if rule.level != "warn"]
    warning = [rule for rule in table.rules if rule.level == "warn"]
    reasons = f"case when _fault = '' then {_broken(rejecting)} else _fault end"
    warnings = f"case when _fault = '' then {_broken(warning)} else '' end"
    judged = {"_reasons": F.expr(reasons), "_warnings": F.expr(warnings)}
    return rows.withColumns(judged).drop("_is_plain")


def breaks(rule: str) -> str:
    """SQL that tells whether a rule is among the reasons of a row."""
    return f"instr(concat(' ', _reasons, ' '), ' {rule} ') > 0"


def _broken(rules: Sequence[Rule]) -> str:
    """SQL for the names of broken rules."""
    if not rules:
        return "''"
    # Nearly every row keeps all rules, which costs less to see than to look for names.
    keeps_all = " and ".join(f"({_kept(rule)})" for rule in rules)
    names = (
        f"case when {rule.condition} then null else '{rule.name}' end" for rule in rules
    )
    return f"case when {keeps_all} then '' else concat_ws(' ', {', '.join(names)}) end"


def _kept(rule: Rule) -> str:
    """SQL that is true where a rule is kept, and looks first at what costs least."""
    if rule.kept_by_plain_texts:
        return f"_is_plain or ({rule.condition})"
    return rule.condition
