"""What holds for every line of a sale that has `quantity`, `unit_price` and `total_amount`."""

from decimal import Decimal

from salesetl.model.rules import Cause, Rule, Setting

# What a source profile may leave to be computed, of the two others.
DERIVED = {
    "total_amount": "round(quantity * unit_price, 2)",
    "unit_price": "round(total_amount / quantity, 4)",
}
TOLERANCE = Setting(
    "total_amount_tolerance",
    Decimal("0.00"),
    1000,
    "How far total_amount may be from quantity × unit_price",
)
# Wide enough for any quantity at any price: one absurd row must not stop a run.
_UNITS = "cast(quantity as decimal(20, 0))"
TOTAL_RULE = Rule(
    "total_amount_is_quantity_times_price",
    # Nearly every total is that product without rounding, which costs little to see.
    f"total_amount = {_UNITS} * unit_price"
    " or total_amount is null or quantity is null or unit_price is null"
    f" or abs(total_amount - round({_UNITS} * unit_price, 2))"
    # A price of four decimals may be rounded, which a large quantity multiplies.
    f" <= greatest(:total_amount_tolerance, 0.005 + 0.00005 * abs({_UNITS}))",
    remedy="total_amount is quantity × unit_price; map or compute what the export has in a source"
    " profile",
    causes=(
        Cause(
            f"abs(total_amount) < abs({_UNITS} * unit_price)",
            "a discount seems to be in total_amount: map unit_price to what was paid for one unit",
        ),
    ),
)
