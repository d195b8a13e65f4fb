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
    """Tell whether tasks can use DuckDB, and this process can make queries for it.

    Tasks must have this library too, and the same DuckDB as this process.
    """
    if all(map(find_spec, ("duckdb", "sqlframe"))):

        def duckdb_of_salesetl(_: object) -> str | None:
            """Return the version of DuckDB where this runs; it comes with all of its code."""
            if not all(map(find_spec, ("duckdb", "salesetl"))):
                return None
            import duckdb

            return duckdb.__version__

        tasks = spark.sparkContext.parallelize([0], 1)
        if tasks.map(duckdb_of_salesetl).collect() == [duckdb_of_salesetl(0)]:
            return True
    logger.info(
        "Spark judges rows itself, which takes longer: its tasks have not the DuckDB and the"
        " salesetl of this process, or this process has no SQLFrame"
    )
    return False
