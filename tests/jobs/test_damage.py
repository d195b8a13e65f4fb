"""Damage stays where it is: a broken row costs itself, and what it costs is told, on either engine."""

import csv
import gzip
import io
import json
from datetime import date
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesetl.engines.engine import Engine
from salesetl.errors import InputError, QualityError
from salesetl.model.options import InputPath
from salesetl.pipelines.orders.contracts import FACT_ORDERS
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from salesetl.pipelines.sales.pipeline import SALES
from salesetl.readers import layouts
from salesetl.runner.runner import run
from salesetl.runs import RunReport
from tests.frames import ORDER, SALE
from tests.jobs.shop import Shop, order, sale

AS_OF = date(2025, 12, 31)


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Shop:
    """Open a shop that works on each engine in turn."""
    return Shop(engine, tmp_path)


def deliver_text(shop: Shop, text: str, name: str = "sales.csv") -> Path:
    """Write a delivery of sales as it stands below their header."""
    folder = Path(mkdtemp(dir=shop.home))
    content = f"{','.join(SALE)}\n{text}"
    (folder / name).write_text(content, newline="")
    return folder


def deliver_customers(shop: Shop, *lines: str | dict[str, Any]) -> Path:
    """Write customers, each as it stands or as an object, and return their file."""
    path = Path(mkdtemp(dir=shop.home)) / "customers.json"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts))
    return path


def line(number: int, product: str, region: str = "North") -> str:
    """Write a sale of a product as a line."""
    return ",".join(sale(number, product=product, region=region).values()) + "\n"


def products(shop: Shop) -> dict[str, str]:
    """Return the product of each sale in the lake."""
    return {row["transaction_id"]: row["product"] for row in shop.rows(ENRICHED_SALES)}


CUSTOMER = {
    "customer_id": "C1",
    "age_group": "26-35",
    "membership_tier": "Gold",
    "signup_date": "2024-01-01",
}


def test_inch_signs_are_text_beside_a_field_that_spans_lines(shop: Shop) -> None:
    text = (
        line(1, '12" TV')
        + line(2, '"gift\nwrap"')
        + line(3, "Mug")
        + line(4, 'TV 24"')
        + line(5, '"Mug\n"')
    )

    report = shop.load(deliver_text(shop, text))

    assert (report.rows_read, report.rows_loaded) == (5, 5)
    assert products(shop) == {
        "T1": '12" TV',
        "T2": "gift\nwrap",
        "T3": "Mug",
        "T4": 'TV 24"',
        "T5": "Mug",
    }


ENCODINGS = {
    "plain": ("", ",", "utf-8"),
    "tabs in UTF-16": ('delimiter = "\\t"\nencoding = "UTF-16"', "\t", "utf-16"),
    "semicolons in Latin-1": (
        'delimiter = ";"\nencoding = "ISO-8859-1"',
        ";",
        "latin-1",
    ),
}
SOUND = ["Mug", '12" TV', '"Mug, ""blue"""', '"gift\nwrap"', '"\r\nCafé\n"', ' "Mug" ']
DAMAGED = ['"Mug', '"Mug"x', '"', "Mug,x"]


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("encoding", ENCODINGS)
@given(
    texts=st.lists(
        st.one_of(
            st.tuples(st.sampled_from(SOUND), st.just(True)),
            st.tuples(st.sampled_from(SOUND), st.just(True)),
            st.tuples(st.sampled_from(DAMAGED), st.just(False)),
        ),
        min_size=4,
        max_size=25,
    )
)
@settings(max_examples=4)
def test_damaged_records_cost_no_more_than_themselves(
    shop: Shop, encoding: str, is_large: bool, texts: list[tuple[str, bool]]
) -> None:
    entries, delimiter, codec = ENCODINGS[encoding]
    # A later delivery, by its path too.
    home = shop.home / f"delivery_{len(list(shop.home.iterdir()))}"
    home.mkdir()
    (home / "profile.toml").write_text(entries)
    rows = "".join(
        line(1 + place % 28, text).replace("T", f"{place}-T", 1)
        for place, (text, _) in enumerate(texts)
    )
    content = f"{','.join(SALE)}\n{rows}".replace(",", delimiter)
    name = "sales.csv.gz" if is_large else "sales.csv"
    packed = gzip.compress if is_large else bytes
    (home / "in").mkdir()
    (home / "in" / name).write_bytes(packed(content.encode(codec)))

    with pytest.MonkeyPatch.context() as patch:
        if is_large:
            patch.setattr(layouts, "WHOLE_FILE_BYTES", 0)
        report = shop.load(
            home / "in",
            lake=f"{home.name}/lake",
            source_profile=str(home / "profile.toml"),
            as_of=AS_OF,
            allow_empty=True,
        )

    damaged = sum(not is_sound for _, is_sound in texts)
    assert report.rows_read == len(texts)
    assert report.rows_quarantined <= damaged
    assert report.rows_loaded >= len(texts) - damaged


def test_a_quoted_field_may_have_blanks_around_it(shop: Shop) -> None:
    fields = [f' "{value}" ' for value in sale(1).values()]

    report = shop.load(deliver_text(shop, ",".join(fields)))

    assert report.rows_loaded == 1
    assert report.warnings == {}
    [row] = shop.rows(ENRICHED_SALES)
    assert (row["product"], row["region"]) == (SALE["product"], SALE["region"])


def test_a_column_named_twice_is_refused_beside_nameless_ones(shop: Shop) -> None:
    path = shop.home / "sales.csv"
    names = ["", "", *SALE, " \u200bREGION "]
    path.write_text(",".join(names) + "\n")

    with pytest.raises(InputError, match="'region' twice"):
        shop.load(path)


def test_only_columns_of_the_contract_cost_anything(shop: Shop) -> None:
    path = shop.home / "sales.csv"
    extra = [f"column {number}" for number in range(4_000)]
    values = ['"a ""b"", c"'] * len(extra)
    path.write_text(
        "\n".join(
            ",".join([*row, *more])
            for row, more in [
                (SALE, extra),
                (sale(1).values(), values),
                (sale(2).values(), values),
            ]
        )
    )

    report = shop.load(path)

    assert report.rows_loaded == 2
    assert len(report.unknown_columns) == len(extra)


def test_ids_are_the_same_without_what_nobody_sees_around_them(shop: Shop) -> None:
    ids = ["A1", "A1\t", "A1 ", "A1\u200b", "\ufeffA1", "\u00a0A1\u3000", "\t"]
    text = "".join(line(1, "Mug").replace("T1", each) for each in ids)

    report = shop.load(deliver_text(shop, text))

    assert (report.rows_loaded, report.duplicates_removed) == (1, 5)
    assert report.rows_by_reason == {"transaction_id_is_present": 1}
    assert shop.ids() == ["A1"]


UNTRUSTED = [
    ("transaction_id", "A\u00a01", {"identifiers_are_visible"}),
    ("transaction_id", "A1\1", {"identifiers_are_visible", "text_is_readable"}),
    ("customer_id", "C\u200b1", {"identifiers_are_visible"}),
    ("product", "Mug\x07", {"text_is_readable"}),
    ("product", "Mu\x7fg", {"text_is_readable"}),
    ("region", "Nor\ufffdh", {"text_is_readable"}),
    ("transaction_id", "8.41E+12", {"identifiers_are_whole"}),
    ("transaction_id", "8,41e+12", {"identifiers_are_whole"}),
    ("customer_id", "1E+05", {"identifiers_are_whole"}),
    ("date", "1969-12-31", {"date_is_not_before_earliest_date"}),
]


def test_a_row_that_cannot_be_trusted_is_quarantined_for_its_reasons_alone(
    shop: Shop,
) -> None:
    numbered = list(enumerate(UNTRUSTED, start=2))
    rows = [sale(number, **{name: value}) for number, (name, value, _) in numbered]

    report = shop.load(shop.deliver("in", [sale(1), *rows]))

    assert report.rows_loaded == 1
    found = {row["raw_record"]: {*row["reasons"]} for row in shop.quarantine()}
    assert found == {
        record_of(row): reasons for row, (_, _, reasons) in zip(rows, UNTRUSTED)
    }


def record_of(row: dict[str, str]) -> str:
    """Write a sale as its line is delivered."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(row.values())
    return text.getvalue()


def test_an_id_may_hold_what_a_person_sees(shop: Shop) -> None:
    ids = ["A 1", "1E5", "A+1", "Café", "1-2-3", "\U0001f6d2", "EE+1"]
    folder = shop.deliver("in", [sale(1, transaction_id=each) for each in ids])

    report = shop.load(folder)

    assert report.rows_by_reason == {}
    assert shop.ids() == sorted(ids)


def test_tabs_and_line_ends_may_stand_inside_a_text(shop: Shop) -> None:
    folder = shop.deliver("in", [sale(1, product="Mug\tblue\n12 oz\u2028new")])

    shop.load(folder)

    assert products(shop) == {"T1": "Mug\tblue\n12 oz\u2028new"}


def test_an_earlier_first_day_can_be_asked_for(shop: Shop) -> None:
    folder = shop.deliver("in", [sale(1, date="1899-12-31"), sale(2)])

    report = shop.load(folder, earliest_date=date(1899, 12, 31))

    assert report.rows_loaded == 2


def test_an_absurd_amount_stops_nobody(shop: Shop) -> None:
    absurd = {"quantity": "999999999", "unit_price": "99999999.9999"}
    folder = shop.deliver("in", [sale(1), sale(2, **absurd)])

    report = shop.load(folder)

    assert report.rows_loaded == 1
    assert report.rows_by_reason == {"total_amount_is_sum_of_its_parts": 1}


def test_a_broken_array_of_customers_overwrites_nothing(shop: Shop) -> None:
    folder = shop.deliver("in", [sale(1)])
    shop.load(folder)
    before = shop.tables()
    broken = deliver_customers(
        shop, "[", f'{json.dumps(CUSTOMER)} "oops",', json.dumps(CUSTOMER), "]"
    )

    with pytest.raises(InputError, match="customers.json: .* broken at line 2"):
        shop.load(folder, broken)

    assert shop.tables() == before


def test_too_many_broken_customers_are_refused(shop: Shop) -> None:
    folder = shop.deliver("in", [sale(1)])
    customers = deliver_customers(shop, CUSTOMER, '{"customer_id": "C2"', "C3,Gold")

    with pytest.raises(QualityError, match="customers.json: 66.7% of 3 rows"):
        shop.load(folder, customers, max_rejected_ratio=0.5)

    assert shop.load(folder, customers, max_rejected_ratio=0.7).rows_loaded == 1


def test_columns_that_no_customer_has_are_named_with_the_nearest(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    folder = shop.deliver("in", [sale(1)])
    renamed = {
        "customer_id": "C1",
        "Age_Group": "26-35",
        "membershipTier": "Gold",
        "since": "2024-01-01",
    }
    customers = deliver_customers(shop, renamed)

    report = shop.load(folder, customers)

    assert report.absent_columns == [
        "customers.age_group",
        "customers.membership_tier",
        "customers.signup_date",
    ]
    assert report.unknown_columns == [
        "customers.Age_Group",
        "customers.membershipTier",
        "customers.since",
    ]
    assert (
        "age_group (nearest: Age_Group), membership_tier (nearest: membershipTier),"
        in (caplog.text)
    )
    with pytest.raises(InputError, match="no row of customers has age_group"):
        shop.load(folder, customers, unknown_columns="fail")


def test_fields_that_are_nested_otherwise_are_told(shop: Shop) -> None:
    flat = {name: value for name, value in order(1).items() if name != "customer"}
    flat |= {"customer_id": "C1", "payment": ORDER["payment"] | {"note": "x"}}
    folder = shop.deliver_orders("in", [flat])

    report = shop.load_orders(folder)

    assert report.absent_columns == [
        "orders.customer.customer_id",
        "orders.customer.country",
        "orders.customer.segment",
    ]
    assert report.unknown_columns == ["orders.customer_id", "orders.payment.note"]
    with pytest.raises(InputError, match=r"customer_id \(nearest: customer_id\)"):
        shop.load_orders(folder, unknown_columns="fail")


def test_one_order_that_has_a_field_is_enough(shop: Shop) -> None:
    without = {name: value for name, value in order(1).items() if name != "customer"}
    folder = shop.deliver_orders("in", [without, order(2)])

    report = shop.load_orders(folder, unknown_columns="fail")

    assert (report.rows_loaded, report.absent_columns) == (2, [])


@pytest.mark.parametrize("indent", [None, 2])
def test_orders_wrapped_in_an_object_are_told(shop: Shop, indent: int | None) -> None:
    path = shop.home / "orders.json"
    path.write_text(json.dumps({"orders": [order(1)], "count": 1}, indent=indent))

    with pytest.raises(InputError, match="found: count, orders.*inside one of these"):
        shop.load_orders(path)


def test_delimited_text_named_as_json_is_not_taken_for_customers(shop: Shop) -> None:
    folder = shop.deliver("in", [sale(1)])
    (folder / "sales.csv").rename(folder / "sales.json")

    with pytest.raises(InputError, match="sales.json: is not JSON.*rename it to .csv"):
        shop.load(shop.deliver("other", [sale(1)]), folder)


def bad_order(number: int, old: str, new: str) -> str:
    """Write an order with one part replaced."""
    text = json.dumps(order(number))
    assert text.count(old) >= 1
    return text.replace(old, new, 1)


TWO_WAYS = [
    ('"currency":', '"currency": "EUR", "currency":', "key_is_there_once"),
    ('"country":', '"country": "DE", "country":', "key_is_there_once"),
    ('"quantity":', '"quantity": 1, "quantity":', "key_is_there_once"),
    ('"order_id"', '"x": 1, "x": 2, "order_id"', "key_is_there_once"),
    ('"O2"', '{"v": "O2"}', "values_have_their_kind"),
    ('"online"', '{"code": "X"}', "values_have_their_kind"),
    ('"online"', '["online"]', "values_have_their_kind"),
    ('"C1"', '{"id": 1}', "values_have_their_kind"),
    ('"P1"', '["P1"]', "values_have_their_kind"),
    ('"order_total": 25.25', '"order_total": [25.25]', "values_have_their_kind"),
]


def test_an_object_that_can_be_read_in_two_ways_is_quarantined(shop: Shop) -> None:
    folder = shop.deliver_orders("in", [order(1)])
    texts = {bad_order(2, old, new): reason for old, new, reason in TWO_WAYS}
    with (folder / "orders.json").open("a") as file:
        file.write("\n".join(texts))

    shop.load_orders(folder)

    rejected = shop.quarantine(feed="orders")
    assert {row["raw_record"]: row["reasons"] for row in rejected} == {
        text: [reason] for text, reason in texts.items()
    }
    assert [row["order_id"] for row in shop.rows(FACT_ORDERS)] == ["O1"]


def test_what_is_no_object_where_one_belongs_is_quarantined(shop: Shop) -> None:
    values: list[object] = ["C1", ["C1"], 7, True, '{"customer_id": "C1"}']
    others = [
        order(2, **{name: value})
        for name in ("customer", "payment")
        for value in values
    ]

    report = shop.load_orders(shop.deliver_orders("in", [order(1), *others]))

    assert report.rows_loaded == 1
    assert report.rows_by_reason == {"values_have_their_kind": len(others)}


def test_a_text_that_looks_like_an_object_is_a_text(shop: Shop) -> None:
    texts = ["{x}", "[x]", '{"code": "X"}', '["sales_channel": {']
    folder = shop.deliver_orders(
        "in",
        [order(place + 1, sales_channel=text) for place, text in enumerate(texts)]
        + [order(9, payment=None)],
    )

    report = shop.load_orders(folder)

    assert report.rows_loaded == 5
    found = {row["sales_channel"] for row in shop.rows(FACT_ORDERS)}
    assert found == {*texts, "online"}


def test_of_two_versions_in_one_file_the_last_customer_wins_and_is_counted(
    shop: Shop,
) -> None:
    folder = shop.deliver("in", [sale(1)])
    customers = deliver_customers(
        shop,
        CUSTOMER | {"membership_tier": "Silver"},
        CUSTOMER | {"membership_tier": "Bronze"},
    )

    report = shop.load(folder, customers)

    assert report.sources["customers"]["warnings"] == {"conflicting_duplicate": 1}
    assert shop.rows(ENRICHED_SALES)[0]["membership_tier"] == "Bronze"


def test_the_last_of_many_versions_wins(shop: Shop) -> None:
    folder = shop.deliver("in", [sale(1)])
    versions = [CUSTOMER | {"membership_tier": str(number)} for number in range(5_000)]
    customers = deliver_customers(shop, *versions)

    shop.load(folder, customers)

    assert shop.rows(ENRICHED_SALES)[0]["membership_tier"] == "4999"


def test_files_are_versions_in_the_order_of_their_numbers(shop: Shop) -> None:
    shop.deliver_orders("in", [order(1, currency="EUR")], "orders_9.json")
    folder = shop.deliver_orders("in", [order(1, currency="USD")], "orders_10.json")

    report = shop.load_orders(folder)

    assert (report.rows_loaded, report.duplicates_removed) == (1, 1)
    assert shop.rows(FACT_ORDERS)[0]["currency"] == "USD"


def test_a_newer_file_of_sales_wins_and_one_file_cannot_contradict_itself(
    shop: Shop,
) -> None:
    other = {"quantity": "3", "total_amount": "31.50"}
    folder = shop.home / "in"
    first = shop.deliver("1", [sale(1), sale(2), sale(3), sale(3), sale(4)])
    second = shop.deliver(
        "2", [sale(1, **other), sale(2, quantity="x"), sale(3, **other), sale(3)]
    )
    folder.mkdir()
    (first / "sales.csv").rename(folder / "sales_2.csv")
    (second / "sales.csv").rename(folder / "sales_10.csv")

    report = shop.load(folder)

    assert report.rows_by_reason == {
        "quantity_is_whole_number": 1,
        "conflicting_duplicate": 2,
    }
    assert report.duplicates_removed == 2
    loaded = {
        row["transaction_id"]: row["quantity"] for row in shop.rows(ENRICHED_SALES)
    }
    assert loaded == {"T1": 3, "T2": 2, "T3": 2, "T4": 2}


def load_with_key(shop: Shop, text: str, header: str, key: str) -> RunReport:
    """Load a delivery whose key is made by a profile, from a folder of its own."""
    # A later delivery, by its path too.
    home = shop.home / f"delivery_{len(list(shop.home.iterdir()))}"
    home.mkdir()
    (home / "profile.toml").write_text(key)
    (home / "in").mkdir()
    (home / "in" / "sales.csv").write_text(f"{header}\n{text}")
    return shop.load(home / "in", source_profile=str(home / "profile.toml"))


NUMBERED = '[key]\ncolumn = "transaction_id"\nparts = ["receipt"]\nline_number = true\n'
COLUMNS = "receipt,date,customer_id,product,quantity,unit_price,region,total_amount"


def test_a_row_keeps_its_key_whatever_stands_around_it(shop: Shop) -> None:
    rows = ["R1,2025-09-10,C1,Lamp,2,10.50,North,21.00"] * 2
    rows.append("R1,2025-09-10,C1,Mug,1,2.00,,2.00")
    load_with_key(shop, "\n".join(rows), COLUMNS, NUMBERED)
    keys = shop.ids()

    more = [f'x,{row.replace(",", " ,").replace("10.50", "10.5")}' for row in rows]
    load_with_key(shop, "\n".join(more), f"note,{COLUMNS}", NUMBERED)
    quoted = "\n".join(row.replace("Lamp", '"Lamp"') for row in reversed(rows))
    load_with_key(shop, quoted, COLUMNS, NUMBERED)

    assert len(keys) == 3
    assert shop.ids() == keys


def test_parts_of_a_key_do_not_run_into_each_other(shop: Shop) -> None:
    key = '[key]\ncolumn = "transaction_id"\nparts = ["receipt", "line"]\n'
    header = COLUMNS.replace("receipt", "receipt,line")
    row = ",2025-09-10,C1,Lamp,2,10.50,North,21.00"
    ids = ["A-1,2", "A,1-2", "A\\,1", "A\\-1,", "8.41E+12,1"]

    report = load_with_key(shop, "\n".join(each + row for each in ids), header, key)

    assert (report.rows_loaded, report.duplicates_removed) == (4, 0)
    assert report.rows_by_reason == {"identifiers_are_whole": 1}


def test_a_lake_remembers_how_its_keys_are_made(shop: Shop) -> None:
    row = "R1,2025-09-10,C1,Lamp,2,10.50,North,21.00"
    load_with_key(shop, row, COLUMNS, NUMBERED)
    before = shop.tables()

    for other in (
        NUMBERED.replace('["receipt"]', '["receipt", "product"]'),
        NUMBERED.replace("true", "false"),
        f'{NUMBERED}[constants]\nregion = "South"\n',
        '[columns]\ntransaction_id = "receipt"\n',
    ):
        with pytest.raises(InputError, match="keys of this lake.*profile"):
            load_with_key(shop, row, COLUMNS, other)

    assert shop.tables() == before
    load_with_key(shop, row, COLUMNS, f'date_format = "yyyy-MM-dd"\n{NUMBERED}')
    assert shop.tables() == before


def test_a_month_that_is_written_again_knows_its_late_buyers(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    late = {"customer_id": "C9"}
    days = ["2025-08-01", "2025-09-01"]
    folder = shop.deliver(
        "1", [sale(number + 1, date=day, **late) for number, day in enumerate(days)]
    )
    shop.load(folder)
    known = deliver_customers(shop, CUSTOMER, CUSTOMER | {"customer_id": "C9"})

    report = shop.load(shop.deliver("2", [sale(3)]), known)

    tiers = {
        row["transaction_id"]: row["membership_tier"]
        for row in shop.rows(ENRICHED_SALES)
    }
    assert tiers == {"T1": None, "T2": "Gold", "T3": "Gold"}
    assert report.rows_to_refresh == 1
    assert "1 rows of enriched_sales in 1 partitions" in caplog.text
    assert "--refresh_customers true" in caplog.text

    report = shop.load(
        shop.deliver("3", []), known, refresh_customers=True, allow_empty=True
    )

    tiers = {
        row["transaction_id"]: row["membership_tier"]
        for row in shop.rows(ENRICHED_SALES)
    }
    assert set(tiers.values()) == {"Gold"}
    assert report.rows_to_refresh == 0


def test_a_buyer_who_is_not_delivered_again_stays_known(shop: Shop) -> None:
    folder = shop.deliver("1", [sale(1), sale(2, customer_id="C2")])
    shop.load(folder)

    changed = CUSTOMER | {"membership_tier": "Platinum"}
    shop.load(shop.deliver("2", [sale(3)]), deliver_customers(shop, changed))

    tiers = {
        row["transaction_id"]: row["membership_tier"]
        for row in shop.rows(ENRICHED_SALES)
    }
    assert tiers == {"T1": "Platinum", "T2": "Bronze", "T3": "Platinum"}


def test_a_row_that_is_rejected_again_is_in_quarantine_once(shop: Shop) -> None:
    twice = sale(2, quantity="x")
    folder = shop.deliver("in", [sale(1), twice, twice, sale(3, date="soon")])
    first = shop.load(folder)
    corrected = shop.deliver("in", [sale(1), twice, sale(3)])

    second = shop.load(corrected)

    found = shop.quarantine()
    assert [
        (row["run_id"], row["reasons"]) for row in found if "x" in row["raw_record"]
    ] == [(second.run_id, ["quantity_is_whole_number"])]
    assert [row["run_id"] for row in found if "soon" in row["raw_record"]] == [
        first.run_id
    ]

    third = shop.load(corrected)

    assert {row["run_id"] for row in shop.quarantine()} == {first.run_id, third.run_id}
    assert len(shop.quarantine()) == 2


def test_a_failed_run_leaves_its_rows_in_quarantine_once(shop: Shop) -> None:
    folder = shop.deliver("in", [sale(1), sale(2, quantity="x")])

    for _ in range(2):
        with pytest.raises(QualityError):
            run(
                SALES,
                shop.engine,
                sales_path=InputPath(str(folder)),
                customers_path=InputPath(str(shop.customers())),
                output_path=str(shop.home / "lake"),
                as_of=AS_OF,
            )

    assert len(shop.quarantine()) == 1
