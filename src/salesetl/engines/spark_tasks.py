"""What tasks of Spark can do, and how they tell that a file is broken."""

import logging
import re
from importlib.util import find_spec

from pyspark.sql import SparkSession

logger = logging.getLogger(__name__)

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
    """Tell whether tasks can use DuckDB, and this process can make queries for it."""
    if all(map(find_spec, ("duckdb", "sqlframe"))):
        tasks = spark.sparkContext.parallelize([0], 1)
        if tasks.map(lambda _: find_spec("duckdb") is not None).collect() == [True]:
            return True
    logger.info(
        "Spark judges rows itself, which takes longer: its tasks have no DuckDB, or this process no"
        " SQLFrame"
    )
    return False
