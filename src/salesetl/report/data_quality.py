"""The part of the page on data quality, made from the reports of the runs of a pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from salesetl.report.amount_outcomes import amount_by_outcome, amounts_of
from salesetl.report.picture import Picture, Rows
from salesetl.report.quality_charts import (
    files_by_state,
    outcomes,
    rejected_by_reason,
    rows_by_outcome,
)
from salesetl.report.run_columns import RUNS_SHOWN
from salesetl.report.shares import moment, share_text
from salesetl.runs import RunReport


@dataclass(frozen=True)
class Fact:
    """One thing to know of the lake, and what puts it in relation."""

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Quality:
    """What the runs of a pipeline tell: facts, pictures, and the amounts of the last run.

    `run` is the last that loaded rows, None if there is none.
    """

    facts: Sequence[Fact]
    pictures: Sequence[Picture]
    run: RunReport | None
    amounts: Mapping[str, Rows]


def quality_of(
    name: str, reports: Sequence[RunReport], newest_day: date | None
) -> Quality:
    """Tell the quality of the data of a pipeline from its reports, which are not none.

    `newest_day` is the newest business date in the lake. Nothing depends on today's date.
    """
    ordered = sorted(reports, key=lambda run: (run.started_at, run.run_id))
    shown = ordered[-RUNS_SHOWN:]
    told = _runs_text(len(shown), len(ordered))
    loaded = [run for run in ordered if has_loaded(run)]
    amounts = list(dict.fromkeys(each for run in shown for each in run.amounts))
    return Quality(
        [*_freshness(ordered, newest_day), *_rejected(ordered)],
        [
            rows_by_outcome(name, shown, told),
            rejected_by_reason(name, shown, told),
            *(amount_by_outcome(name, shown, told, each) for each in amounts),
            *files_by_state(name, shown, told),
        ],
        loaded[-1] if loaded else None,
        amounts_of(loaded[-1]) if loaded else {},
    )


def has_loaded(run: RunReport) -> bool:
    """Tell whether a run has loaded rows."""
    return run.status == "succeeded" and run.rows_loaded > 0


def _runs_text(shown: int, count: int) -> str:
    if shown < count:
        return f"the last {shown} of {count:,} runs"
    return f"the last {count} runs" if count > 1 else "1 run"


def _freshness(ordered: Sequence[RunReport], newest_day: date | None) -> list[Fact]:
    """Tell how new the data is, in relation to the last run that succeeded."""
    done = [run for run in ordered if run.status == "succeeded"]
    last = max(done, key=lambda run: run.finished_at, default=None)
    facts = []
    if newest_day:
        note = _lag_text(newest_day, last) if last else ""
        facts.append(Fact("Newest date in the lake", str(newest_day), note))
    if not last:
        return [
            *facts,
            Fact(
                "Last successful run", "none", f"no run has succeeded of {len(ordered)}"
            ),
        ]
    since = sum(run.started_at > last.started_at for run in ordered)
    finished = moment(last.finished_at)
    return [*facts, Fact("Last successful run", finished, _since_text(since))]


def _lag_text(day: date, run: RunReport) -> str:
    days = (date.fromisoformat(run.finished_at[:10]) - day).days
    if not days:
        return "the day of the last successful run"
    unit = "day" if abs(days) == 1 else "days"
    side = "before" if days > 0 else "after"
    return f"{abs(days):,} {unit} {side} the last successful run"


def _since_text(failed: int) -> str:
    if not failed:
        return "no run has failed since"
    return f"{failed:,} {'run has' if failed == 1 else 'runs have'} failed since"


def _rejected(ordered: Sequence[RunReport]) -> list[Fact]:
    """Tell how many rows the last run that has read some has rejected."""
    readers = [run for run in ordered if run.rows_read]
    if not readers:
        return []
    run = readers[-1]
    rejected = outcomes(run)["rejected"]
    meant = run.rows_read - run.rows_filtered - run.rows_out_of_range
    return [
        Fact(
            "Rows rejected",
            share_text(Decimal(rejected) / max(meant, 1)),
            f"{rejected:,} of {meant:,} in the run of {moment(run.started_at)}",
        )
    ]
