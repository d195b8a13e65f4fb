"""The chart of the amounts that the last runs have loaded and rejected, by currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from salesetl.money import NOTHING
from salesetl.report.picture import NO_CURRENCY, Panel, Picture, Row
from salesetl.report.quality_charts import OUTCOMES, run_cells
from salesetl.report.run_columns import run_columns
from salesetl.report.shares import share_text, words
from salesetl.runs import RunReport


def amount_by_outcome(
    name: str, runs: Sequence[RunReport], told: str, amount: str
) -> Picture:
    """Draw what was loaded and rejected of an amount in each run, for each currency."""
    currencies = sorted({each for run in runs for each in run.amounts.get(amount, {})})
    titles = {
        each: _currency(each, is_only=len(currencies) == 1) for each in currencies
    }
    unit = titles[currencies[0]] if len(currencies) == 1 else ""
    return Picture(
        f"{name}_{amount}_by_outcome",
        ", ".join(
            filter(
                None,
                (f"Loaded and rejected {words(amount)} of {words(name)}", unit, told),
            )
        ),
        "Sums of each run, with the share that was rejected. Rejected: only rows whose amount could"
        " be read",
        [
            _amounts(runs, amount, each, "" if unit else titles[each])
            for each in currencies
        ],
        [
            {**run_cells(run), **row}
            for run in runs
            for row in amounts_of(run).get(words(amount), [])
        ],
    )


def amounts_of(run: RunReport) -> dict[str, list[Row]]:
    """Return what a run has loaded and rejected, by the name of the amount, for each currency."""
    return {
        words(amount): [
            {
                "currency": _currency(currency),
                "loaded": _sum(states, "loaded"),
                "rejected": _sum(states, "rejected"),
                "share_rejected": share_text(_share(states)),
            }
            for currency, states in by_currency.items()
        ]
        for amount, by_currency in run.amounts.items()
    }


def _amounts(
    runs: Sequence[RunReport], amount: str, currency: str, title: str
) -> Panel:
    found = [run.amounts.get(amount, {}).get(currency, {}) for run in runs]
    counts = [
        {
            ("loaded" if run.status == "succeeded" else "not published"): _sum(
                states, "loaded"
            ),
            "rejected": _sum(states, "rejected"),
        }
        for run, states in zip(runs, found, strict=True)
    ]
    shares = [share_text(_share(each)) if _share(each) else "" for each in found]
    return run_columns(
        runs,
        counts,
        OUTCOMES,
        title,
        labels=shares,
        nothing="nothing was loaded or rejected",
    )


def _sum(states: Mapping[str, str], state: str) -> Decimal:
    # Reports of earlier versions have fewer states.
    return Decimal(states.get(state, NOTHING))


def _share(states: Mapping[str, str]) -> Decimal:
    """Return the share of an amount that was rejected; returns count by their size."""
    lost, loaded = abs(_sum(states, "rejected")), abs(_sum(states, "loaded"))
    return lost / (lost + loaded) if lost else Decimal(0)


def _currency(code: str, *, is_only: bool = False) -> str:
    if code == "?":
        return "unknown currency"
    return code or ("" if is_only else NO_CURRENCY)
