"""No message shows a row: people's data stay in the files and in quarantine."""

import csv
import json
import logging
from pathlib import Path
from typing import Any

import pytest

from salesetl.engines.engine import Engine
from salesetl.errors import InputError, QualityError
from tests.frames import SALE
from tests.jobs.shop import Shop, order, sale

PERSON = {
    "name": "Ann Example",
    "email": "ann@example.invalid",
    "phone": "+44 20 7946 0000",
    "street": "1 Some Street",
}


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Shop:
    """Open a shop that runs on each engine in turn."""
    return Shop(engine, tmp_path)


def deliver(shop: Shop, *sales: dict[str, str], header: bool = True) -> Path:
    """Write sales with the person's data beside them."""
    path = shop.home / "sales.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, [*SALE, *PERSON])
        if header:
            writer.writeheader()
        writer.writerows(each | PERSON for each in sales)
    return path


def assert_says(shop: Shop, told: str, caplog: pytest.LogCaptureFixture) -> None:
    """See that neither a message nor the log nor a report holds a piece of the person's data."""
    reports = [path.read_text() for path in shop.home.glob("lake/*/_runs/*.json")]
    for text in (told, caplog.text, *reports):
        assert not [piece for piece in PERSON.values() if piece in text], text
    assert "\n" not in told


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (
            {"date": "05.03.2025"},
            "date_is_valid 1; for example date '05.03.2025' in line 3 of",
        ),
        (
            {"quantity": ""},
            "quantity_is_whole_number 1; for example quantity '' in line 3",
        ),
        (
            {"unit_price": "9" * 50},
            f"unit_price_is_valid 1; for example unit_price '{'9' * 40}…' in line 3 of",
        ),
        (
            {"total_amount": "1.00"},
            "total_amount_is_sum_of_its_parts 1; for example total_amount '1.00' in",
        ),
        (
            {"region": "S\ufffdd"},
            "text_is_readable 1; for example region 'S\ufffdd' in line 3",
        ),
    ],
)
def test_of_a_rejected_sale_only_the_value_at_fault_is_shown(
    shop: Shop,
    caplog: pytest.LogCaptureFixture,
    fields: dict[str, str],
    told: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    path = deliver(shop, sale(1), sale(2, **fields))

    with pytest.raises(QualityError) as refusal:
        shop.load(path, max_rejected_ratio=0.1)

    assert told in str(refusal.value)
    assert str(path) in str(refusal.value)
    assert_says(shop, str(refusal.value), caplog)


def test_of_a_row_that_is_none_only_the_place_is_told(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    path = deliver(shop, sale(1))
    with path.open("a") as file:
        file.write(f"T2,{','.join(PERSON.values())}\r\n")

    with pytest.raises(QualityError) as refusal:
        shop.load(path, max_rejected_ratio=0.1)

    assert f"row_is_well_formed 1; for example line 3 of {path} (" in str(refusal.value)
    assert_says(shop, str(refusal.value), caplog)


@pytest.mark.parametrize("extra", [{}, {"customer_id": "T1"}])
def test_a_row_where_a_header_should_be_is_not_shown(
    shop: Shop, caplog: pytest.LogCaptureFixture, extra: dict[str, str]
) -> None:
    path = deliver(shop, sale(1, **extra), sale(2), header=False)

    with pytest.raises(InputError) as refusal:
        shop.load(path)

    told = f"{path}: the first line has none of the needed columns, such as"
    assert str(refusal.value).startswith(told)
    assert "does the file have a header line?" in str(refusal.value)
    assert_says(shop, str(refusal.value), caplog)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (
            {"currency": "XXX"},
            "currency_is_known 1; for example currency 'XXX' in line 2",
        ),
        (
            {"items": [{"product_id": "P", "quantity": 0, "unit_price": 1}]},
            "quantities_are_positive 1; for example items.quantity in line 2",
        ),
    ],
)
def test_of_a_rejected_order_only_the_value_at_fault_is_shown(
    shop: Shop, caplog: pytest.LogCaptureFixture, fields: dict[str, Any], told: str
) -> None:
    caplog.set_level(logging.DEBUG)
    path = shop.home / "orders.json"
    total = {"order_total": 0} if "items" in fields else {}
    bad = order(2) | {"note": PERSON} | fields | total
    path.write_text(f"{json.dumps(order(1))}\n{json.dumps(bad)}\n")

    with pytest.raises(QualityError) as refusal:
        shop.load_orders(path, max_rejected_ratio=0.1)

    assert told in str(refusal.value)
    assert_says(shop, str(refusal.value), caplog)


def test_a_fault_that_a_profile_brings_names_the_place_and_no_column_of_the_record(
    shop: Shop,
) -> None:
    names = [name for name in sale(1) if name != "region"]
    lines = [
        ",".join(names),
        *(",".join(sale(n)[each] for each in names) for n in (1, 2)),
    ]
    path, profile = shop.home / "sales.csv", shop.home / "shop.toml"
    path.write_text("\n".join(lines))
    profile.write_text('[constants]\nregion = "No\\u0007rth"\n')

    with pytest.raises(QualityError) as refusal:
        shop.load(path, source_profile=str(profile))

    assert f"text_is_readable 2; for example line 2 of {path}" in str(refusal.value)


def test_that_all_rows_were_rejected_is_said_with_the_reasons(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    path = deliver(shop, sale(1, date="x"), sale(2, date="y"))

    with pytest.raises(QualityError) as refusal:
        shop.load(path)

    assert str(refusal.value).startswith(
        f"{path}: no row to load: of 2 rows 2 were rejected:"
        " date_is_valid 2; for example date 'x' in line 2 of"
    )
    assert "the rejected rows are in quarantine" in str(refusal.value)
    assert len(shop.quarantine()) == 2
    assert_says(shop, str(refusal.value), caplog)
