"""pandas as in the usual Lambda function: json.loads a line, json_normalize, a file a partition."""

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

orders_path, out = sys.argv[1:]

documents: list[dict[str, Any]] = []
rejected: list[dict[str, Any]] = []
for path in sorted(Path(orders_path).iterdir()):
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            record = line.rstrip("\n")
            try:
                document = json.loads(record)
            except json.JSONDecodeError:
                rejected.append({"raw_record": record, "reasons": "row_is_well_formed"})
                continue
            document["items"] = document.get("items") or []
            lineage = {"row": len(documents), "raw_record": record, "file": path.name}
            documents.append(document | lineage)

orders = pd.json_normalize(documents).drop(columns="items")
orders = orders.rename(
    columns={
        "customer.customer_id": "customer_id",
        "customer.country": "customer_country",
        "customer.segment": "customer_segment",
        "payment.method": "payment_method",
        "payment.status": "payment_status",
    }
)
items = pd.json_normalize(documents, record_path="items", meta=["row"])
items["row"] = items["row"].astype("int64")
items["line_number"] = items.groupby("row").cumcount() + 1
for name in ("quantity", "unit_price"):
    items[name] = pd.to_numeric(items[name], errors="coerce")
# In ten-thousandths, which a double holds exactly: half a cent is rounded up.
price = (items["unit_price"] * 10000).round()
items["line_total"] = (items["quantity"] * price + 50) // 100 / 100
items["is_uncounted"] = ~((items["quantity"] > 0) & (items["quantity"] % 1 == 0))
items["is_unpriced"] = ~(items["unit_price"] >= 0)
by_order = items.groupby("row").agg(
    item_count=("line_number", "size"),
    items_total=("line_total", "sum"),
    uncounted=("is_uncounted", "sum"),
    unpriced=("is_unpriced", "sum"),
)

orders = orders.join(by_order, on="row")
orders["order_id"] = orders["order_id"].str.strip()
orders["order_timestamp"] = pd.to_datetime(
    orders["order_timestamp"], format="ISO8601", utc=True, errors="coerce"
)
orders["order_total"] = pd.to_numeric(orders["order_total"], errors="coerce")
rules = {
    "order_id_is_present": orders["order_id"].fillna("") != "",
    "order_timestamp_is_valid": orders["order_timestamp"].notna(),
    "order_is_not_after_as_of": ~(
        orders["order_timestamp"] >= pd.Timestamp("2026-01-01", tz="UTC")
    ),
    "order_has_items": orders["item_count"].notna(),
    "quantities_are_positive": ~(orders["uncounted"] > 0),
    "unit_prices_are_valid": ~(orders["unpriced"] > 0),
    "currency_is_known": orders["currency"].isin(["CAD", "EUR", "GBP", "INR", "USD"]),
    "order_total_is_decimal": orders["order_total"].notna(),
    "order_total_is_sum_of_items": ~(
        (orders["order_total"] - orders["items_total"]).abs() >= 0.005
    ),
}
reasons = pd.Series("", index=orders.index)
for name, rule in rules.items():
    reasons[~rule] = (reasons[~rule] + " " + name).str.strip()

# The latest file has the say; an order that differs within it is put aside.
has_twin = rules["order_id_is_present"] & orders.duplicated("order_id", keep=False)
twins = orders.loc[has_twin]
latest = twins.groupby("order_id")["file"].transform("max")
twins = twins.loc[twins["file"] == latest]
versions = twins.groupby("order_id")["raw_record"].transform("nunique")
in_conflict = versions.index[versions > 1]
reasons[in_conflict] = (reasons[in_conflict] + " conflicting_duplicate").str.strip()
is_first = ~twins.duplicated(["order_id", "raw_record"])
is_kept = ~has_twin | orders.index.isin(twins.index[is_first])

is_rejected = is_kept & (reasons != "")
accepted = orders.loc[is_kept & (reasons == "")].copy()
accepted["item_count"] = accepted["item_count"].astype("int32")
accepted["order_date"] = accepted["order_timestamp"].dt.date
accepted["order_year"] = accepted["order_timestamp"].dt.year
accepted["order_month"] = accepted["order_timestamp"].dt.month
of_order = ["row", "order_id", "order_date", "order_year", "order_month"]
accepted_items = items.merge(accepted[of_order], on="row")
accepted_items["quantity"] = accepted_items["quantity"].astype("int32")

put_aside = pd.DataFrame({"raw_record": orders["raw_record"], "reasons": reasons}).loc[
    is_rejected
]
quarantine = pd.concat([put_aside, pd.DataFrame(rejected)])
Path(out, "quarantine").mkdir(parents=True)
quarantine.to_parquet(f"{out}/quarantine/part.parquet", compression="snappy")
partition_by = ["order_year", "order_month"]
for table, frame in (
    (
        "fact_orders",
        accepted.drop(columns=["row", "raw_record", "file", "uncounted", "unpriced"]),
    ),
    (
        "fact_order_items",
        accepted_items.drop(columns=["row", "is_uncounted", "is_unpriced"]),
    ),
):
    for (year, month), rows in frame.groupby(partition_by):
        folder = Path(out, table, f"order_year={year}", f"order_month={month:02}")
        folder.mkdir(parents=True)
        arrow = pa.Table.from_pandas(
            rows.drop(columns=partition_by), preserve_index=False
        )
        pq.write_table(arrow, folder / "part.parquet", compression="snappy")
for table, column, frame in (
    ("fact_orders", "order_total", accepted),
    ("fact_order_items", "line_total", accepted_items),
):
    written = pd.read_parquet(f"{out}/{table}", columns=["order_id", column])
    assert len(written) == len(frame)
    assert written["order_id"].nunique() == len(accepted)
    assert abs(written[column].sum() - frame[column].sum()) < 0.01
    sys.stdout.write(f"{table}: {len(written)} rows over {written[column].sum():.2f}\n")
