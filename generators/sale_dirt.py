"""Faults of sales as in real deliveries, each with its expected outcome."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from generators.dirt import BROKEN_CHARACTER, Answers, Dirt


@dataclass(frozen=True)
class Sale:
    """The fields of one sale as text."""

    transaction_id: str
    date: str
    customer_id: str
    product: str
    quantity: str
    unit_price: str
    region: str
    total_amount: str

    def line(self) -> str:
        """Write the sale as a line of CSV."""
        return ",".join(vars(self).values())

    def times(self, quantity: int) -> "Sale":
        """Return the sale with another quantity, and the total that goes with it."""
        total = Decimal(self.unit_price) * quantity
        return replace(self, quantity=str(quantity), total_amount=str(total))


def _changed(**fields: str) -> Callable[[Sale], list[str]]:
    return lambda sale: [replace(sale, **fields).line()]


def _twice(change: Callable[[Sale], Sale]) -> Callable[[Sale], list[str]]:
    return lambda sale: [sale.line(), change(sale).line()]


def _negated(amount: str) -> str:
    return amount.removeprefix("-") if amount.startswith("-") else f"-{amount}"


DIRT: tuple[Dirt[Sale], ...] = (
    Dirt(
        "missing_transaction_id",
        _changed(transaction_id=""),
        "transaction_id_is_present",
    ),
    Dirt("impossible_date", _changed(date="2025-13-45"), "date_is_valid"),
    Dirt("date_as_words", _changed(date="yesterday"), "date_is_valid"),
    Dirt("future_date", _changed(date="2999-01-01"), "date_is_not_after_as_of"),
    Dirt(
        "ancient_date",
        _changed(date="1899-12-31"),
        "date_is_not_before_earliest_date",
    ),
    Dirt(
        "invisible_character",
        _changed(customer_id="CUST\u200b0001"),
        "identifiers_are_visible",
    ),
    Dirt(
        "shortened_by_a_spreadsheet",
        _changed(customer_id="8.41E+12"),
        "identifiers_are_whole",
    ),
    Dirt("fractional_quantity", _changed(quantity="1.5"), "quantity_is_whole_number"),
    Dirt("zero_quantity", lambda sale: [sale.times(0).line()], "quantity_is_not_zero"),
    Dirt(
        "negative_price",
        lambda sale: [
            replace(
                sale,
                unit_price=_negated(sale.unit_price),
                total_amount=_negated(sale.total_amount),
            ).line()
        ],
        "unit_price_is_valid",
    ),
    Dirt("too_many_decimals", _changed(unit_price="12.34567"), "unit_price_is_valid"),
    Dirt("price_as_words", _changed(unit_price="free"), "unit_price_is_valid"),
    Dirt("total_as_words", _changed(total_amount="n/a"), "total_amount_is_decimal"),
    Dirt(
        "wrong_total",
        lambda sale: [
            replace(sale, total_amount=str(Decimal(sale.total_amount) + 1)).line()
        ],
        "total_amount_is_sum_of_its_parts",
    ),
    Dirt(
        "missing_field",
        lambda sale: [sale.line().rpartition(",")[0]],
        "row_is_well_formed",
    ),
    Dirt(
        "surplus_field", lambda sale: [f"{sale.line()},surplus"], "row_is_well_formed"
    ),
    Dirt(
        "broken_quote",
        lambda sale: [sale.line().replace(sale.product, f'"{sale.product}')],
        "row_is_well_formed",
    ),
    Dirt(
        "broken_character",
        _changed(product=f"Caf{BROKEN_CHARACTER}"),
        "text_is_readable",
    ),
    Dirt(
        "conflicting_duplicate",
        _twice(lambda sale: sale.times(int(sale.quantity) + 7)),
        "conflicting_duplicate",
    ),
    Dirt("exact_duplicate", _twice(lambda sale: sale), loaded=1, duplicates=1),
    Dirt(
        "respelled_duplicate",
        _twice(
            lambda sale: replace(
                sale,
                date=f"{sale.date}T00:30:00.000000000Z",
                unit_price=f"{sale.unit_price}0",
            )
        ),
        loaded=1,
        duplicates=1,
    ),
    Dirt("padded_fields", lambda sale: [sale.line().replace(",", " , ")], loaded=1),
    Dirt("quoted_comma", _changed(product='"Lamp, ""Retro"""'), loaded=1),
    Dirt(
        "unknown_customer",
        _changed(customer_id="NOBODY"),
        loaded=1,
        warning="customer_is_known",
    ),
    Dirt(
        "missing_customer",
        _changed(customer_id=""),
        loaded=1,
        warning="customer_id_is_present",
    ),
    Dirt(
        "missing_product", _changed(product=""), loaded=1, warning="product_is_present"
    ),
    Dirt("missing_region", _changed(region=""), loaded=1, warning="region_is_present"),
)
BEFORE_SIGNUP: Dirt[Sale] = Dirt(
    "sale_before_signup",
    lambda sale: [sale.line()],
    loaded=1,
    warning="sale_is_not_before_signup",
)


def spoil(
    sale: Sale, number: float, later_customer: str | None, answers: Answers
) -> str:
    """Return a sale with the fault that a number in [0, 1) picks, entered in the answers.

    `later_customer` is somebody who had not yet signed up on the day of the sale, if there is one.
    """
    kinds = DIRT if later_customer is None else (*DIRT, BEFORE_SIGNUP)
    dirt = kinds[int(number * len(kinds))]
    if dirt is BEFORE_SIGNUP:
        sale = replace(sale, customer_id=later_customer or "")
    lines = dirt.lines(sale)
    answers.add(dirt, sale.transaction_id, Decimal(sale.total_amount), len(lines))
    return "\n".join(lines)
