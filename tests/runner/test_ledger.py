"""A run reads only the files that no run has loaded, and says what became of the others."""

import logging
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from salesetl.destinations.ledger import LoadedFile, ledger_path, read_ledger
from salesetl.engines.engine import Engine
from salesetl.errors import InputError, QualityError
from salesetl.mapping.fingerprint import earlier_fingerprint
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from salesetl.pipelines.sales.pipeline import SALES
from salesetl.quarantine import read_rejected, write_records
from salesetl.runner import finding
from salesetl.runs import RunReport
from salesetl.storage import Storage, StoredFile, storage_of
from salesetl.storage.disk import LocalStorage
from tests.jobs.shop import Shop, sale

LONG_AGO = 1_750_000_000


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Shop:
    """Open a shop in an empty folder."""
    return Shop(engine, tmp_path)


def deliver(shop: Shop, name: str, *sales: dict[str, str]) -> Path:
    """Deliver a file that was written long ago, so that its time can be trusted."""
    file = shop.deliver(f"raw/{name}", sales) / "sales.csv"
    os.utime(file, (LONG_AGO, LONG_AGO))
    return file


def load(shop: Shop, **options: Any) -> RunReport:
    """Load the new files of all deliveries."""
    path = options.pop("sales_path", shop.home / "raw")
    return shop.load(path, **{"input_mode": "new", **options})


def files(report: RunReport) -> dict[str, int]:
    """Return what a report says of files, where it is not nothing."""
    told = report.as_dict().items()
    return {name: n for name, n in told if name.startswith("files_") and n}


def ledger(shop: Shop) -> dict[str, LoadedFile]:
    """Return what the ledger has of files of sales, by their places in the shop."""
    root = str(shop.home / "lake")
    found = read_ledger(storage_of(root), root, "sales").of("sales")
    return {str(Path(each.path).relative_to(shop.home / "raw")): each for each in found}


def table_files(shop: Shop) -> set[tuple[str, int]]:
    """Return all data files of the lake, with their times."""
    found = (shop.home / "lake").rglob("*.parquet")
    return {(str(path), path.stat().st_mtime_ns) for path in found}


def test_a_file_is_loaded_once(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "salesetl")
    deliver(shop, "day_1", sale(1), sale(2))
    first = load(shop)
    deliver(shop, "day_2", sale(3))
    second = load(shop)
    before = table_files(shop)

    third = load(shop)

    assert (first.rows_read, second.rows_read, third.rows_read) == (2, 1, 0)
    # The file of customers is read beside those of sales.
    assert files(first) == {"files_read": 2, "files_new": 1}
    assert files(second) == {"files_read": 2, "files_new": 1, "files_known": 1}
    assert files(third) == {"files_known": 2}
    assert third.status == "succeeded"
    assert "sales: no new file among 2; nothing to load" in caplog.text
    assert table_files(shop) == before
    assert shop.ids() == ["T1", "T2", "T3"]


def test_the_ledger_says_which_run_loaded_which_file(shop: Shop) -> None:
    file = deliver(shop, "day_1", sale(1))
    load(shop, run_id="first")

    [entry] = ledger(shop).values()

    assert (entry.path, entry.size) == (str(file), file.stat().st_size)
    assert (entry.run_id, entry.profile, entry.is_gone) == ("first", "", False)
    assert len(entry.content) == 64
    assert entry.modified_at == "2025-06-15T15:06:40.000000000Z"


def test_a_run_that_reads_all_files_enters_them_too(shop: Shop) -> None:
    deliver(shop, "day_1", sale(1))
    load(shop, input_mode="all")

    assert files(load(shop)) == {"files_known": 1}


def test_a_touched_file_is_known_and_one_with_other_content_is_not(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    file = deliver(shop, "day_1", sale(1), sale(2))
    load(shop)
    os.utime(file)
    touched = load(shop)
    deliver(shop, "day_1", sale(1, region="South"))
    changed = load(shop)

    assert files(touched) == {"files_known": 1}
    assert files(changed) == {"files_read": 2, "files_changed": 1}
    assert f"1 loaded files have changed and are loaded again, for example {file};" in (
        caplog.text
    )
    # A row that is no longer in a file stays.
    regions = {
        row["transaction_id"]: row["region"] for row in shop.rows(ENRICHED_SALES)
    }
    assert regions == {"T1": "South", "T2": "North"}


def test_other_content_of_the_same_size_within_a_tick_is_seen(shop: Shop) -> None:
    file = deliver(shop, "day_1", sale(1, quantity="2"))
    os.utime(file)
    load(shop)
    moment = file.stat().st_mtime_ns
    shop.deliver("raw/day_1", [sale(1, region="South")])
    os.utime(file, ns=(moment, moment))

    assert files(load(shop)) == {"files_read": 2, "files_changed": 1}


def test_content_is_not_read_where_size_and_time_are_as_they_were(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(shop, "day_1", sale(1))
    deliver(shop, "day_2", sale(2))
    load(shop)
    read: list[str] = []
    digest = LocalStorage.content_id

    def noted(storage: LocalStorage, file: StoredFile) -> str:
        read.append(file.path)
        return digest(storage, file)

    monkeypatch.setattr(LocalStorage, "content_id", noted)
    third = deliver(shop, "day_3", sale(3))
    load(shop)

    assert [path for path in read if "raw" in path] == [str(third)]


def test_a_renamed_file_is_known_and_keeps_its_version(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    file = deliver(shop, "day_1", sale(1, region="West"), sale(2))
    deliver(shop, "day_2", sale(1, region="South"))
    load(shop)
    file.parent.rename(shop.home / "raw/day_3")
    renamed = load(shop)

    assert files(renamed) == {"files_known": 1, "files_renamed": 1}
    assert f"for example {file} to {shop.home}/raw/day_3/sales.csv" in caplog.text
    assert {row["region"] for row in shop.rows(ENRICHED_SALES)} == {"North", "South"}
    entry = ledger(shop)["day_3/sales.csv"]
    assert entry.first_path == str(file)
    assert list(ledger(shop)) == ["day_2/sales.csv", "day_3/sales.csv"]
    assert files(load(shop)) == {"files_known": 2}


def test_a_copy_of_a_file_is_a_delivery_of_its_own(shop: Shop) -> None:
    first = sale(1, region="West")
    deliver(shop, "day_1", first)
    deliver(shop, "day_2", sale(1, region="South"))
    load(shop)
    deliver(shop, "day_3", first)

    assert files(load(shop)) == {"files_read": 2, "files_new": 1, "files_known": 2}
    assert [row["region"] for row in shop.rows(ENRICHED_SALES)] == ["West"]


def test_a_file_that_vanished_is_told_once(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    file = deliver(shop, "day_1", sale(1))
    deliver(shop, "day_2", sale(2))
    shop.load(deliver(shop, "other", sale(3)))
    (shop.home / "raw/other/sales.csv").rename(shop.home / "elsewhere.csv")
    load(shop, sales_path=shop.home / "raw/day_*")
    file.unlink()
    first = load(shop, sales_path=shop.home / "raw/day_*")
    again = load(shop, sales_path=shop.home / "raw/day_*")
    deliver(shop, "day_1", sale(1))
    back = load(shop, sales_path=shop.home / "raw/day_*")

    # The one beside them was not asked for.
    assert files(first) == {"files_known": 1, "files_vanished": 1}
    assert f"are not there any more, for example {file};" in caplog.text
    assert files(again) == {"files_known": 1}
    assert files(back) == {"files_known": 2}
    assert shop.ids() == ["T1", "T2", "T3"]


def test_a_folder_that_was_emptied_after_the_load_is_no_error(shop: Shop) -> None:
    file = deliver(shop, "day_1", sale(1))
    load(shop)
    file.unlink()

    assert files(load(shop)) == {"files_vanished": 1}
    with pytest.raises(InputError, match="there are no files; check the path"):
        load(shop, sales_path=shop.home / "row")


def test_a_file_of_which_only_some_days_were_loaded_stays_new(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    # A copy of a row that is out of range is out of range as well.
    file = deliver(shop, "day_1", sale(1), sale(20))
    deliver(shop, "day_2", sale(20))
    deliver(shop, "day_3", sale(3))
    part = load(shop, end_date=date(2025, 9, 10))
    assert shop.ids() == ["T1", "T3"]
    assert list(ledger(shop)) == ["day_3/sales.csv"]

    rest = load(shop)

    assert part.files_loaded_in_part == 2
    assert f"for example {file}; they stay new" in caplog.text
    assert files(rest) == {"files_read": 3, "files_new": 2, "files_known": 1}
    assert shop.ids() == ["T1", "T20", "T3"]


def test_a_known_file_stays_known_when_some_of_its_days_are_loaded_again(
    shop: Shop,
) -> None:
    deliver(shop, "day_1", sale(1), sale(20))
    load(shop, run_id="whole")
    load(shop, input_mode="all", end_date=date(2025, 9, 10))

    assert ledger(shop)["day_1/sales.csv"].run_id == "whole"
    assert files(load(shop)) == {"files_known": 1}


def test_a_replacement_reads_all_files(shop: Shop) -> None:
    deliver(shop, "day_1", sale(1))
    deliver(shop, "day_2", sale(2))
    load(shop)
    days = {"start_date": date(2025, 9, 1), "end_date": date(2025, 9, 30)}

    report = load(shop, write_mode="replace", **days)

    assert (report.rows_read, report.rows_loaded) == (2, 2)
    assert shop.ids() == ["T1", "T2"]


def test_a_failed_run_enters_nothing(shop: Shop) -> None:
    deliver(shop, "day_1", sale(1), sale(2, quantity="x"))
    with pytest.raises(QualityError):
        load(shop, max_rejected_ratio=0.1)

    assert ledger(shop) == {}
    assert load(shop).rows_loaded == 1


def test_a_replay_leaves_the_ledger_alone(shop: Shop) -> None:
    deliver(shop, "day_1", sale(1), sale(2, quantity="x"))
    load(shop, run_id="first")
    before = ledger(shop)
    root, fixes = str(shop.home / "lake"), shop.home / "fixes"
    [records] = write_records(
        read_rejected(storage_of(root), root, SALES, "first"), str(fixes)
    )
    Path(records).write_text(Path(records).read_text().replace("x,10.50", "2,10.50"))

    # The arguments of the first run stand, so only new files are asked for.
    report = load(shop, sales_path=fixes, replay_of="first")

    assert report.rows_loaded == 1
    assert ledger(shop) == before
    assert shop.ids() == ["T1", "T2"]


def test_customers_that_come_after_all_sales_are_added_if_asked_for(
    shop: Shop,
) -> None:
    nobody = shop.home / "nobody.json"
    nobody.write_text('{"customer_id": "C9"}\n')
    deliver(shop, "day_1", sale(1))
    load(shop, customers_path=nobody)
    load(shop)
    assert [row["membership_tier"] for row in shop.rows(ENRICHED_SALES)] == [None]

    report = load(shop, refresh_customers=True)

    assert report.rows_read == 0
    assert [row["membership_tier"] for row in shop.rows(ENRICHED_SALES)] == ["Gold"]


def test_files_of_another_profile_are_told_and_not_loaded_again(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    profile = shop.home / "profile.toml"
    profile.write_text('nulls = ["-"]\n')
    file = deliver(shop, "day_1", sale(1, region="-"))
    load(shop)
    told = load(shop, source_profile=str(profile))
    assert files(told) == {"files_known": 1, "files_of_other_profile": 1}
    assert f"for example {file}; to load them with this one, run once with" in (
        caplog.text
    )

    load(shop, source_profile=str(profile), input_mode="all")

    assert [row["region"] for row in shop.rows(ENRICHED_SALES)] == [None]
    again = load(shop, source_profile=str(profile))
    assert files(again) == {"files_known": 1}


def test_a_profile_that_a_ledger_has_by_its_earlier_fingerprint_is_no_other(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = shop.home / "profile.toml"
    profile.write_text('[columns]\nregion = "region"\nproduct = "product"\n')
    deliver(shop, "day_1", sale(1))
    with monkeypatch.context() as before:
        before.setattr(finding, "fingerprint", earlier_fingerprint)
        load(shop, source_profile=str(profile))

    told = load(shop, source_profile=str(profile))

    assert files(told) == {"files_known": 1}


def test_a_ledger_that_is_none_is_refused_with_the_remedy(shop: Shop) -> None:
    deliver(shop, "day_1", sale(1))
    load(shop)
    path = ledger_path(str(shop.home / "lake"), "sales")
    Path(path).write_bytes(b"{")

    with pytest.raises(InputError, match=f"{path}: is not a ledger .*--input_mode all"):
        load(shop)


def test_on_s3_files_are_known_by_their_etags_without_reading_them(
    shop: Shop, s3_root: str
) -> None:
    storage: Storage = storage_of(s3_root)

    def put(name: str, *sales: dict[str, str]) -> None:
        file = shop.deliver("local", sales) / "sales.csv"
        storage.write(f"{s3_root}/raw/{name}.csv", file.read_bytes())

    def load_s3(scheme: str = "s3") -> RunReport:
        raw = f"{scheme}{s3_root.removeprefix('s3')}/raw"
        return shop.load(raw, input_mode="new")

    put("day_1", sale(1))
    put("day_2", sale(2))
    reports = [load_s3()]
    put("day_1", sale(1))
    put("day_2", sale(2, region="South"))
    storage.write(f"{s3_root}/raw/day_0.csv", storage.read(f"{s3_root}/raw/day_1.csv"))
    storage.delete(f"{s3_root}/raw/day_1.csv")
    reports += [load_s3(), load_s3("s3a")]

    assert [files(report) for report in reports] == [
        {"files_read": 3, "files_new": 2},
        {"files_read": 2, "files_changed": 1, "files_renamed": 1},
        {"files_known": 2},
    ]
