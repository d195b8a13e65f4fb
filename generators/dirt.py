"""Faults as they occur in real deliveries, each with what a correct job makes of it."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, ClassVar


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

    BROKEN_CHARACTER: ClassVar[str] = "\ue0ff"
    """Stands for a byte that no UTF-8 text has."""

    def line(self) -> str:
        """Write the sale as a line of CSV."""
        return ",".join(vars(self).values())

    def times(self, quantity: int) -> "Sale":
        """Return the sale with another quantity, and the total that goes with it."""
        total = Decimal(self.unit_price) * quantity
        return replace(self, quantity=str(quantity), total_amount=str(total))


@dataclass(frozen=True)
class Dirt:
    """A kind of fault: the lines it makes of a sale, and what must become of them.

    Of its lines, `loaded` are loaded, `duplicates` are counted as such, and the others are
    quarantined for `reason`. `warning` is counted for what is loaded.
    """

    name: str
    lines: Callable[[Sale], list[str]]
    reason: str = ""
    loaded: int = 0
    duplicates: int = 0
    warning: str = ""


def _changed(**fields: str) -> Callable[[Sale], list[str]]:
    return lambda sale: [replace(sale, **fields).line()]


def _twice(change: Callable[[Sale], Sale]) -> Callable[[Sale], list[str]]:
    return lambda sale: [sale.line(), change(sale).line()]


def _negated(amount: str) -> str:
    return amount.removeprefix("-") if amount.startswith("-") else f"-{amount}"


DIRT = (
    Dirt(
        "missing_transaction_id",
        _changed(transaction_id=""),
        "transaction_id_is_present",
    ),
    Dirt("impossible_date", _changed(date="2025-13-45"), "date_is_valid"),
    Dirt("date_as_words", _changed(date="yesterday"), "date_is_valid"),
    Dirt("future_date", _changed(date="2999-01-01"), "date_is_not_after_as_of"),
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
        "total_amount_is_quantity_times_unit_price",
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
        _changed(product=f"Caf{Sale.BROKEN_CHARACTER}"),
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
BEFORE_SIGNUP = Dirt(
    "sale_before_signup",
    lambda sale: [sale.line()],
    loaded=1,
    warning="sale_is_not_before_signup",
)


@dataclass
class Answers:
    """What a correct job reports of the generated sales."""

    rows_read: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    duplicates_removed: int = 0
    revenue_cents: int = 0
    rows_by_reason: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    warnings: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    transaction_ids: dict[str, list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add_clean(self, rows: int, cents: int) -> None:
        """Count rows without a fault."""
        self.rows_read += rows
        self.rows_loaded += rows
        self.revenue_cents += cents

    def add(self, dirt: Dirt, sale: Sale, lines: int) -> None:
        """Count the lines that a fault has made of a sale."""
        quarantined = lines - dirt.loaded - dirt.duplicates
        self.rows_read += lines
        self.rows_loaded += dirt.loaded
        self.rows_quarantined += quarantined
        self.duplicates_removed += dirt.duplicates
        if quarantined:
            self.rows_by_reason[dirt.reason] += quarantined
        if dirt.warning:
            self.warnings[dirt.warning] += dirt.loaded
        if dirt.loaded:
            self.revenue_cents += int(Decimal(sale.total_amount) * 100)
        self.transaction_ids[dirt.name].append(sale.transaction_id)

    def as_dict(self) -> dict[str, Any]:
        """Return the answers as their JSON file has them: totals, then each kind of fault."""
        return {
            "rows_read": self.rows_read,
            "rows_loaded": self.rows_loaded,
            "rows_quarantined": self.rows_quarantined,
            "duplicates_removed": self.duplicates_removed,
            "revenue_loaded": str(Decimal(self.revenue_cents).scaleb(-2)),
            "rows_by_reason": dict(sorted(self.rows_by_reason.items())),
            "warnings": dict(sorted(self.warnings.items())),
            "dirt": {
                name: {"count": len(ids), "transaction_ids": ids}
                for name, ids in sorted(self.transaction_ids.items())
            },
        }


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
    answers.add(dirt, sale, len(lines))
    return "\n".join(lines)
