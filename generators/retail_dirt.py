"""Faults of the files of retail as in real deliveries, each with its expected outcome."""

from collections.abc import Callable
from decimal import Decimal

import numpy as np

from generators.dirt import Dirt
from generators.randomness import Flags, Numbers, Places

Row = dict[str, str]
"""The fields of one row as text, in the order of its file."""


def _line(row: Row) -> str:
    return ",".join(row.values())


def _changed(**fields: str) -> Callable[[Row], list[str]]:
    return lambda row: [_line(row | fields)]


def _negated(*names: str) -> Callable[[Row], list[str]]:
    return lambda row: [_line(row | {name: f"-{row[name]}" for name in names})]


def _broken_quote(name: str) -> Dirt[Row]:
    return Dirt(
        "broken_quote",
        lambda row: [_line(row | {name: f'"{row[name]}'})],
        "row_is_well_formed",
    )


# Of any file.
_BADLY_FORMED: tuple[Dirt[Row], ...] = (
    Dirt(
        "missing_field",
        lambda row: [_line(row).rpartition(",")[0]],
        "row_is_well_formed",
    ),
    Dirt("surplus_field", lambda row: [f"{_line(row)},surplus"], "row_is_well_formed"),
)
_SOUND: tuple[Dirt[Row], ...] = (
    Dirt("padded_fields", lambda row: [_line(row).replace(",", " , ")], loaded=1),
    Dirt(
        "quoted_fields",
        lambda row: [",".join(f'"{value}"' for value in row.values())],
        loaded=1,
    ),
)
_TWICE: Dirt[Row] = Dirt(
    "exact_duplicate", lambda row: [_line(row)] * 2, loaded=1, duplicates=1
)

CUSTOMER_DIRT: tuple[Dirt[Row], ...] = (
    Dirt("missing_customer_id", _changed(customer_id=""), "customer_id_is_present"),
    Dirt(
        "impossible_date",
        _changed(registration_date="2025-13-45"),
        "registration_date_is_valid",
    ),
    Dirt(
        "date_as_words",
        _changed(registration_date="yesterday"),
        "registration_date_is_valid",
    ),
    _broken_quote("last_name"),
    *_BADLY_FORMED,
    *_SOUND,
    _TWICE,
)
PRODUCT_DIRT: tuple[Dirt[Row], ...] = (
    Dirt("missing_product_id", _changed(product_id=""), "product_id_is_present"),
    Dirt("negative_price", _negated("price"), "price_is_valid"),
    Dirt("price_as_words", _changed(price="free"), "price_is_valid"),
    Dirt(
        "stock_as_words",
        _changed(stock_quantity="plenty"),
        loaded=1,
        warning="stock_quantity_is_valid",
    ),
    _broken_quote("product_name"),
    *_BADLY_FORMED,
    *_SOUND,
    _TWICE,
)
MISSING_ORDER_ID: Dirt[Row] = Dirt(
    "missing_order_id", _changed(order_id=""), "order_id_is_present"
)
"""All lines of the order lose it: nobody could tell whose line a single one was."""
MISSING_CUSTOMER: Dirt[Row] = Dirt(
    "missing_customer_id",
    _changed(customer_id=""),
    loaded=1,
    warning="customer_id_is_present",
)
MISSING_PRODUCT: Dirt[Row] = Dirt(
    "missing_product_id",
    _changed(product_id=""),
    loaded=1,
    warning="product_id_is_present",
)
ORDER_DIRT: tuple[Dirt[Row], ...] = (
    MISSING_ORDER_ID,
    MISSING_CUSTOMER,
    MISSING_PRODUCT,
    Dirt("impossible_date", _changed(order_date="2025-13-45"), "order_date_is_valid"),
    Dirt("date_as_words", _changed(order_date="yesterday"), "order_date_is_valid"),
    Dirt("fractional_quantity", _changed(quantity="1.5"), "quantity_is_valid"),
    Dirt(
        "zero_quantity",
        _changed(quantity="0", total_amount="0.00"),
        "quantity_is_valid",
    ),
    Dirt(
        "negative_price", _negated("unit_price", "total_amount"), "unit_price_is_valid"
    ),
    Dirt("price_as_words", _changed(unit_price="free"), "unit_price_is_valid"),
    Dirt("total_as_words", _changed(total_amount="n/a"), "total_amount_is_decimal"),
    Dirt(
        "wrong_total",
        lambda row: [
            _line(row | {"total_amount": str(Decimal(row["total_amount"]) + 1)})
        ],
        "total_amount_is_quantity_times_price",
    ),
    *_BADLY_FORMED,
    *_SOUND,
)


def kinds_of(numbers: Numbers, share: float, kinds: tuple[Dirt[Row], ...]) -> Places:
    """Turn uniform numbers into places of faults in `kinds`; -1 where there is none.

    The numbers below `share` are faulty, and where they are below it decides on the kind.
    """
    if share == 0:
        return np.full(len(numbers), -1)
    places = np.floor(numbers / share * len(kinds)).astype(np.int64)
    # A division may round up.
    return np.where(numbers < share, np.minimum(places, len(kinds) - 1), -1)


def are_loaded(places: Places, kinds: tuple[Dirt[Row], ...]) -> Flags:
    """Tell which of the rows with such faults, or with none, are loaded all the same."""
    return np.array([*(kind.loaded > 0 for kind in kinds), True])[places]
