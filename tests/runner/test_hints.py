"""A run that rejects rows says what may be behind them."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from salesetl.display import report_text
from salesetl.engines.engine import Engine
from salesetl.errors import QualityError
from tests.frames import SALE, on_each_engine
from tests.jobs.event_stream import EventStream, view
from tests.jobs.shop import Shop, sale

LIKELY: dict[str, tuple[Sequence[dict[str, str]], str]] = {
    "encoding": ([{"product": "Caf\ufffd"}], "another encoding"),
    "decimal comma": (
        [{"unit_price": "10,50"}, {"unit_price": "1.010,50"}],
        "decimal_comma = true",
    ),
    "tax": ([{"total_amount": "24.99"}, {"total_amount": "22.05"}], "tax_amount"),
    "discount": ([{"total_amount": "18.90"}], "discount_amount"),
    "day first": ([{"date": "31.01.2025"}, {"date": "28/02/2025"}], "with the day"),
    "month first": ([{"date": "1/31/2025"}, {"date": "2/28/25"}], "with the month"),
    "swapped": ([{"date": "2025-12-09"}, {"date": "2025-11-09"}], "swapped"),
}


@pytest.mark.one_spark
@on_each_engine
@pytest.mark.parametrize("cause", LIKELY)
def test_the_likely_cause_of_rejected_rows_is_told(
    engine: Engine, tmp_path: Path, cause: str
) -> None:
    faults, hint = LIKELY[cause]
    shop = Shop(engine, tmp_path)
    broken = [sale(n, **faults[n % len(faults)]) for n in range(10, 20)]
    path = shop.deliver("sales", [sale(1), *broken])

    with pytest.raises(QualityError, match=hint):
        shop.load(path, as_of=date(2025, 10, 1), max_rejected_ratio=0.01)
    report = shop.load(path, as_of=date(2025, 10, 1))

    assert [each for each in report.hints if hint in each]
    assert (
        report_text(report).splitlines()[-1].startswith("attention: 90.9% of the rows")
    )
    assert hint in report_text(report).splitlines()[-1]


@pytest.mark.parametrize(
    ("profile", "fault", "hint"),
    [
        ('[number]\ndecimal = ","\n', {"unit_price": "£10,50"}, "decimal comma"),
        ("decimal_comma = true\n", {"unit_price": "£10,50"}, "decimal comma"),
        ('date_format = "dd.MM.yyyy"\n', {"date": "31.02.2025"}, "begin with the day"),
        (
            'date_formats = ["M/d/yyyy"]\n',
            {"date": "2/30/2025"},
            "begin with the month",
        ),
    ],
)
def test_what_the_profile_says_already_is_no_hint(
    duckdb: Engine, tmp_path: Path, profile: str, fault: dict[str, str], hint: str
) -> None:
    shop = Shop(duckdb, tmp_path)
    path = tmp_path / "profile.toml"
    path.write_text(profile)
    delivered = shop.deliver("sales", [sale(n, **fault) for n in range(1, 6)])

    without = shop.load(delivered, max_rejected_ratio=1.0, allow_empty=True)
    report = shop.load(
        delivered, source_profile=str(path), max_rejected_ratio=1.0, allow_empty=True
    )

    assert any(hint in each for each in without.hints)
    assert report.rows_quarantined == 5
    assert not any(hint in each for each in report.hints)


@pytest.mark.one_spark
@on_each_engine
def test_seconds_since_1970_are_told(engine: Engine, tmp_path: Path) -> None:
    stream = EventStream(engine, tmp_path)
    seconds = [view(n, event_timestamp=1_735_689_600 + n) for n in range(1, 6)]
    stream.deliver("a", seconds)
    profile = tmp_path / "profile.toml"
    profile.write_text('date_format = "epoch_s"\n')

    without = stream.load(allow_empty=True)
    report = stream.load("other", source_profile=str(profile))

    [hint] = without.hints
    assert 'date_format = "epoch_s"' in hint
    assert (report.rows_loaded, report.hints) == (5, [])


def test_a_time_that_is_no_number_is_not_told_as_seconds(
    duckdb: Engine, tmp_path: Path
) -> None:
    stream = EventStream(duckdb, tmp_path)
    wrong = ["soon", "2025-13-01T10:00:00Z", "17356896001.5", 173_568_960_012]
    stream.deliver("a", [view(n, event_timestamp=each) for n, each in enumerate(wrong)])

    report = stream.load(allow_empty=True)

    assert report.rows_by_reason["event_timestamp_is_valid"] >= 3
    assert report.hints == []


def test_one_broken_row_among_many_may_have_any_cause(
    duckdb: Engine, tmp_path: Path
) -> None:
    shop = Shop(duckdb, tmp_path)
    sound = [sale(n) for n in range(1, 21)]

    report = shop.load(shop.deliver("sales", [*sound, sale(21, unit_price="10,50")]))

    assert report.hints == []


def test_a_run_that_loses_much_revenue_says_so(duckdb: Engine, tmp_path: Path) -> None:
    shop = Shop(duckdb, tmp_path)
    many = [sale(n) for n in range(1, 29)]
    dear = {"quantity": "-0", "unit_price": "1000", "total_amount": "1000.00"}
    sales = [
        each | {"transaction_id": f"{k}-{each['transaction_id']}"}
        for k in range(5)
        for each in many
    ]

    sound = shop.load(shop.deliver("sound", sales), lake="other")
    report = shop.load(shop.deliver("sales", [*sales, sale(1, **dear)]))

    assert "attention" not in report_text(sound)
    last = report_text(report).splitlines()[-1]
    assert last.startswith(
        "attention: 1,000.00 (25.4%) of total_amount rejected: quantity_is_not_zero 1"
    )


def test_lines_of_an_order_are_no_conflict_to_be_made_equal(
    duckdb: Engine, tmp_path: Path
) -> None:
    shop = Shop(duckdb, tmp_path)
    lines = [SALE, SALE | {"product": "Desk"}]

    with pytest.raises(QualityError, match=r"several columns with \[key\]"):
        shop.load(shop.deliver("sales", lines), max_rejected_ratio=0.01)
