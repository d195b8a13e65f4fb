"""Orders in the JSON of shop systems load by a profile, the same on every engine."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from salesetl.engines.engine import Engine
from salesetl.pipelines.orders.contracts import FACT_ORDER_ITEMS, FACT_ORDERS
from tests.frames import ORDER, on_each_engine
from tests.jobs.shop import Shop

SHOPIFY = {
    "id": 7000000000001,
    "name": "#1001",
    "created_at": "2025-03-31T23:30:00-04:00",
    "currency": "CHF",
    "financial_status": "partially_refunded",
    "source_name": "web",
    "test": False,
    "taxes_included": False,
    "payment_gateway_names": ["shopify_payments"],
    "customer": {"id": 8000000000001, "email": "someone@example.com"},
    "shipping_address": {"country_code": "CH"},
    "total_shipping_price_set": {
        "shop_money": {"amount": "4.90", "currency_code": "CHF"}
    },
    "total_price": "25.43",
    "subtotal_price": "19.00",
    "total_tax": "1.53",
    "total_discounts": "1.00",
    "refunds": [
        {"transactions": [{"amount": "2.50"}, {"amount": "0.25"}]},
        {"transactions": []},
    ],
    "line_items": [
        {"sku": "TEA-1", "title": "Tea", "quantity": 2, "price": "5.00"},
        {"sku": None, "product_id": 9000000000002, "title": "Cup", "quantity": 1}
        | {"price": 10.00},
    ],
}
WOOCOMMERCE = {
    "id": 727,
    "status": "processing",
    "currency": "USD",
    "date_created_gmt": "2025-03-22T19:28:02",
    "customer_id": 0,
    "billing": {"country": "US", "email": "Someone@Example.com"},
    "payment_method": "bacs",
    "created_via": "rest-api",
    "discount_total": "2.00",
    "shipping_total": "10.00",
    "total_tax": "1.35",
    "total": "30.35",
    "fee_lines": [{"total": "1.00"}],
    "refunds": [{"id": 1, "total": "-3.00"}],
    "line_items": [
        {"product_id": 93, "name": "Shirt", "sku": "", "quantity": 3}
        | {"subtotal": "20.00", "total": "18.00", "price": 5.999999999999999},
    ],
}
SQUARE = {
    "id": "CAISENgvlJ6jLWAzERDzjyHVybY",
    "state": "COMPLETED",
    "created_at": "2025-05-04T20:00:00.123Z",
    "source": {"name": "Point of sale"},
    "tenders": [{"type": "CARD"}],
    "customer_id": "K1",
    "total_money": {"amount": 1320, "currency": "EUR"},
    "total_tax_money": {"amount": 120, "currency": "EUR"},
    "total_tip_money": {"amount": 100, "currency": "EUR"},
    "line_items": [
        {"name": "Cake", "catalog_object_id": "CAKE", "quantity": "2"}
        | {"base_price_money": {"amount": 550, "currency": "EUR"}},
    ],
}


def load(engine: Engine, home: Path, profile: str | Path, content: str) -> Shop:
    """Load a file of orders by a profile."""
    shop = Shop(engine, home)
    path = home / "orders" / "orders.json"
    path.parent.mkdir(parents=True)
    path.write_text(content)
    report = shop.load_orders(path, source_profile=str(profile))
    assert report.rows_quarantined == 0, report.rows_by_reason
    return shop


def _pages(*orders: Any) -> str:
    return "\n".join(json.dumps({"orders": [each]}) for each in orders)


def _page(*orders: Any) -> str:
    return json.dumps({"count": len(orders), "orders": orders}, indent=2)


@on_each_engine
@pytest.mark.parametrize("write", [_page, _pages])
def test_orders_of_shopify_load(
    engine: Engine, tmp_path: Path, write: Callable[..., str]
) -> None:
    made_up = SHOPIFY | {"name": "#1002", "test": True}

    shop = load(engine, tmp_path, "shopify_json", write(SHOPIFY, made_up))

    [order] = shop.rows(FACT_ORDERS)
    assert (order["order_id"], order["customer_id"]) == ("#1001", "8000000000001")
    assert (order["currency"], order["payment_status"]) == ("CHF", "paid")
    assert (order["payment_method"], order["customer_segment"]) == (
        "shopify_payments",
        None,
    )
    assert order["order_total"] == Decimal("25.43")
    assert order["items_total"] == Decimal("20.00")
    assert [order[f"{name}_amount"] for name in ("discount", "tax", "shipping")] == [
        Decimal("1.00"),
        Decimal("1.53"),
        Decimal("4.90"),
    ]
    assert order["refund_amount"] == Decimal("2.75")
    lines = shop.rows(FACT_ORDER_ITEMS)
    assert {line["product_id"]: line["line_total"] for line in lines} == {
        "TEA-1": Decimal("10.00"),
        "9000000000002": Decimal("10.00"),
    }


@on_each_engine
def test_orders_of_woocommerce_load(engine: Engine, tmp_path: Path) -> None:
    shop = load(engine, tmp_path, "woocommerce", json.dumps([WOOCOMMERCE]))

    [order] = shop.rows(FACT_ORDERS)
    assert (order["order_id"], order["customer_id"]) == ("727", "someone@example.com")
    assert (order["order_total"], order["refund_amount"]) == (
        Decimal("30.35"),
        Decimal("3.00"),
    )
    [line] = shop.rows(FACT_ORDER_ITEMS)
    assert (line["product_id"], line["unit_price"]) == ("93", Decimal("6.6667"))


@on_each_engine
def test_orders_of_square_load(engine: Engine, tmp_path: Path) -> None:
    shop = load(engine, tmp_path, "square", _page(SQUARE))

    [order] = shop.rows(FACT_ORDERS)
    assert (order["order_total"], order["currency"]) == (Decimal("13.20"), "EUR")
    assert (order["tax_amount"], order["shipping_amount"]) == (
        Decimal("1.20"),
        Decimal("1.00"),
    )
    [line] = shop.rows(FACT_ORDER_ITEMS)
    assert (line["quantity"], line["unit_price"]) == (2, Decimal("5.5000"))


@on_each_engine
def test_a_damaged_record_costs_itself_alone(engine: Engine, tmp_path: Path) -> None:
    whole = json.dumps(SHOPIFY)
    records = [
        whole,
        whole[: len(whole) // 2],
        whole.replace('"name": "#1001"', '"name": "#1", "name": "#2"'),
        whole.replace('"total_price": "25.43"', '"total_price": {"amount": 1}'),
        whole.replace('"price": "5.00"', '"price": []'),
        '"a text"',
    ]
    shop = Shop(engine, tmp_path)
    path = tmp_path / "orders.json"
    path.write_text("\n".join(records))

    report = shop.load_orders(path, source_profile="shopify_json")

    assert (report.rows_read, report.rows_loaded) == (6, 1)
    assert report.rows_by_reason == {
        "row_is_well_formed": 2,
        "key_is_there_once": 1,
        "values_have_their_kind": 2,
    }


def test_a_path_that_no_record_has_is_told(duckdb: Any, tmp_path: Path) -> None:
    profile = tmp_path / "profile.toml"
    profile.write_text(
        '[columns]\norder_id = "name"\ndiscount_amount = "total_discont"\n'
    )
    path = tmp_path / "orders.json"
    order = {
        "name": "O1",
        "order_timestamp": "2025-01-01T10:00:00Z",
        "currency": "USD",
        "items": [{"quantity": 1, "unit_price": 1}],
    }
    path.write_text("\n".join([json.dumps(order), json.dumps(ORDER | {"name": "O2"})]))

    report = Shop(duckdb, tmp_path).load_orders(path, source_profile=str(profile))

    # What only the contract names may be lacking; what the profile names should be there.
    assert report.absent_columns == ["orders.total_discont"]


@on_each_engine
def test_a_time_of_an_order_has_the_form_and_the_zone_of_the_profile(
    engine: Engine, tmp_path: Path
) -> None:
    shop = Shop(engine, tmp_path)
    profile = tmp_path / "profile.toml"
    profile.write_text('date_format = "M/d/yyyy H:mm"\ntime_zone = "Europe/Berlin"\n')
    path = tmp_path / "orders.json"
    path.write_text(json.dumps(ORDER | {"order_timestamp": "7/31/2025 1:30"}))

    shop.load_orders(path, source_profile=str(profile))

    [row] = shop.rows(FACT_ORDERS)
    assert str(row["order_timestamp"]).startswith("2025-07-30 23:30:00")
    assert (row["order_date"], row["order_month"]) == (date(2025, 7, 31), "07")
    [line, _] = shop.rows(FACT_ORDER_ITEMS)
    assert line["order_date"] == date(2025, 7, 31)


@on_each_engine
def test_the_range_of_a_run_is_of_days_in_the_zone_of_the_profile(
    engine: Engine, tmp_path: Path
) -> None:
    shop = Shop(engine, tmp_path)
    profile = tmp_path / "profile.toml"
    profile.write_text('time_zone = "America/New_York"\n')
    moments = {"O1": "2025-04-01T03:59:59Z", "O2": 1743480000000, "O3": "soon"}
    path = tmp_path / "orders.json"
    orders = [
        ORDER | {"order_id": name, "order_timestamp": moment}
        for name, moment in moments.items()
    ]
    path.write_text("\n".join(map(json.dumps, orders)))

    report = shop.load_orders(
        path,
        source_profile=str(profile),
        start_date=date(2025, 4, 1),
        end_date=date(2025, 4, 30),
        max_rejected_ratio=1.0,
    )

    # A day before in New York, though not in UTC.
    assert report.rows_by_reason == {
        "order_is_within_range": 1,
        "order_timestamp_is_valid": 1,
    }
    assert [row["order_id"] for row in shop.rows(FACT_ORDERS)] == ["O2"]


def test_a_replayed_order_keeps_its_day_in_the_zone_of_the_profile(
    duckdb: Engine, tmp_path: Path
) -> None:
    shop = Shop(duckdb, tmp_path)
    profile = tmp_path / "profile.toml"
    profile.write_text('time_zone = "Pacific/Auckland"\n')
    path = tmp_path / "orders.json"
    moment = {"order_timestamp": "2025-04-30T12:00:00Z"}
    path.write_text(json.dumps(ORDER | moment | {"currency": "?"}))
    options: dict[str, Any] = {
        "source_profile": str(profile),
        "max_rejected_ratio": 1.0,
    }
    shop.load_orders(path, run_id="first", allow_empty=True, **options)
    fixes = tmp_path / "fixes.json"
    fixes.write_text(json.dumps(ORDER | moment))

    report = shop.load_orders(fixes, replay_of="first", **options)

    assert report.rows_loaded == 1
    [row] = shop.rows(FACT_ORDERS)
    assert (row["order_date"], row["order_month"]) == (date(2025, 5, 1), "05")


@on_each_engine
def test_a_profile_may_map_the_day_of_an_order(engine: Engine, tmp_path: Path) -> None:
    shop = Shop(engine, tmp_path)
    profile = tmp_path / "profile.toml"
    profile.write_text('[columns]\norder_date = "booked"\n')
    path = tmp_path / "orders.json"
    orders = [
        ORDER | {"order_id": name, "booked": day}
        for name, day in {"O1": "2025-01-11", "O2": None, "O3": "11/01/2025"}.items()
    ]
    path.write_text("\n".join(map(json.dumps, orders)))

    report = shop.load_orders(path, source_profile=str(profile), max_rejected_ratio=1.0)

    days = {row["order_id"]: row["order_date"] for row in shop.rows(FACT_ORDERS)}
    assert days == {"O1": date(2025, 1, 11), "O2": date(2025, 1, 10)}
    assert report.rows_by_reason == {"order_date_is_valid": 1}
