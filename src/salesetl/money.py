"""Sums of money, each currency by itself: amounts of different currencies are never added."""

from collections.abc import Mapping
from decimal import Context, Decimal

# By currency; None is that of a table whose contract names none.
Amounts = Mapping[str | None, Decimal]
# As a report has them: one text, or where the contract names a currency one for each.
Revenue = str | dict[str, str]

NOTHING = "0.00"
# As wide as DECIMAL(38, 2); Python's default is 28 digits.
_CONTEXT = Context(prec=38)


def add_amounts(*parts: Amounts) -> dict[str | None, Decimal]:
    """Add what is of the same currency."""
    sums: dict[str | None, Decimal] = {}
    for part in parts:
        for currency, amount in part.items():
            sums[currency] = _CONTEXT.add(sums.get(currency, Decimal(0)), amount)
    return sums


def amount_text(amount: Decimal) -> str:
    """Write an amount of money as the report does, to the cent."""
    return str(amount.quantize(Decimal("0.01"), context=_CONTEXT))


def amounts_text(amounts: Amounts) -> str:
    """Write amounts in a line, such as `EUR 8.00, INR 5.00`."""
    texts = (
        f"{currency or ''} {amount_text(amount)}".lstrip()
        for currency, amount in sorted(amounts.items(), key=str)
    )
    return ", ".join(texts) or NOTHING


def revenue_of(amounts: Amounts, currency: str | None) -> Revenue:
    """Write amounts as the report does; `currency` is the column that tells theirs, if any."""
    if currency is None:
        return amount_text(amounts.get(None, Decimal(0)))
    return {
        str(name): amount_text(amount)
        for name, amount in sorted(amounts.items(), key=str)
    }


def revenue_by_currency(revenue: Revenue) -> dict[str, str]:
    """Return the amounts of a report by currency; without a currency under an empty name."""
    if isinstance(revenue, str):
        return {"": revenue}
    return revenue or {"": NOTHING}
