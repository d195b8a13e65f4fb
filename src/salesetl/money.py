"""Sums of money by currency: amounts of different currencies are never added."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import reduce

# By currency; None is that of a table whose contract names none.
Amounts = Mapping[str | None, Decimal]
# By the name of the amount.
Sums = Mapping[str, Amounts]
# As a report has them: by the name of the amount, by currency, by what became of it.
ReportedAmounts = dict[str, dict[str, dict[str, str]]]

# What can become of an amount: rejected and out of range are in quarantine, kept are of earlier
# runs, and published is loaded and kept.
AMOUNT_STATES = ("loaded", "rejected", "out_of_range", "kept", "published")

# The codes of ISO 4217 for money; those of metals, funds and tests are left out.
CURRENCIES = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP"
    " BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP"
    " GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS"
    " KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR"
    " MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF"
    " SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD"
    " TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG ZWL"
).split()

NOTHING = "0.00"
# As wide as DECIMAL(38, 2); Python's default is 28 digits.
_CONTEXT = Context(prec=38)


def add_amounts(*parts: Amounts) -> dict[str | None, Decimal]:
    """Add amounts of the same currency."""
    sums: dict[str | None, Decimal] = {}
    for part in parts:
        for currency, amount in part.items():
            sums[currency] = _CONTEXT.add(sums.get(currency, Decimal(0)), amount)
    return sums


def sum_of(amounts: Iterable[Decimal]) -> Decimal:
    """Add amounts of one currency."""
    return reduce(_CONTEXT.add, amounts, Decimal(0))


def average(amount: Decimal, count: int) -> Decimal:
    """Divide an amount by a count that is not zero, to the cent, half a cent away from zero."""
    exact = _CONTEXT.divide(amount, Decimal(count))
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP, _CONTEXT)


def add_sums(names: Iterable[str], parts: Iterable[Sums]) -> dict[str, Amounts]:
    """Add sums of the same amount and currency."""
    found = list(parts)
    return {
        name: add_amounts(*(part[name] for part in found if name in part))
        for name in names
    }


def same_sums(one: Sums, other: Sums) -> bool:
    """Tell whether sums are equal; no sum of a currency is a sum of zero."""
    return _without_zeros(one) == _without_zeros(other)


def _without_zeros(sums: Sums) -> dict[tuple[str, str | None], Decimal]:
    return {
        (name, currency): amount
        for name, found in sums.items()
        for currency, amount in found.items()
        if amount
    }


def texts_of(sums: Sums) -> dict[str, dict[str, str]]:
    """Write sums as texts, '' for the currency of a table that has none."""
    return {
        name: {
            currency or "": amount_text(amount) for currency, amount in found.items()
        }
        for name, found in sums.items()
    }


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


def reported_amounts(states: Mapping[str, Sums]) -> ReportedAmounts:
    """Write sums as the report does; one without a currency is under an empty name.

    `states` are sums by what became of them, such as `loaded`. Where one has an amount in a
    currency, all others have it too, if only as zero.
    """
    names = dict.fromkeys(name for sums in states.values() for name in sums)
    reported: ReportedAmounts = {}
    for name in names:
        of_state = {state: sums.get(name, {}) for state, sums in states.items()}
        # Rows without an amount have no currency either, and are no line of their own.
        currencies = {
            each
            for amounts in of_state.values()
            for each, amount in amounts.items()
            if amount or each is not None
        }
        reported[name] = {
            currency
            or "": {
                state: amount_text(amounts.get(currency, Decimal(0)))
                for state, amounts in of_state.items()
            }
            for currency in sorted(currencies or {None}, key=str)
        }
    return reported
