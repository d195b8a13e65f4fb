"""Sessions give the same results everywhere, and are quick where inputs are small."""

from pathlib import Path

from pyspark.sql import SparkSession

from salesetl.session import archive_path, glue_session
from salesetl.spark_settings import MEANING


def test_what_results_depend_on_is_set_in_every_session(spark: SparkSession) -> None:
    assert {name: spark.conf.get(name) for name in MEANING} == MEANING


def test_glue_gets_what_results_depend_on_and_no_tuning_for_a_laptop(
    spark: SparkSession,
) -> None:
    session = spark.newSession()
    before = session.conf.get("spark.sql.shuffle.partitions")
    spark.conf.set("spark.sql.session.timeZone", "Europe/Berlin")

    on_glue = glue_session()

    assert {name: on_glue.conf.get(name) for name in MEANING} == MEANING
    assert on_glue.conf.get("spark.sql.shuffle.partitions") == before


def test_a_local_session_serves_nobody_else(spark: SparkSession) -> None:
    conf = spark.sparkContext.getConf()

    assert conf.get("spark.driver.bindAddress") == "127.0.0.1"
    assert spark.sparkContext.uiWebUrl is None


def test_the_archive_is_of_this_spark_and_this_java() -> None:
    assert archive_path().parts[-3:-1] == ("share", "salesetl")
    assert Path(archive_path()).name.startswith("spark-")
