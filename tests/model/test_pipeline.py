"""A mistake in a declaration is an error when it is made, in plain words."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from salesetl.model.pipeline import Output, Pipeline
from salesetl.model.rules import Rule
from salesetl.model.source import Source
from salesetl.model.strategies import Append, Merge
from salesetl.model.versions import ColumnVersion
from salesetl.pipelines.orders.pipeline import ORDERS
from salesetl.pipelines.sales.pipeline import SALES

SALE, CUSTOMER = SALES.sources
ENRICHED, SUMMARY = SALES.outputs


def with_outputs(*outputs: Output) -> Pipeline:
    """Declare sales with other outputs."""
    return replace(SALES, outputs=outputs)


def with_strategy(output: Output, strategy: Append) -> Output:
    """Declare an output whose table has another strategy."""
    return replace(output, table=replace(output.table, strategy=strategy))


def without_rules() -> Source:
    """Declare sales without rules."""
    return replace(SALE, contract=replace(SALE.contract, rules=()))


def broken_rule() -> Source:
    """Declare a source with a rule of a level that there is not."""
    rule = Rule("x", "1 = 1", level="warning")  # type: ignore[arg-type]
    return replace(SALE, contract=replace(SALE.contract, rules=(rule,)))


@pytest.mark.parametrize(
    ("declare", "told"),
    [
        (
            lambda: replace(SALES, outputs=()),
            "no output is made from its main source, sales",
        ),
        (
            lambda: with_outputs(ENRICHED, replace(SUMMARY, of="sale")),
            "is made from 'sale', which is not declared",
        ),
        (
            lambda: with_outputs(
                ENRICHED, replace(SUMMARY, sums={"x": "total_amount"})
            ),
            "sums 'x' of 'total_amount', but both must be declared as amounts",
        ),
        (
            lambda: with_outputs(ENRICHED, ENRICHED),
            "'enriched_sales' is declared twice",
        ),
        (
            lambda: replace(SALES, name="shop"),
            "sales is in the namespace 'sales'",
        ),
        (
            lambda: replace(SALES, name="Stock Count"),
            "pipeline 'Stock Count': its name is part of paths",
        ),
        (
            lambda: replace(SALES, sources=(replace(SALE, needs=()), CUSTOMER)),
            "rule customer_is_known needs 'customers', which sales does not need",
        ),
        (
            lambda: replace(SALES, sources=(broken_rule(),)),
            "rule x: level 'warning' is not one of reject, out_of_range, warn",
        ),
        (
            lambda: replace(SALES, options=ORDERS.options),
            "its options need sales_path",
        ),
        (
            lambda: replace(SALES, sources=(SALE, replace(CUSTOMER, needs=("sales",)))),
            "sales, customers need each other",
        ),
        (
            lambda: replace(
                SALES, sources=(replace(without_rules(), needs=("buyers",)), CUSTOMER)
            ),
            "sales need each other, or need a source that is not declared",
        ),
        (
            lambda: with_outputs(
                replace(
                    ENRICHED,
                    refresh=ENRICHED.refresh and replace(ENRICHED.refresh, of="buyers"),
                ),
            ),
            "is refreshed from 'buyers', which is not a source",
        ),
        (
            lambda: replace(
                ORDERS,
                outputs=(
                    ORDERS.outputs[0],
                    with_strategy(ORDERS.outputs[1], Append()),
                ),
            ),
            "fact_orders: must append too",
        ),
        (
            lambda: replace(
                ORDERS,
                sources=(replace(ORDERS.main, whole=("order_id",)),),
                outputs=(
                    replace(
                        ORDERS.outputs[1],
                        table=replace(
                            ORDERS.outputs[1].table,
                            strategy=Merge(),
                        ),
                    ),
                ),
                checks=(),
            ),
            "must be merged by ('order_id',)",
        ),
    ],
)
def test_a_pipeline_whose_parts_do_not_fit_is_refused(
    declare: Callable[[], Pipeline], told: str
) -> None:
    with pytest.raises(ValueError) as refusal:
        declare()

    assert told in str(refusal.value)


@pytest.mark.parametrize(
    ("declare", "told"),
    [
        (lambda: replace(SALE, whole=("region",)), "must be part of the key"),
        (
            lambda: replace(SALE, version=ColumnVersion("updated_at")),
            "its contract has no column 'updated_at'",
        ),
    ],
)
def test_a_source_that_names_a_column_it_has_not_is_refused(
    declare: Callable[[], Source], told: str
) -> None:
    with pytest.raises(ValueError) as refusal:
        declare()

    assert told in str(refusal.value)
