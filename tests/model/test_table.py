"""Contracts say everything once, and say it consistently."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from salesetl.model.rules import Rule, sql_literal
from salesetl.model.strategies import Merge
from salesetl.model.table import Table
from salesetl.model.types import T
from salesetl.pipelines.sales.contracts import ENRICHED_SALES, RAW_SALES
from salesetl.registry import PIPELINES, all_tables

TABLES = [
    *(source.contract for pipeline in PIPELINES for source in pipeline.sources),
    *all_tables(),
]

# Where PySpark is, the types of contracts are its own.
pytestmark = pytest.mark.both_sparks


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_columns_are_there_once_with_a_comment(table: Table) -> None:
    assert all(field.metadata["comment"] for field in table.schema)
    assert len(set(table.columns)) == len(table.columns)


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": ("sale_id",)},
        {"amounts": ("total",)},
        {"currency": "money"},
        {"date_column": "sold_on"},
        {"strategy": Merge(by=("sale_id",))},
        {"partition_by": ("year",)},
    ],
    ids=str,
)
def test_a_table_that_names_a_column_it_has_not_is_refused(
    wrong: dict[str, Any],
) -> None:
    with pytest.raises(ValueError, match="table enriched_sales: "):
        replace(ENRICHED_SALES, **wrong)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_table_keeps_money_as_a_float_or_a_date_as_text(table: Table) -> None:
    for field in table.schema:
        assert not isinstance(field.dataType, T.DoubleType | T.FloatType)
        if field.name == "date" or field.name.endswith("_date"):
            assert field.dataType == T.DateType()


def test_a_delivered_column_has_one_type_from_file_to_lake() -> None:
    for field in RAW_SALES.schema:
        assert ENRICHED_SALES.schema[field.name].dataType == field.dataType


def test_a_rule_takes_its_parameters_as_literals() -> None:
    rule = Rule("not_late", "date <= :as_of").bind({"as_of": date(2025, 9, 30)})

    assert rule.condition == "date <= date '2025-09-30'"
    assert sql_literal(5) == "5"


def test_a_rule_without_its_parameter_cannot_be_bound() -> None:
    with pytest.raises(KeyError):
        RAW_SALES.bind(as_of=date(2025, 9, 30))
