"""Reads SQL as a warehouse that cannot run here would."""

import pytest


def unparsable(statement: str, dialect: str) -> list[str]:
    """Return what sqlfluff cannot parse of a statement, with its line."""
    # It is a tool of `make check`, which the environment of the second Spark does not have.
    core = pytest.importorskip("sqlfluff.core")
    settings = {"dialect": dialect, "templater": "raw"}
    linter = core.Linter(config=core.FluffConfig(overrides=settings))
    found = linter.parse_string(statement).violations
    return [f"line {each.line_no}: {each.desc()}" for each in found]
