"""Every statement of sql/ is one statement of Athena, named as its object."""

import re
from pathlib import Path

import pytest
from sqlglot import exp, parse

from salesetl.registry import asked_tables
from salesetl.statements import statements

SQL = Path(__file__).parents[2] / "sql" / "athena"
FILES = sorted(SQL.rglob("*.sql"))


def parsed(path: Path) -> exp.Expr:
    """Parse the one statement of a file as Athena does."""
    [tree] = parse(path.read_text(), dialect="athena")
    assert tree is not None
    return tree


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SQL)))
def test_a_file_is_one_statement_under_a_comment(path: Path) -> None:
    tree = parsed(path)

    assert not isinstance(tree, exp.Command)
    assert re.fullmatch(r"-- .+[.]", path.read_text().splitlines()[0])
    if path.parent.name in ("queries", "charts"):
        assert isinstance(tree, exp.Select)
    else:
        assert isinstance(tree, exp.Create)
        assert tree.find(exp.Table).name == path.stem  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "path", sorted((SQL / "views").iterdir()), ids=lambda p: p.stem
)
def test_a_view_has_its_grain_and_no_order(path: Path) -> None:
    tree = parsed(path)

    assert path.read_text().startswith("-- Grain: one ")
    assert not [
        order
        for order in tree.find_all(exp.Order)
        if not isinstance(order.parent, exp.Window)
    ]


@pytest.mark.parametrize("name", statements())
def test_no_statement_asks_for_todays_date(name: str) -> None:
    words = re.findall(r"[a-z_]+", statements()[name].text.lower())

    assert not {"current_date", "current_timestamp", "now", "localtimestamp"} & {*words}


@pytest.mark.parametrize("name", statements())
def test_a_name_within_a_statement_hides_no_table_or_view(name: str) -> None:
    tree = parse(statements()[name].text, dialect="athena")[0]
    assert tree is not None

    within = {cte.alias for cte in tree.find_all(exp.CTE)}

    assert not within & {*statements(), *asked_tables()}


def test_there_are_twelve_queries_of_sales() -> None:
    queries = [each for each in statements().values() if each.folder == "queries"]

    assert len(queries) == 12
