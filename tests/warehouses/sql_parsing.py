"""Reads SQL as a warehouse that cannot run here would."""

import pytest


def unparsable(statement: str, dialect: str) -> list[str]:
    """Return what sqlfluff cannot parse of a statement, with its line."""
    # It is a tool of `make check`, which the environment of the second Spark does not have.
    core = pytest.importorskip("sqlfluff.core")
    settings = {"dialect": dialect, "templater": "raw"}
    linter = core.Linter(config=core.FluffConfig(overrides=settings))
    # Of Parquet it does not know an empty list, which Snowflake takes.
    known = statement.replace(" null_if = ()", "")
    found = linter.parse_string(known).violations
    return [f"line {each.line_no}: {each.desc()}" for each in found]
