"""Polars with the same checks, quarantine and outputs; nothing is published safely."""

import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl

sales_path, customers_path, out = sys.argv[1:]
names = "transaction_id date customer_id product quantity unit_price region total_amount".split()
for table in ("enriched_sales", "sales_summary", "quarantine"):
    (Path(out) / table).mkdir(parents=True)

customers = (
    pl.read_ndjson(sorted(Path(customers_path).iterdir())[0])
    .with_columns(pl.col("signup_date").str.to_date(strict=False))
    .unique("customer_id")
)
lines = pl.concat(
    pl.read_csv(
        path,
        separator="\x01",
        quote_char=None,
        has_header=False,
        skip_rows=1,
        new_columns=["raw_record"],
        schema={"raw_record": pl.String},
        encoding="utf8-lossy",
    )
    for path in sorted(Path(sales_path).iterdir())
).filter(pl.col("raw_record").str.strip_chars() != "")
fields = lines.with_columns(
    pl.col("raw_record").str.split(",").alias("fields")
).with_columns((pl.col("fields").list.len() == len(names)).alias("is_well_formed"))


def text(name: str) -> pl.Expr:
    """Take a field without blanks; null if nothing is left."""
    field = pl.col("fields").list.get(names.index(name), null_on_oob=True)
    stripped = field.str.strip_chars(" ")
    return pl.when(pl.col("is_well_formed") & (stripped != "")).then(stripped)


def formed(name: str, pattern: str) -> pl.Expr:
    """Take a field that has a form; null otherwise."""
    return pl.when(text(name).str.contains(pattern)).then(text(name))


typed = fields.select(
    "raw_record",
    "is_well_formed",
    text("transaction_id").alias("transaction_id"),
    formed("date", r"^\d{4}-\d{2}-\d{2}$").str.to_date(strict=False).alias("date"),
    text("customer_id").alias("customer_id"),
    text("product").alias("product"),
    formed("quantity", r"^[+-]?\d+(\.0*)?$")
    .str.replace(r"\.0*$", "")
    .cast(pl.Int32, strict=False)
    .alias("quantity"),
    formed("unit_price", r"^[+-]?\d+(\.\d{1,4})?$")
    .str.to_decimal(scale=4)
    .alias("unit_price"),
    text("region").alias("region"),
    formed("total_amount", r"^[+-]?\d+(\.\d*)?$")
    .str.to_decimal(scale=2)
    .alias("total_amount"),
)
# In ten-thousandths: a product of decimals would be rounded to their scale first.
due = pl.col("quantity") * (pl.col("unit_price").cast(pl.Float64) * 10000).round().cast(
    pl.Int64
)
total = (pl.col("total_amount").cast(pl.Float64) * 100).round().cast(pl.Int64) * 100
rules = {
    "row_is_well_formed": pl.col("is_well_formed"),
    "transaction_id_is_present": pl.col("transaction_id").is_not_null(),
    "date_is_valid": pl.col("date").is_not_null(),
    "date_is_not_after_as_of": pl.col("date").fill_null(date.min) <= date(2025, 12, 31),
    "quantity_is_whole_number": pl.col("quantity").is_not_null(),
    "quantity_is_not_zero": pl.col("quantity").fill_null(1) != 0,
    "unit_price_is_valid": (pl.col("unit_price") >= 0).fill_null(False),
    "total_amount_is_decimal": pl.col("total_amount").is_not_null(),
    "total_amount_is_sum_of_its_parts": ((total - due).abs() <= 150).fill_null(True),
}
judged = typed.with_columns(
    pl.when(pl.all_horizontal(*rules.values()))
    .then(pl.lit(""))
    .otherwise(
        pl.concat_str(
            [pl.when(~rule).then(pl.lit(name)) for name, rule in rules.items()],
            separator=" ",
            ignore_nulls=True,
        )
    )
    .alias("reasons")
)
repeated = (
    judged.filter(pl.col("transaction_id").is_not_null())
    .group_by("transaction_id")
    .len()
    .filter(pl.col("len") > 1)
)
single = judged.join(repeated, on="transaction_id", how="anti")
content = [
    pl.col(name).cast(pl.String).fill_null("")
    for name in names
    if name != "transaction_id"
]
versions = judged.join(repeated, on="transaction_id", how="semi").with_columns(
    pl.when(pl.col("reasons") == "")
    .then(pl.concat_str(content, separator="\x1f"))
    .otherwise("raw_record")
    .alias("content")
)
only = versions.filter(pl.col("content").n_unique().over("transaction_id") == 1)
kept = only.unique("transaction_id").drop("content")
conflicts = versions.join(only, on="transaction_id", how="anti").with_columns(
    pl.concat_str("reasons", pl.lit(" conflicting_duplicate")).str.strip_chars()
)
accepted = pl.concat([single, kept]).filter(pl.col("reasons") == "")
rejected = pl.concat([single, kept]).filter(pl.col("reasons") != "")
pl.concat([rejected, conflicts.drop("content")]).select(
    "raw_record", "reasons"
).write_parquet(f"{out}/quarantine/part.parquet", compression="snappy")
enriched = (
    accepted.drop("raw_record", "reasons", "is_well_formed")
    .join(customers, on="customer_id", how="left")
    .with_columns(
        (pl.col("quantity") < 0).alias("is_return"),
        pl.col("date").dt.day().cast(pl.Int32).alias("day"),
        pl.col("date").dt.year().alias("year"),
        pl.col("date").dt.month().cast(pl.Int32).alias("month"),
    )
)
summary = enriched.group_by("region", "product", "year", "month").agg(
    pl.col("total_amount").sum().alias("total_revenue"),
    pl.len().alias("transaction_count"),
    pl.col("quantity").sum().alias("units_sold"),
    pl.col("total_amount").filter("is_return").sum().alias("return_amount"),
    pl.col("customer_id").drop_nulls().n_unique().alias("customer_count"),
)
for table, frame in (("enriched_sales", enriched), ("sales_summary", summary)):
    for (year, month), rows in frame.partition_by(
        "year", "month", as_dict=True, include_key=False
    ).items():
        folder = Path(out) / table / f"year={year}" / f"month={month}"
        folder.mkdir(parents=True)
        rows.write_parquet(folder / "part.parquet", compression="snappy")
written = pl.scan_parquet(f"{out}/enriched_sales/**/*.parquet").select(
    pl.len(),
    pl.col("transaction_id").n_unique().alias("keys"),
    pl.col("total_amount").sum(),
)
count, keys, revenue = written.collect().row(0)
assert (count, keys) == (accepted.height, accepted.height)
assert Decimal(revenue) == accepted["total_amount"].sum()
sys.stdout.write(f"{count} rows, revenue {revenue}\n")
