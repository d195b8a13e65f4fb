"""pandas and pyarrow, a file a partition as awswrangler writes; same checks and outputs."""

import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

sales_path, customers_path, out = sys.argv[1:]
names = "transaction_id date customer_id product quantity unit_price region total_amount".split()

frames = [
    pd.read_csv(
        path,
        dtype="string[pyarrow]",
        keep_default_na=False,
        na_values=[""],
        engine="c",
        encoding_errors="replace",
        names=[*names, "surplus"],
        skiprows=1,
        header=None,
    )
    for path in sorted(Path(sales_path).iterdir())
]
raw = pd.concat(frames, ignore_index=True)
customers = pd.read_json(customers_path + "/customer_demographics.json", lines=True)
customers = customers.drop_duplicates("customer_id").astype(
    {"customer_id": raw.customer_id.dtype}
)
customers["signup_date"] = pd.to_datetime(customers["signup_date"]).dt.date

# A missing last field and an empty one look alike, so both are taken for a missing one.
is_well_formed = raw["surplus"].isna() & raw["total_amount"].notna()
for name in names:
    raw[name] = raw[name].str.strip()
typed = pd.DataFrame(
    {name: raw[name] for name in ("transaction_id", "customer_id", "product")}
)
typed["region"] = raw["region"]
typed["date"] = pd.to_datetime(raw["date"], format="%Y-%m-%d", errors="coerce")
is_whole = raw["quantity"].str.fullmatch(r"[+-]?\d+(\.0*)?").fillna(False)
typed["quantity"] = pd.to_numeric(raw["quantity"].where(is_whole), errors="coerce")
decimal = r"[+-]?\d+(\.\d{1,4})?"
price = raw["unit_price"].where(raw["unit_price"].str.fullmatch(decimal).fillna(False))
amount = raw["total_amount"].where(
    raw["total_amount"].str.fullmatch(r"[+-]?\d+(\.\d*)?").fillna(False)
)
typed["unit_price"] = pd.Series(price.astype("string[pyarrow]")).astype(
    pd.ArrowDtype(pa.decimal128(12, 4))
)
typed["total_amount"] = pd.Series(amount.astype("string[pyarrow]")).astype(
    pd.ArrowDtype(pa.decimal128(18, 2))
)
units = typed["quantity"].astype("float64")
cents = (typed["total_amount"].astype("float64") * 100).round()
due = (units * typed["unit_price"].astype("float64") * 100).round()
rules = {
    "row_is_well_formed": is_well_formed,
    "transaction_id_is_present": typed["transaction_id"].notna(),
    "date_is_valid": typed["date"].notna(),
    "date_is_not_after_as_of": ~(typed["date"] > pd.Timestamp("2025-12-31")),
    "quantity_is_whole_number": typed["quantity"].notna(),
    "quantity_is_not_zero": ~(units == 0),
    "unit_price_is_valid": (typed["unit_price"] >= 0).fillna(False).astype(bool),
    "total_amount_is_decimal": typed["total_amount"].notna(),
    "total_amount_is_sum_of_its_parts": ~((cents - due).abs() > 1),
}
is_sound = pd.concat(rules, axis=1).all(axis=1)
reasons = pd.Series("", index=raw.index)
for name, rule in rules.items():
    broken = ~is_sound & ~rule.astype(bool)
    reasons[broken] = (reasons[broken] + " " + name).str.strip()

has_twin = typed["transaction_id"].notna() & typed.duplicated(
    "transaction_id", keep=False
)
twins = raw.loc[has_twin]
versions = twins.drop_duplicates(names).groupby("transaction_id").size()
in_conflict = has_twin & typed["transaction_id"].isin(versions[versions > 1].index)
reasons[in_conflict] = (reasons[in_conflict] + " conflicting_duplicate").str.strip()
is_duplicate = has_twin & ~in_conflict & typed.duplicated("transaction_id")

Path(out, "quarantine").mkdir(parents=True)
rejected = raw.loc[(reasons != "") & ~is_duplicate, names]
record = rejected[names[0]].fillna("")
for name in names[1:]:
    record = record + "," + rejected[name].fillna("")
pq.write_table(
    pa.table({"raw_record": record, "reasons": reasons.loc[rejected.index]}),
    f"{out}/quarantine/part.parquet",
    compression="snappy",
)
accepted = typed.loc[(reasons == "") & ~is_duplicate]
enriched = accepted.merge(customers, on="customer_id", how="left")
enriched["quantity"] = enriched["quantity"].astype("int32")
enriched["is_return"] = enriched["quantity"] < 0
enriched["day"] = enriched["date"].dt.day.astype("int32")
enriched["year"] = enriched["date"].dt.year
enriched["month"] = enriched["date"].dt.month
enriched["date"] = enriched["date"].astype(pd.ArrowDtype(pa.date32()))
enriched["returned"] = enriched["total_amount"].where(enriched["is_return"])
summary = enriched.groupby(
    ["region", "product", "year", "month"], dropna=False, as_index=False
).agg(
    total_revenue=("total_amount", "sum"),
    transaction_count=("transaction_id", "size"),
    units_sold=("quantity", "sum"),
    return_amount=("returned", "sum"),
    customer_count=("customer_id", "nunique"),
)
for table, frame in (
    ("enriched_sales", enriched.drop(columns="returned")),
    ("sales_summary", summary),
):
    for (year, month), rows in frame.groupby(["year", "month"]):
        folder = Path(out) / table / f"year={year}" / f"month={month}"
        folder.mkdir(parents=True)
        arrow = pa.Table.from_pandas(
            rows.drop(columns=["year", "month"]), preserve_index=False
        )
        pq.write_table(arrow, folder / "part.parquet", compression="snappy")
written = pq.read_table(
    f"{out}/enriched_sales", columns=["transaction_id", "total_amount"]
)
revenue = pc.sum(written["total_amount"]).as_py()
assert written.num_rows == len(accepted)
assert pc.count_distinct(written["transaction_id"]).as_py() == len(accepted)
assert revenue == accepted["total_amount"].sum()
sys.stdout.write(f"{written.num_rows} rows, revenue {revenue}\n")
