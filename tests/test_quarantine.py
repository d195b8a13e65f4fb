"""Rejected rows go through the job again, and the books still balance."""

from datetime import date
from pathlib import Path

import pytest

from salesetl import cli
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.errors import QualityError
from salesetl.pipelines.orders.contracts import FACT_ORDERS
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from salesetl.registry import namespaces
from salesetl.runs import read_reports
from salesetl.storage import storage_of
from tests.jobs.shop import Shop, order, sale
from tests.lakes import Lakes

FAULTS = [
    sale(1),
    sale(2, quantity="zwei"),
    sale(3, date="soon"),
    sale(4),
    sale(4, quantity="1", total_amount="10.50"),
]


def command(*words: object) -> None:
    """Run the `salesetl` command within this process, on the session of the tests."""
    cli.main([str(word) for word in words])


def replay_run(lake: Path, *words: object) -> None:
    """Send what run r1 rejected through the job again."""
    command("quarantine", "replay", "r1", "--output_path", lake, *words)


@pytest.fixture
def shop(duckdb: DuckDbEngine, tmp_path: Path) -> Shop:
    """Open a shop in an empty folder."""
    return Shop(duckdb, tmp_path)


def load_faults(shop: Shop) -> None:
    """Load a delivery with faults as run r1."""
    shop.load(shop.deliver("raw", FAULTS), run_id="r1")


@pytest.fixture
def lake(shop: Shop, lakes: Lakes) -> Path:
    """Return a lake that has loaded the faults."""
    return lakes.copy(load_faults, shop.home).home / "lake"


def test_corrected_rows_are_loaded_and_what_is_still_wrong_stays_in_quarantine(
    shop: Shop, lake: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command("quarantine", "show", "r1", "--output_path", lake, "--to", tmp_path / "fix")
    [records] = (tmp_path / "fix").glob("records-*")
    corrected = (
        records.read_text(encoding="utf-8-sig")
        .replace("zwei", "2")
        .replace(",1,10.50,North,10.50", ",2,10.50,North,21.00")
    )
    records.write_text(corrected)

    replay_run(lake, "--records", tmp_path / "fix", "--run_id", "r2")

    first, replay = read_reports(storage_of(str(lake)), str(lake), namespaces())
    assert shop.ids() == ["T1", "T2", "T4"]
    assert first.rows_quarantined == replay.rows_read == 4
    assert (replay.rows_loaded, replay.rows_quarantined, replay.duplicates_removed) == (
        2,
        1,
        1,
    )
    assert replay.replay_of == "r1"
    assert replay.rows_by_reason == {"date_is_valid": 1}
    assert "T3,soon" in capsys.readouterr().out


def test_records_that_may_be_corrected_already_are_not_written_over(
    lake: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = (
        "quarantine",
        "show",
        "r1",
        "--output_path",
        lake,
        "--to",
        tmp_path / "fix",
    )
    command(*words)
    [records] = (tmp_path / "fix").glob("records-*")
    records.write_text("corrected")

    with pytest.raises(SystemExit):
        command(*words)

    assert records.read_text() == "corrected"
    assert "may be corrected; name another folder" in capsys.readouterr().err


def test_of_a_failed_run_the_delivered_file_is_to_be_corrected(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(QualityError):
        shop.load(shop.deliver("raw", FAULTS), run_id="r1", max_rejected_ratio=0)

    lake = tmp_path / "lake"
    command("quarantine", "show", "r1", "--output_path", lake, "--to", tmp_path / "fix")

    told = capsys.readouterr().out
    assert "correct the delivered file, then run the job again" in told
    assert "quarantine replay" not in told


def test_a_replay_takes_the_arguments_of_the_first_run_and_may_change_them(
    shop: Shop, tmp_path: Path
) -> None:
    profile = tmp_path / "profile.toml"
    profile.write_text('date_format = "yyyy-MM-dd"')
    german = sale(2, date="24.12.2024")
    shop.load(
        shop.deliver("raw", [sale(1), german]), source_profile=str(profile), run_id="r1"
    )
    profile.write_text('date_format = "dd.MM.yyyy"')

    replay_run(shop.home / "lake", "--run_id", "r2")

    assert shop.ids() == ["T1", "T2"]
    assert sorted(shop.months()) == ["year=2024/month=12", "year=2025/month=9"]


def test_a_replay_that_leaves_records_out_is_refused(
    shop: Shop, lake: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command("quarantine", "show", "r1", "--output_path", lake, "--to", tmp_path / "fix")
    [records] = (tmp_path / "fix").glob("records-*")
    kept = [line for line in records.read_text().splitlines() if "soon" not in line]
    records.write_text("\n".join(kept))

    with pytest.raises(SystemExit):
        replay_run(lake, "--records", tmp_path / "fix")

    assert (
        "the replay has 3 records, but run r1 has 4 in quarantine"
        in capsys.readouterr().err
    )
    assert shop.ids() == ["T1"]


def test_a_run_that_failed_is_run_again_and_not_replayed(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    path = shop.deliver("raw", FAULTS)
    with pytest.raises(QualityError):
        shop.load(path, run_id="r1", max_rejected_ratio=0.01)

    command("quarantine", "list", "--output_path", shop.home / "lake")

    [listed] = capsys.readouterr().out.splitlines()[2:]
    assert listed.split()[:2] + listed.split()[4:5] == ["r1", "failed", "-"]


def test_a_quarantine_is_replayed_once(
    lake: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replay_run(lake, "--as_of", "2025-12-31", "--run_id", "r2", "--allow_empty")

    with pytest.raises(SystemExit) as stopped:
        replay_run(lake)

    assert stopped.value.code == 2
    assert "run r1 was already replayed by run r2" in capsys.readouterr().err
    command("quarantine", "list", "--output_path", lake)
    assert [line.split()[:5] for line in capsys.readouterr().out.splitlines()[2:]] == [
        ["r1", "succeeded", "sales", "4", "r2"],
        ["r2", "succeeded", "sales", "4", "no"],
    ]


def test_the_quarantine_of_a_failed_run_is_not_replayed(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(QualityError):
        shop.load(shop.deliver("raw", FAULTS), run_id="r1", max_rejected_ratio=0.0)

    with pytest.raises(SystemExit):
        replay_run(shop.home / "lake")

    assert "run r1 failed, so none of its rows was loaded" in capsys.readouterr().err


def test_a_broken_quote_does_not_run_into_the_rows_replayed_with_it(shop: Shop) -> None:
    path = shop.deliver(
        "raw", [sale(1), sale(2, product="two\nlines", quantity="x"), sale(3, date="x")]
    )
    broken = path / "broken.csv"
    broken.write_text(
        (path / "sales.csv").read_text().splitlines()[0]
        + '\nT9,2025-09-01,C1,"Lamp,2,10.50,North,21.00\n'
    )
    first = shop.load(path, run_id="r1")

    replay_run(shop.home / "lake", "--run_id", "r2", "--allow_empty")

    reports = read_reports(
        storage_of(str(shop.home)), str(shop.home / "lake"), namespaces()
    )
    assert reports[1].rows_read == first.rows_quarantined == 3
    assert reports[1].rows_by_reason == first.rows_by_reason


@pytest.mark.parametrize("damage", ["no json {{{", "no\nmore\njson", '[1, {"order_id"'])
def test_a_line_that_is_no_json_does_not_keep_a_corrected_order_out(
    shop: Shop, tmp_path: Path, damage: str
) -> None:
    raw = shop.deliver_orders("raw", [order(1), order(2, order_total=999)])
    with next(raw.rglob("*.json")).open("a") as file:
        file.write(f"\n{damage}\n")
    first = shop.load_orders(raw, run_id="r1")
    lake, fixes = shop.home / "lake", tmp_path / "fix"
    command("quarantine", "show", "r1", "--output_path", lake, "--to", fixes)
    for records in fixes.glob("records-*"):
        records.write_text(
            records.read_text().replace("999", str(order(2)["order_total"]))
        )

    replay_run(lake, "--records", fixes, "--run_id", "r2")

    [_, second] = read_reports(storage_of(str(lake)), str(lake), namespaces())
    damaged = first.rows_by_reason["row_is_well_formed"]
    assert second.rows_by_reason == {"row_is_well_formed": damaged}
    assert (second.rows_loaded, second.rows_quarantined) == (1, damaged)


def test_rows_of_another_encoding_are_replayed_whatever_was_in_them(
    shop: Shop, tmp_path: Path
) -> None:
    profile = tmp_path / "profile.toml"
    profile.write_text('encoding = "windows-1252"')
    path = shop.deliver(
        "raw", [sale(1, product="Café"), sale(2, product="Cafe", quantity="x")]
    )
    lines = (path / "sales.csv").read_text().replace("Cafe", "Caf\ufffd")
    (path / "sales.csv").write_bytes(
        lines.encode("windows-1252", errors="replace").replace(b"Caf?", b"Caf\x81")
    )
    shop.load(path, source_profile=str(profile), run_id="r1")

    replay_run(shop.home / "lake")

    root = str(shop.home / "lake")
    first, replay = read_reports(storage_of(root), root, namespaces())
    assert first.rows_by_reason == {
        "quantity_is_whole_number": 1,
        "text_is_readable": 1,
    }
    assert replay.rows_by_reason == first.rows_by_reason
    assert [row["product"] for row in shop.rows(ENRICHED_SALES)] == ["Café"]


@pytest.mark.parametrize(("first", "last"), [("online", "store"), ("store", "online")])
def test_of_two_rejected_versions_of_an_order_the_one_in_the_later_file_wins(
    shop: Shop, first: str, last: str
) -> None:
    shop.deliver_orders("raw", [order(1, sales_channel=last)], "2025-02.json")
    raw = shop.deliver_orders("raw", [order(1, sales_channel=first)], "2025-01.json")
    before = date(2024, 12, 31)
    report = shop.load_orders(raw, as_of=before, run_id="r1", allow_empty=True)

    replay_run(shop.home / "lake", "--as_of", "2025-12-31", "--run_id", "r2")

    root = str(shop.home / "lake")
    replay = read_reports(storage_of(root), root, namespaces())[1]
    assert report.rows_quarantined == replay.rows_read == 2
    assert (replay.rows_loaded, replay.duplicates_removed) == (1, 1)
    assert [row["sales_channel"] for row in shop.rows(FACT_ORDERS)] == [last]


def test_rows_that_were_rejected_again_are_listed_and_replayed_with_the_last_run(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    # Not a copy: what is rejected again comes from the same file.
    load_faults(shop)
    lake = shop.home / "lake"
    partly = shop.deliver("raw", [sale(1), sale(2, quantity="zwei")])
    shop.load(partly, run_id="r2")
    command("quarantine", "list", "--output_path", lake)

    listed = {
        line.split()[0]: line.split()[3]
        for line in capsys.readouterr().out.splitlines()[2:]
    }
    assert listed == {"r1": "3", "r2": "1"}
    replay_run(lake, "--run_id", "r3")
    report = read_reports(storage_of(str(lake)), str(lake), namespaces())[-1]
    assert (report.run_id, report.rows_read) == ("r3", 3)

    shop.load(shop.deliver("raw", FAULTS), run_id="r4")
    with pytest.raises(SystemExit):
        command("quarantine", "replay", "r2", "--output_path", lake)

    assert (
        "to the last run that rejected them: salesetl quarantine list"
        in capsys.readouterr().err
    )
