"""Whatever happens to producers, no id comes twice and no sale is lost that was acknowledged."""

import multiprocessing
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from generators import shop_batches
from generators.shop_batches import ShopFiles
from generators.shop_catalogue import make_shop_catalogue
from generators.shop_clock import LiveClock
from generators.shop_producer import ShopProducer
from generators.shop_sales import ShopSales
from generators.shop_sessions import claim_session
from salesetl.stopping import stoppable
from salesetl.storage import Storage, storage_of
from tests.faults import Proxy
from tests.generators.shop_files import STEPPED, ShopFolder, answers_of, sell

ACKNOWLEDGED = re.compile(
    r"^(shop/sales/\S+): (\d+) sales, (\S+) to (\S+)$", re.MULTILINE
)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a producer lose patience soon."""
    monkeypatch.setattr(shop_batches, "_PAUSES", (0.001, 0.002))


def test_sixty_starts_give_no_id_twice(tmp_path: Path) -> None:
    for number in range(60):
        sell(tmp_path, *STEPPED, f"--records={1 + number % 3}")

    folder = ShopFolder(tmp_path)
    folder.check_ids()
    assert len(folder.sales) == sum(1 + number % 3 for number in range(60))


@pytest.mark.parametrize("kind", ["disk", "s3"])
def test_producers_at_once_have_numbers_of_their_own(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    root = str(tmp_path) if kind == "disk" else request.getfixturevalue("s3_root")

    with ThreadPoolExecutor(4) as pool:
        claimed = list(pool.map(lambda seed: claim_session(root, seed), range(24)))

    assert sorted(each.number for each in claimed) == list(range(1, 25))
    assert len({each.token for each in claimed}) == 24
    [first] = [seed for seed, each in enumerate(claimed) if each.number == 1]
    assert {each.catalogue_seed for each in claimed} == {first}


def test_a_number_that_was_damaged_is_not_guessed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "_producers.json").write_text('{"number": 3')

    with pytest.raises(SystemExit) as stopped:
        sell(tmp_path, "--records=1")

    assert stopped.value.code == 1
    assert "is not as a producer has written it" in capsys.readouterr().err


@pytest.mark.usefixtures("hasty")
def test_what_cannot_be_written_is_kept_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, kept = tmp_path / "out", tmp_path / "kept"
    out.mkdir()
    # Nothing can be written below a file.
    (out / "shop").mkdir()
    (out / "shop" / "sales").write_text("")

    with pytest.raises(SystemExit) as stopped:
        sell(out, *STEPPED, "--records=130", f"--kept_path={kept}")

    told = capsys.readouterr()
    assert stopped.value.code == 1
    assert not ACKNOWLEDGED.search(told.out)
    assert [line.split(":")[0] for line in told.err.splitlines()] == ["generators"] * 4
    [folder] = kept.iterdir()
    assert told.err.splitlines()[-1] == (
        f"generators: error: 130 sales are not in {out}, but in {folder}; copy what is in that"
        f" folder to {out} when it can be written again"
    )
    (out / "shop" / "sales").unlink()
    shutil.copytree(folder, out, dirs_exist_ok=True)
    sold = ShopFolder(out).sales
    assert {sale["order_id"] for sale in sold} == {
        f"SHOP-00001-{number:08}" for number in range(1, 131)
    }
    assert answers_of(out)["rows_read"] == 0


def test_a_write_that_fails_at_first_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shop_batches, "_PAUSES", (0.1,) * 300)
    (tmp_path / "shop").mkdir()
    obstacle = tmp_path / "shop" / "sales"
    obstacle.write_text("")

    timer = threading.Timer(0.3, obstacle.unlink)
    timer.start()
    sell(tmp_path, *STEPPED, "--records=130", f"--kept_path={tmp_path / 'kept'}")
    timer.join()

    assert len(ShopFolder(tmp_path).sales) == 130
    assert not (tmp_path / "kept").exists()
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("hasty")
def test_what_s3_refuses_is_kept_too(
    tmp_path: Path,
    s3_root: str,
    s3_proxy: Proxy,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tried = []

    def fault(number: int, request: str) -> str | None:
        if request.startswith("PUT ") and "0000001.json" in request:
            tried.append(request)
            return "forbidden"
        return None

    s3_proxy.fault = fault

    with pytest.raises(SystemExit) as stopped:
        sell(s3_root, *STEPPED, "--records=130", f"--kept_path={tmp_path}")

    assert stopped.value.code == 1
    assert len(tried) == 3
    [kept] = tmp_path.iterdir()
    lost, written = ShopFolder(kept).sales, ShopFolder(s3_root).sales
    assert (len(lost), len(written)) == (60, 70)
    ids = {sale["order_id"] for sale in [*lost, *written]}
    assert len(ids) == 130
    assert capsys.readouterr().err.count("\n") == 2


def started(root: Path, *words: str) -> subprocess.Popen[str]:
    """Start a producer in a process of its own, whose seed is that of all others."""
    return subprocess.Popen(
        [sys.executable, "-m", "generators", "shop", f"--output_path={root}", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def check_acknowledged(folder: ShopFolder, output: str) -> int:
    """See that all that a producer has acknowledged is there; return how many sales."""
    batches = folder.batches
    total = 0
    for path, count, first, last in ACKNOWLEDGED.findall(output):
        ids = [sale["order_id"] for sale in batches[path]]
        assert (len(ids), ids[0], ids[-1]) == (int(count), first, last)
        total += len(ids)
    return total


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_writes_what_is_buffered(tmp_path: Path, number: int) -> None:
    producer = started(tmp_path, "--rate=300")
    assert producer.stdout
    first = producer.stdout.readline()

    producer.send_signal(number)
    rest, error = producer.communicate()

    folder = ShopFolder(tmp_path)
    folder.check_ids()
    written = check_acknowledged(folder, first + rest)
    assert (producer.returncode, error) == (0, "")
    assert rest.endswith(f": {written:,} sales written\n")
    assert written == len(folder.sales) == answers_of(tmp_path)["rows_read"]
    ids = sorted(sale["order_id"] for sale in folder.sales)
    assert ids == [f"SHOP-00001-{each:08}" for each in range(1, written + 1)]


@pytest.mark.slow
def test_a_stop_before_all_are_made_is_no_success(tmp_path: Path) -> None:
    producer = started(tmp_path, "--rate=300", "--records=100000")
    assert producer.stdout
    producer.stdout.readline()

    producer.terminate()
    _, error = producer.communicate()

    assert producer.returncode == 128 + signal.SIGTERM
    assert error == "generators: cancelled by SIGTERM\n"


# Its processes begin where all is imported, and so at once.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__, "generators.shop_producer", "faker"])


def produce(root: Path, output: Path) -> None:
    """Be a producer that writes what it says to a file."""
    with output.open("w") as sys.stdout:
        sell(root, "--rate=2000")


def produce_until_written(root: Path) -> None:
    """Be a producer that is to stop while it writes its first batch."""

    class Files(ShopFiles):
        def write(self, below: str, content: bytes) -> bool:
            os.kill(os.getpid(), signal.SIGTERM)
            return super().write(below, content)

    prices = make_shop_catalogue(42).cents
    files = Files(str(root), str(root), "token")
    with stoppable():
        ShopProducer(ShopSales(42, 1, prices, 0), files, LiveClock(), 1).run(None, 0)


def produce_in_vain(root: Path, output: Path) -> None:
    """Be a producer that waits for long where it cannot write."""

    def pauses() -> Iterator[float]:
        (root / "writing").write_text("now")
        yield from (3600.0,) * 4

    def attempted(path: str) -> Storage:
        with (root / "attempts").open("a") as attempts:
            attempts.write(f"{path}\n")
        return storage_of(path)

    setattr(shop_batches, "_PAUSES", pauses())
    setattr(shop_batches, "storage_of", attempted)
    with output.open("w") as sys.stderr:
        sell(root, "--rate=2000", f"--kept_path={root}/kept")


@pytest.mark.slow
def test_a_stop_during_a_write_lets_it_end(tmp_path: Path) -> None:
    producer = FORKS.Process(target=produce_until_written, args=(tmp_path,))
    producer.start()
    producer.join()

    assert len(ShopFolder(tmp_path).sales) == 100
    assert answers_of(tmp_path)["rows_read"] == 100


@pytest.mark.slow
def test_a_stop_waits_for_no_further_attempt(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "sales").write_text("")
    producer = FORKS.Process(target=produce_in_vain, args=(tmp_path, tmp_path / "err"))
    producer.start()
    wait_for_content(tmp_path / "writing")

    producer.terminate()
    # An hour less than the pause.
    producer.join(60)
    producer.kill()

    assert producer.exitcode == 1
    attempts = (tmp_path / "attempts").read_text().splitlines()
    assert sum("/shop/sales/" in path for path in attempts) <= 2
    [kept] = (tmp_path / "kept").iterdir()
    assert len(ShopFolder(kept).sales) > 0
    assert "sales are not in" in (tmp_path / "err").read_text()


def wait_for_content(file: Path) -> None:
    """Wait until something is in a file."""
    for _ in range(30_000):
        if file.exists() and file.stat().st_size:
            return
        time.sleep(0.002)
    raise AssertionError(f"{file} stays empty")


@pytest.mark.slow
def test_fifty_stops_and_ten_kills_lose_nothing_acknowledged(tmp_path: Path) -> None:
    root, luck = tmp_path / "out", random.Random(7)
    ends = [signal.SIGTERM, signal.SIGINT] * 25 + [signal.SIGKILL] * 10
    luck.shuffle(ends)

    # Two at once, so that they also claim their numbers and write at the same time.
    for first in range(0, len(ends), 2):
        outputs = [tmp_path / f"{first + place}.out" for place in range(2)]
        producers = [
            FORKS.Process(target=produce, args=(root, each)) for each in outputs
        ]
        for producer, output in zip(producers, outputs):
            producer.start()
            # Some end while they start, the others at any time after their first batch.
            if luck.random() < 0.8:
                wait_for_content(output)
        for producer, number in zip(producers, ends[first:]):
            time.sleep(luck.random() * 0.1)
            assert producer.pid
            os.kill(producer.pid, number)
        for producer in producers:
            producer.join()

    folder = ShopFolder(root)
    folder.check_ids()
    told = [output.read_text() for output in tmp_path.glob("*.out")]
    acknowledged = sum(check_acknowledged(folder, each) for each in told)
    assert 60 * 0.7 * 100 < acknowledged <= len(folder.sales)
    sessions = {sale["order_id"][:10] for sale in folder.sales}
    assert 60 * 0.7 < len(sessions) <= 60
    users = folder.objects("users").values()
    assert {user["user_id"] for user in users} == set(range(1000, 1100))
    assert len(users) == 100
