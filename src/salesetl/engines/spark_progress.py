"""How far the running jobs of Spark are."""

from __future__ import annotations

from pyspark.sql import SparkSession

from salesetl.engines.work import Work


def tasks_of(spark: SparkSession) -> Work | None:
    """Count the tasks of all running jobs; None if none is running, or Spark does not tell."""
    tracker = spark.sparkContext.statusTracker()
    jobs = sorted(tracker.getActiveJobsIds())
    infos = [tracker.getJobInfo(job) for job in jobs]
    numbers = {stage for info in infos if info for stage in info.stageIds}
    stages = [each for each in map(tracker.getStageInfo, numbers) if each]
    total = sum(each.numTasks for each in stages)
    if not total:
        return None
    done = sum(each.numCompletedTasks for each in stages)
    return Work(done, total, "tasks", jobs[0])
