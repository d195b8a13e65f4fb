"""Contracts say everything once, and say it consistently."""

from datetime import date

import pytest

from salesetl.schemas import ENRICHED_SALES, RAW_SALES, TABLES
from salesetl.schemas.table import Rule, Table, sql_literal
from salesetl.schemas.types import T

# Where PySpark is, the types of contracts are its own.
pytestmark = pytest.mark.both_sparks


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_keys_partitions_and_amounts_are_columns_with_a_comment(table: Table) -> None:
    named = {*table.key, *table.partition_by, table.amount, table.date_column} - {None}

    assert named <= set(table.columns)
    assert all(field.metadata["comment"] for field in table.schema)
    assert len(set(table.columns)) == len(table.columns)
    assert table.columns[len(table.columns) - len(table.partition_by) :] == list(
        table.partition_by
    )


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
