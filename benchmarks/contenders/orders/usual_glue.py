"""The usual Glue script: the schema is guessed, money is a double, each step is counted.

It drops what is wrong instead of keeping it, and a second run on a lake would replace it whole.
"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

# The product of doubles may fall short of half a cent.
LINE_TOTAL = "round(item.quantity * item.unit_price + 1e-9, 2)"

orders_path, out = sys.argv[1:]
builder = SparkSession.builder.appName("usual")
# As it is on Glue.
spark = builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
spark.sparkContext.setLogLevel("ERROR")

raw = spark.read.json(orders_path)
sys.stdout.write(f"read {raw.count()} orders\n")

typed = raw.select(
    "order_id",
    F.to_timestamp("order_timestamp").alias("order_timestamp"),
    F.col("customer.customer_id").alias("customer_id"),
    F.col("customer.country").alias("customer_country"),
    F.col("customer.segment").alias("customer_segment"),
    "sales_channel",
    F.col("payment.method").alias("payment_method"),
    F.col("payment.status").alias("payment_status"),
    "currency",
    F.col("order_total").cast("double").alias("order_total"),
    F.size("items").alias("item_count"),
    F.expr(f"aggregate(items, 0D, (total, item) -> total + {LINE_TOTAL})").alias(
        "items_total"
    ),
    "items",
)
clean = typed.dropna(subset=["order_id", "order_timestamp", "order_total"]).where(
    "order_id <> '' and order_timestamp < '2026-01-01' and item_count > 0"
    " and forall(items, item -> item.quantity > 0 and item.unit_price >= 0)"
    " and currency in ('CAD', 'EUR', 'GBP', 'INR', 'USD')"
    " and abs(order_total - items_total) < 0.005"
)
sys.stdout.write(f"clean {clean.count()}\n")
single = (
    clean.dropDuplicates(["order_id"])
    .withColumn("order_date", F.to_date("order_timestamp"))
    .withColumn("order_year", F.date_format("order_date", "yyyy"))
    .withColumn("order_month", F.date_format("order_date", "MM"))
)
sys.stdout.write(f"single {single.count()}\n")

month = ["order_year", "order_month"]
single.drop("items").write.mode("overwrite").partitionBy(*month).parquet(
    f"{out}/fact_orders"
)
lines = single.select("order_id", "order_date", *month, F.posexplode("items")).select(
    "order_id",
    (F.col("pos") + 1).alias("line_number"),
    "order_date",
    "col.product_id",
    "col.category",
    "col.quantity",
    "col.unit_price",
    F.expr(LINE_TOTAL.replace("item.", "col.")).alias("line_total"),
    *month,
)
sys.stdout.write(f"lines {lines.count()}\n")
lines.write.mode("overwrite").partitionBy(*month).parquet(f"{out}/fact_order_items")
spark.stop()
