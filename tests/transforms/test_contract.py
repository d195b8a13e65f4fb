"""What leaves a transform has the shape of its contract."""

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from salesetl.schemas import ENRICHED_SALES
from salesetl.transforms.contract import conform


def test_a_frame_gets_the_columns_order_and_types_of_its_contract(
    spark: SparkSession,
) -> None:
    names = reversed(ENRICHED_SALES.columns)
    frame = spark.range(1).select(*(F.lit(None).alias(name) for name in names), "id")

    conformed = conform(frame, ENRICHED_SALES)

    fields = [(field.name, field.dataType) for field in conformed.schema]
    assert fields == [(field.name, field.dataType) for field in ENRICHED_SALES.schema]
