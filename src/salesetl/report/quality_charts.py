"""The charts of data quality: what became of the rows and files of the last runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from salesetl.report.bars import bars, named_amount
from salesetl.report.picture import Panel, Picture
from salesetl.report.run_columns import run_columns
from salesetl.report.shares import moment, words
from salesetl.runs import RunReport

# What can become of a row, in the order of their colours.
OUTCOMES = (
    "loaded",
    "rejected",
    "filtered",
    "duplicates",
    "not published",
    "out of range",
)
_LEFT_OUT = ("rejected", "filtered", "duplicates", "out of range")
_ARRIVED = ("new", "changed", "renamed", "vanished")
# Long enough for the names of rules.
_NAME_PIXELS = 190
_CROSS = ". A cross: the run failed or was cancelled, and has published nothing"

Runs = Sequence[RunReport]


def rows_by_outcome(name: str, runs: Runs, told: str) -> Picture:
    """Draw what became of the rows of each run, and which share was left out."""
    counts = [outcomes(run) for run in runs]
    lost = [
        {
            kind: Decimal(count) / max(run.rows_read, 1)
            for kind, count in own.items()
            if kind in _LEFT_OUT
        }
        for run, own in zip(runs, counts, strict=True)
    ]
    has_failed = any(run.status != "succeeded" for run in runs)
    return Picture(
        f"{name}_rows_by_outcome",
        f"Rows of {words(name)} by outcome, {told}",
        "Rows of the main source" + (_CROSS if has_failed else ""),
        [
            run_columns(
                runs, counts, OUTCOMES, "Rows read", nothing="no run has read rows"
            ),
            run_columns(
                runs,
                lost,
                OUTCOMES,
                "Share of the rows read that was left out",
                axis=".1%",
                nothing="no row was left out",
            ),
        ],
        [
            {**run_cells(run), "rows_read": run.rows_read, **own}
            for run, own in zip(runs, counts, strict=True)
        ],
    )


def outcomes(run: RunReport) -> dict[str, int]:
    """Count the rows of a run by outcome; they add up to the rows read.

    What a failed run would have loaded is not published.
    """
    kept = run.rows_quarantined + run.duplicates_removed + run.rows_filtered
    accepted = run.rows_read - kept
    is_published = run.status == "succeeded"
    return {
        "loaded": accepted if is_published else 0,
        "rejected": run.rows_quarantined - run.rows_out_of_range,
        "filtered": run.rows_filtered,
        "duplicates": run.duplicates_removed,
        "not published": 0 if is_published else accepted,
        "out of range": run.rows_out_of_range,
    }


def rejected_by_reason(name: str, runs: Runs, told: str) -> Picture:
    """Draw the rows of each reason in the last run that has read rows, and in all of these runs."""
    readers = [run for run in runs if run.rows_read]
    last = Counter(readers[-1].rows_by_reason if readers else {})
    all_runs: Counter[str] = Counter()
    for run in readers:
        all_runs.update(run.rows_by_reason)
    panels = [
        _reasons(
            last,
            f"Run of {moment(readers[-1].started_at)}" if readers else "",
        )
    ]
    if len(readers) > 1:
        panels.append(_reasons(all_runs, told[:1].upper() + told[1:]))
    return Picture(
        f"{name}_rejected_by_reason",
        f"Quarantined rows of {words(name)} by reason, {told}",
        "Rows that broke the rule; a row can have several reasons, and counts again in every run"
        " that reads it",
        panels,
        [
            {"reason": words(reason), "last_run": last[reason], "these_runs": count}
            for reason, count in all_runs.most_common()
        ],
    )


def _reasons(counts: Counter[str], title: str) -> Panel:
    values = [
        named_amount(words(reason), count) for reason, count in counts.most_common()
    ]
    nothing = "no row was quarantined"
    return bars(values, title, number=",", nothing=nothing, limit=_NAME_PIXELS)


def files_by_state(name: str, runs: Runs, told: str) -> list[Picture]:
    """Draw the files that each run found, by what the ledger knew of them; nothing without any."""
    counts = [
        {kind: getattr(run, f"files_{kind}") for kind in (*_ARRIVED, "known")}
        for run in runs
    ]
    if not any(any(own.values()) for own in counts):
        return []
    arrived = [{kind: own[kind] for kind in _ARRIVED} for own in counts]
    known = [{"known": own["known"]} for own in counts]
    panels = [
        run_columns(
            runs,
            arrived,
            _ARRIVED,
            "New, changed, renamed or vanished",
            nothing="no file is new",
        )
    ]
    if any(own["known"] for own in counts):
        panels.append(run_columns(runs, known, ("known",), "Known"))
    return [
        Picture(
            f"{name}_files",
            f"Files of {words(name)}, {told}",
            "Of the main source, by what the lake knew of them before the run",
            panels,
            [{**run_cells(run), **own} for run, own in zip(runs, counts, strict=True)],
        )
    ]


def run_cells(run: RunReport) -> dict[str, Any]:
    """Return what tells a run from others in a table."""
    return {"run": run.run_id, "started": moment(run.started_at), "status": run.status}
