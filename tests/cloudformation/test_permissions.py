"""The role of a job allows all that its runs really ask of S3 and of the Data Catalog."""

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

from salesetl.engines.duckdb import DuckDbEngine
from salesetl.errors import QualityError
from salesetl.glue.definitions import job_definitions
from salesetl.registry import jobs, pipeline_of_job
from salesetl.runner.runner import run
from tests.cloudformation.requests import KilledError, Requests, recorded
from tests.cloudformation.template import allows, bucket, database
from tests.data_catalog import Glue
from tests.jobs import event_stream
from tests.jobs.event_stream import EventStream
from tests.jobs.retailer import Retailer, customer, line, product
from tests.jobs.shop import Shop, order, sale
from tests.jobs.web_shop import WebShop, web_sale

ROOT = Path(__file__).parents[2]
DEFINITIONS = {each.name: each for each in job_definitions(str(ROOT))}
# What runs are known to ask for: with less, they would not have done what is to be looked at.
ASKED = {
    *(f"s3:{verb}Object" for verb in ("Get", "Put", "Delete")),
    "s3:ListBucket",
    *(f"glue:{verb}Table" for verb in ("Get", "Create", "Update")),
    "glue:GetDatabase",
    "glue:GetPartitions",
    *(f"glue:Batch{verb}Partition" for verb in ("Get", "Create", "Update", "Delete")),
}
# A column of a table of each job, and a narrower type than that of its contract.
NARROWER = {
    "enrich_sales": ("enriched_sales", "total_amount", "decimal(12,2)"),
    "flatten_orders": ("fact_orders", "order_total", "decimal(12,2)"),
    "stage_retail": ("order_lines", "total_amount", "decimal(12,2)"),
    "stage_events": ("events", "order_total", "decimal(12,2)"),
    "curate_shop_sales": ("fact_sales", "total_amount", "decimal(12,2)"),
}


class Account:
    """An account with buckets and a database like those of the stack, and a shop that delivers."""

    def __init__(self, shop: Shop, lake: str) -> None:
        self.shop, self.lake, self.glue = shop, lake, Glue()
        self.raw = f"raw-{uuid.uuid4().hex}"
        # Whoever delivers is somebody else: what this client asks for is not recorded.
        self.s3 = boto3.client("s3")
        self.s3.create_bucket(Bucket=self.raw)
        self.glue.client.create_database(DatabaseInput={"Name": self.glue.database})

    def names(self, pipeline: str) -> dict[str, str]:
        """What buckets and the database of a pipeline are called in the templates."""
        return {
            self.raw: bucket("raw"),
            self.lake.removeprefix("s3://"): bucket("processed"),
            self.glue.database: database(pipeline),
        }

    def deliver(self, folder: str, days: Mapping[int, str]) -> None:
        """Put a sale of each number and day, for each job, below a folder of the bucket of raw data."""
        home, engine = self.shop.home, self.shop.engine
        self.put(f"{folder}customers/customers.json", self.shop.customers())
        sold = self.shop.deliver(
            "sales", [sale(n, date=day) for n, day in days.items()]
        )
        self.put(f"{folder}sales/sales.csv", sold / "sales.csv")
        ordered = self.shop.deliver_orders(
            "orders",
            [order(n, order_timestamp=f"{day}T08:30:00Z") for n, day in days.items()],
        )
        self.put(f"{folder}orders/orders.json", ordered / "orders.json")
        lines = [line(n, order_date=day) for n, day in days.items()]
        retailer = Retailer(engine, home)
        retailer.deliver("2025-09-30", [customer(1)], [product(1)], lines)
        web_shop = WebShop(engine, home)
        web_shop.deliver(
            "2025-09-30",
            [web_sale(n, order_time=f"{day}T08:30:00Z") for n, day in days.items()],
        )
        events = [event_stream.order(n) for n in days]
        for event, day in zip(events, days.values()):
            event["event_timestamp"] = f"{day}T08:30:00Z"
        EventStream(engine, home).deliver("events", events)
        for path in filter(Path.is_file, (home / "raw").rglob("*.*")):
            self.put(f"{folder}{path.relative_to(home / 'raw')}", path)

    def put(self, key: str, path: Path) -> None:
        """Put a file into the bucket of raw data."""
        self.s3.upload_file(str(path), self.raw, key)

    def run(self, job: str, folder: str = "", **arguments: Any) -> None:
        """Run a job on what was delivered below a folder."""
        given = {
            "output_path": f"{self.lake}/lake",
            "database": self.glue.database,
            "run_id": "again",
            "max_rejected_ratio": 1.0,
        }
        for name, text in DEFINITIONS[job].arguments.items():
            if text.startswith("${raw}/"):
                below = text.removeprefix("${raw}/")
                given[name] = f"s3://{self.raw}/{folder}{below}"
        run(pipeline_of_job(job), self.shop.engine, **given | arguments)

    def run_all_ways(self, job: str, requests: Requests) -> None:
        """Let a run fail of its rows, the next be killed, the third recover, the last backfill."""
        self.deliver("", {1: "2025-09-01", 2: "2025-08-02", 3: "x"})
        with pytest.raises(QualityError):
            self.run(job, max_rejected_ratio=0)
        requests.killed_at = "CopyObject"
        with pytest.raises(KilledError):
            self.run(job)
        requests.killed_at = None
        self.run(job)
        self.backfill(job)

    def backfill(self, job: str) -> None:
        """Empty a month, fill another, and find the column of a third too narrow."""
        self.glue.retype(*NARROWER[job])
        self.deliver("backfill/", {2: "2025-07-02"})
        arguments = {}
        if "source_profile" in pipeline_of_job(job).options.names():
            profile = self.shop.home / "shop.toml"
            profile.write_text('delimiter = ","\n')
            self.put("profiles/shop.toml", profile)
            arguments["source_profile"] = f"s3://{self.raw}/profiles/shop.toml"
        self.run(job, "backfill/", run_id="backfill", **arguments)


@pytest.mark.parametrize("job", jobs())
def test_a_role_allows_what_runs_of_its_job_ask_for(
    job: str, duckdb: DuckDbEngine, tmp_path: Path, s3_root: str
) -> None:
    account = Account(Shop(duckdb, tmp_path), s3_root)
    pipeline = pipeline_of_job(job).name

    with recorded(account.names(pipeline)) as requests:
        account.run_all_ways(job, requests)

    role = f"{pipeline}.Role"
    refused = {
        need
        for need in requests.needs
        if not allows(role, need.action, need.resource, need.prefix)
    }
    assert refused == set()
    # No table of the shop has partitions whose columns could change.
    due = ASKED - {"glue:BatchUpdatePartition"} if job == "curate_shop_sales" else ASKED
    assert due - {need.action for need in requests.needs} == set()
