"""Sales whose buyers became known after they were loaded."""

import logging
import shlex
from collections.abc import Mapping

from salesetl.arguments import Argument
from salesetl.engines import functions as F
from salesetl.pipelines.batch import Run
from salesetl.pipelines.feeds import Feed
from salesetl.publishing.lake import Change, folder_of
from salesetl.runs import RunReport
from salesetl.schemas import ENRICHED_SALES
from salesetl.transforms.sales import keep_late_buyers

logger = logging.getLogger(__name__)


def months_of_late_buyers(batch: Run, customers: Feed) -> dict[str, int]:
    """Count, by month of the lake, the sales of buyers who were unknown and are known now."""
    months = sorted(batch.lake.files(ENRICHED_SALES))
    if not months:
        return {}
    sales = batch.lake.read(ENRICHED_SALES, months)
    late = keep_late_buyers(sales, customers.accepted)
    counts = late.groupBy(*ENRICHED_SALES.partition_by).agg(F.count("*").alias("sales"))
    return {
        folder_of(row, ENRICHED_SALES): row["sales"]
        for row in batch.engine.rows(counts)
    }


def report_late_buyers(
    report: RunReport,
    late: Mapping[str, int],
    change: Change,
    known: Mapping[str, Argument],
) -> None:
    """Say how many sales still lack what is known of their buyers now, and how to add it.

    The months that are written have it. `known` are the arguments of the job.
    """
    left = {
        month: sales for month, sales in late.items() if month not in change.folders
    }
    report.sales_of_late_buyers = sum(left.values())
    if left:
        words = [
            f"--{name} {shlex.quote(text)}"
            for name, text in report.arguments.items()
            if text not in (None, str(known[name].default))
            and name not in ("run_id", "replay_of")
        ]
        logger.warning(
            "%d sales in %d months have buyers who were unknown then and are known now; to add what"
            " is known of them: python jobs/%s.py %s --refresh_customers true",
            report.sales_of_late_buyers,
            len(left),
            report.job,
            " ".join(words),
        )
