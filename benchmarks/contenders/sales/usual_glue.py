"""The usual Glue script: types are guessed, money is a double, each step is counted.

It drops what is wrong instead of keeping it, and a second run on a lake would replace it whole.
"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

sales_path, customers_path, out = sys.argv[1:]
spark = SparkSession.builder.appName("usual").getOrCreate()
spark.sparkContext.setLogLevel("ERROR")

sales = spark.read.csv(sales_path, header=True, inferSchema=True)
customers = spark.read.json(customers_path)
sys.stdout.write(f"read {sales.count()} sales, {customers.count()} customers\n")

typed = (
    sales.withColumn("date", F.to_date(F.col("date").cast("string"), "yyyy-MM-dd"))
    .withColumn("quantity", F.col("quantity").cast("double"))
    .withColumn("unit_price", F.col("unit_price").cast("double"))
    .withColumn("total_amount", F.col("total_amount").cast("double"))
)
clean = typed.dropna(
    subset=["transaction_id", "date", "quantity", "unit_price", "total_amount"]
).where(
    "quantity <> 0 and quantity = floor(quantity) and unit_price >= 0 and date <= '2025-12-31'"
    " and abs(total_amount - round(quantity * unit_price, 2)) <= 0.01 + 1e-9"
)
sys.stdout.write(f"clean {clean.count()}\n")
single = clean.dropDuplicates(["transaction_id"])
sys.stdout.write(f"single {single.count()}\n")

enriched = (
    single.join(customers, "customer_id", "left")
    .withColumn("is_return", F.col("quantity") < 0)
    .withColumn("year", F.year("date"))
    .withColumn("month", F.month("date"))
)
enriched.write.mode("overwrite").partitionBy("year", "month").parquet(
    f"{out}/enriched_sales"
)
summary = enriched.groupBy("region", "product", "year", "month").agg(
    F.sum("total_amount").alias("total_revenue"),
    F.count("transaction_id").alias("transaction_count"),
    F.sum("quantity").alias("units_sold"),
    F.countDistinct("customer_id").alias("customer_count"),
)
summary.write.mode("overwrite").partitionBy("year", "month").parquet(
    f"{out}/sales_summary"
)
sys.stdout.write(f"summary {summary.count()}\n")
spark.stop()
