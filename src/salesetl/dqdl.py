"""Contracts as rulesets of AWS Glue Data Quality, in its language DQDL."""

import re
from collections.abc import Iterable

from salesetl.model.rules import PARAMETER, Rule
from salesetl.model.table import Table

_HEAD = """\
# Grain: {grain}.
# Made from its contract and that of {source} by `make docs`; {left} of the {all} rules of {source}
# are left to the job: they only warn, or are of what this table does not hold.
Rules = [
{rules}
]
"""

_NOT_NULL = re.compile(r"(\w+) is not null")
_TEXT = re.compile(r"'[^']*'")
_NAME = re.compile(r"\b[a-z_]\w*\b(?!\s*\()", re.IGNORECASE)
_KEYWORDS = frozenset(
    "and as between case else end in is like not null or then when".split()
)


def ruleset(table: Table, source: Table) -> str:
    """Write the rules that a published table must keep, given the source of its rows.

    That its key is there once, that what its rows need is complete, that its partitions agree with
    its date, and those rules of the source that reject a row for columns which this table has too.
    """
    known = [_with_defaults(rule, source) for rule in source.rules]
    kept = [rule for rule in known if _holds_in(table, rule)]
    complete = _complete_columns(table, source, kept)
    rules = [
        "RowCount > 0",
        *([_key_rule(table, complete)] if table.key else []),
        *(f'IsComplete "{name}"' for name in complete),
        *(_none_where(_broken(rule)) for rule in kept if not _required(rule)),
        *(_none_where(condition) for condition in _misplaced(table)),
    ]
    return _HEAD.format(
        grain=table.grain,
        source=source.name,
        left=len(source.rules) - len(kept),
        all=len(source.rules),
        rules=",\n".join(f"    {rule}" for rule in rules),
    )


def _with_defaults(rule: Rule, source: Table) -> Rule:
    """Fill in the settings of a contract; a rule that also has parameters of a run stays."""
    defaults = {each.name: each.default for each in source.settings}
    asked = {*PARAMETER.findall(rule.condition)}
    return rule.bind(defaults) if asked and asked <= {*defaults} else rule


def _holds_in(table: Table, rule: Rule) -> bool:
    """Tell whether a rule holds for every row of a table, and can be said in DQDL."""
    # A text of DQDL is in double quotes, and there is no way told to write one in it.
    if rule.level != "reject" or '"' in rule.condition:
        return False
    if PARAMETER.search(rule.condition):
        return False
    names = set(_NAME.findall(_TEXT.sub("", rule.condition)))
    return names - _KEYWORDS <= set(table.columns)


def _complete_columns(table: Table, source: Table, kept: Iterable[Rule]) -> list[str]:
    """Return the columns in which every row has a value, in the order of the table."""
    required = {_required(rule) for rule in kept}
    # A part of the key that no file must have is made by the job, such as the number of a line.
    made = set(table.key) - set(source.columns)
    made |= set(table.key) & {*source.folders, *source.places}
    amounts = {*table.amounts} - table.optional_columns
    own = {*amounts, table.date_column, *table.partition_by}
    return [name for name in table.columns if name in required | made | own]


def _key_rule(table: Table, complete: list[str]) -> str:
    if set(table.key) <= set(complete):
        return "IsPrimaryKey " + " ".join(f'"{name}"' for name in table.key)
    # Null is a value of such a key, which the rule of DQDL would refuse.
    key = ", ".join(table.key)
    twice = f"select {key} from primary group by {key} having count(*) > 1"
    return f'CustomSql "select count(*) from ({twice}) as twice" = 0'


def _misplaced(table: Table) -> list[str]:
    """Return for each partition column that is of the date when it disagrees with that."""
    date = table.date_column
    parts = {name: name.rpartition("_")[2] for name in table.partition_by}
    return [
        f"cast({name} as int) <> {part}({date})"
        for name, part in parts.items()
        if date and part in ("year", "month")
    ]


def _none_where(condition: str) -> str:
    return f'CustomSql "select count(*) from primary where {condition}" = 0'


def _broken(rule: Rule) -> str:
    return f"not coalesce({rule.condition}, false)"


def _required(rule: Rule) -> str | None:
    """Return the column that a rule asks to be there, if that is all it asks."""
    found = _NOT_NULL.fullmatch(rule.condition)
    return found[1] if found else None
