"""What tasks of Spark can do, how they tell that a file is broken, and how they are ended."""

import logging
import re
import subprocess  # nosec B404
from importlib.util import find_spec
from typing import Any

from pyspark.sql import SparkSession

logger = logging.getLogger(__name__)

# What Java is given to remove its temporary files.
_SECONDS_TO_END = 20
_BROKEN_FILE = re.compile(
    "EOFException|ZipException|not a gzip file|gzip stream CRC failure"
    "|incorrect (header|data) check"
    "|EOFError|BadGzipFile|zlib.error"  # from a worker of Python
    "|invalid (stored|block|code|distance|bit length|literal)"
)


def tells_of_broken_file(error: BaseException) -> bool:
    """Tell whether a query failed because a gzipped file was truncated or damaged."""
    return _BROKEN_FILE.search(str(error)) is not None


def has_duckdb(spark: SparkSession) -> bool:
    """Tell whether tasks can use DuckDB, and this process can make queries for it.

    Tasks must have this library too, and the same DuckDB as this process.
    """
    if all(map(find_spec, ("duckdb", "sqlframe"))):

        def duckdb_of_salesetl(_: object) -> str | None:
            """Return the version of DuckDB here, if this library is here too.

            Tasks get its code and not its name, because they may not have the library.
            """
            if not all(map(find_spec, ("duckdb", "salesetl"))):
                return None
            import duckdb

            return duckdb.__version__

        tasks = spark.sparkContext.parallelize([0], 1)
        if tasks.map(duckdb_of_salesetl).collect() == [duckdb_of_salesetl(0)]:
            return True
    logger.info(
        "Spark judges rows itself, which takes longer: its tasks lack salesetl or this version of"
        " DuckDB, or this process lacks SQLFrame or DuckDB"
    )
    return False


def end_tasks(spark: SparkSession) -> None:
    """End Spark and its Java, and with it all tasks.

    Under spark-submit Java is not ours to end, so there only Spark is.
    """
    java = getattr(spark.sparkContext._gateway, "proc", None)
    if java is None:
        spark.sparkContext.cancelAllJobs()
        spark.stop()
        return
    # PySpark would print a trace when it finds that Java is gone.
    updates: Any = spark.sparkContext._accumulatorServer
    updates.handle_error = lambda request, address: None
    java.terminate()
    try:
        java.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        java.kill()
        java.wait()
