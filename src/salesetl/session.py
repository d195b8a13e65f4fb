"""Starts and tunes Spark sessions; the only module that does."""

import os
import shlex
import sys
from importlib.resources import files
from pathlib import Path

import pyspark
from pyspark import SparkConf, SparkContext
from pyspark.sql import SparkSession

from salesetl.engines.memory import memory_bytes
from salesetl.java import find_java_home, java_version
from salesetl.spark_settings import MEANING

# Up to here start-up dominates, and what makes long jobs fast only costs time.
SMALL_INPUT_BYTES = 8 * 1024 * 1024

# The code that Spark makes of many columns and rules is longer than what Java compiles by default;
# interpreted it is several times slower.
COMPILE_ALL = "-XX:-DontCompileHugeMethods"
# Where Java was started without it, Spark makes shorter code instead, which is the next best.
_SHORT_CODE = ("spark.sql.codegen.hugeMethodLimit", "8000")

# Names the file that a class-data-sharing archive is to be recorded to.
RECORDING = "SALESETL_RECORD_ARCHIVE"


def glue_session() -> SparkSession:
    """Return the session of Glue, with the settings that results depend on."""
    spark = SparkSession.builder.getOrCreate()
    for name, value in MEANING.items():
        spark.conf.set(name, value)
    if COMPILE_ALL not in str(spark.conf.get("spark.executor.extraJavaOptions", "")):
        spark.conf.set(*_SHORT_CODE)
    return spark


def local_session(
    name: str, input_bytes: int, *, is_verbose: bool = False
) -> SparkSession:
    """Start Spark on this machine, without log output, and tuned for the size of the input.

    Under spark-submit its master and its `--conf` settings stand. SetupError if Java is missing.
    """
    is_small = input_bytes <= SMALL_INPUT_BYTES
    settings = MEANING | _local_settings(is_small)
    if "PYSPARK_GATEWAY_PORT" in os.environ:
        SparkContext._ensure_initialized()
        given = SparkConf()
        if not given.get("spark.master", "local").startswith("local"):
            settings = dict(MEANING)
        if COMPILE_ALL not in given.get("spark.driver.extraJavaOptions", ""):
            settings |= dict([_SHORT_CODE])
        settings = {
            key: value for key, value in settings.items() if not given.contains(key)
        }
    else:
        os.environ["JAVA_HOME"] = find_java_home()
        os.environ["SPARK_LAUNCHER_OPTS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
        settings["spark.driver.extraJavaOptions"] = shlex.join(_java_options(is_small))
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName(name)
    for key, value in settings.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR" if is_verbose else "OFF")
    return spark


def stop_session(spark: SparkSession) -> None:
    """Stop Spark; while recording an archive, wait until Java has written it."""
    gateway = SparkContext._gateway
    java = getattr(gateway, "proc", None)
    if java is not None and java.poll() is not None:
        # It was ended already, with all that it ran.
        return
    spark.stop()
    if RECORDING in os.environ and gateway is not None:
        gateway.shutdown()
        java = gateway.proc
        java.stdin.close()
        java.wait()


def archive_path() -> Path:
    """The path of the class-data-sharing archive for this Python, Spark and Java."""
    version = java_version(Path(find_java_home()))
    return (
        Path(sys.prefix)
        / "share"
        / "salesetl"
        / f"spark-{pyspark.__version__}-java-{version}.jsa"
    )


def _local_settings(is_small: bool) -> dict[str, str]:
    cores = os.cpu_count() or 1
    settings = {
        "spark.master": "local[*]",
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": f"{_driver_gibibytes()}g",
        "spark.sql.shuffle.partitions": str(cores if is_small else 16 * cores),
        # Few large tasks would leave cores idle at the end of a stage.
        "spark.sql.adaptive.coalescePartitions.minPartitionNum": str(4 * cores),
        # A run shows its own.
        "spark.ui.showConsoleProgress": "false",
    }
    if is_small:
        settings |= {
            "spark.sql.codegen.wholeStage": "false",
            "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        }
    return settings


def _driver_gibibytes() -> int:
    return max(1, min(6, memory_bytes() // 2**30 // 2))


def _java_options(is_small: bool) -> list[str]:
    options = ["-Xshare:auto", "-Xlog:disable", COMPILE_ALL]
    quiet = files("salesetl").joinpath("log4j2.properties")
    if isinstance(quiet, Path):  # and not inside a wheel
        options.append(f"-Dlog4j2.configurationFile={quiet.as_uri()}")
    archive = archive_path()
    if recording := os.environ.get(RECORDING):
        options.append(f"-XX:ArchiveClassesAtExit={recording}")
    elif archive.exists():
        options.append(f"-XX:SharedArchiveFile={archive}")
    if is_small:
        options += ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
    return options
