"""Spark merely reading the sales with a typed schema: what any job on Spark pays for its input."""

import sys

from pyspark.sql import SparkSession

sales_path, _, out = sys.argv[1:]
builder = SparkSession.builder.appName("scan")
# Otherwise a date that is none ends the job.
spark = builder.config("spark.sql.legacy.timeParserPolicy", "CORRECTED").getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
sales = spark.read.schema(
    "transaction_id string, date date, customer_id string, product string, quantity int,"
    " unit_price decimal(12, 4), region string, total_amount decimal(18, 2)"
).csv(sales_path, header=True)
sales.write.format("noop").mode("overwrite").save()
spark.stop()
