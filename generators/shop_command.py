"""The command line for the shop."""

import argparse
import sys
from datetime import UTC, datetime

from generators.argument_values import positive
from salesetl.errors import ArgumentError, PlaceError
from salesetl.stopping import stoppable
from salesetl.storage import join, normalized, storage_of
from salesetl.storage.at_once import each_at_once

_DESCRIPTION = """\
Write users and products as a JSON object a file, then sell: sales are written as JSON lines below
shop/sales/date=DATE/, 100 at a time or what there is after 60 seconds. A stop (Ctrl-C, SIGTERM)
writes what is buffered. Several producers may write to the same place, and start again: no order
has the id of another. The first one with a seed in an empty place makes the same files again.
_answers/ has the revenue of each date, and the sales that are faulty."""


def add_shop(shop: argparse.ArgumentParser) -> None:
    """Add the arguments of the shop."""
    shop.description = _DESCRIPTION
    shop.add_argument(
        "--records", type=positive, help="sales to make; without it, until stopped"
    )
    shop.add_argument(
        "--rate",
        type=rate,
        default=1.0,
        help="sales a second; 0 or max: as fast as possible",
    )
    shop.add_argument(
        "--start_time",
        type=moment,
        help="time of the first sale; the others follow by the rate, without waiting (at rate 0"
        " one a second); needs --records. Without it, sales have the time at which they are made",
    )
    shop.add_argument(
        "--kept_path",
        default="data/kept",
        help="folder on this machine for sales that cannot be written",
    )
    shop.set_defaults(make=_make_shop)


def _make_shop(arguments: argparse.Namespace) -> None:
    start, records = arguments.start_time, arguments.records
    if start and not records:
        raise ArgumentError("--start_time needs --records, the number of sales to make")
    # As fast as possible, given times are those of one sale a second.
    step = 1 / arguments.rate if arguments.rate else float(start is not None)
    if start:
        _check_times(start, records * step)
    with stoppable():
        _sell(arguments, step)


def _check_times(start: datetime, seconds: float) -> None:
    if seconds > (datetime.max.replace(tzinfo=UTC) - start).total_seconds():
        raise ArgumentError(
            f"--start_time {start:%Y-%m-%dT%H:%M:%SZ}: the last sales would be after the year 9999;"
            " choose an earlier time, a higher --rate or fewer --records"
        )


def _sell(arguments: argparse.Namespace, step: float) -> None:
    # Imported late, as the names of people are: the other data starts without them.
    from generators.shop_batches import ShopFiles
    from generators.shop_catalogue import make_shop_catalogue
    from generators.shop_clock import LiveClock, SteppedClock
    from generators.shop_producer import ShopProducer
    from generators.shop_sales import ShopSales
    from generators.shop_sessions import claim_session

    root, start = normalized(arguments.output_path), arguments.start_time
    session = claim_session(root, arguments.seed)
    catalogue = make_shop_catalogue(session.catalogue_seed)
    _write_missing(join(root, "shop"), catalogue.files)
    sales = ShopSales(arguments.seed, session.number, catalogue.cents, arguments.dirt)
    files = ShopFiles(root, arguments.kept_path, session.token)
    clock = SteppedClock(start) if start else LiveClock()
    producer = ShopProducer(sales, files, clock, session.number)
    stopped = producer.run(arguments.records, step)
    sys.stdout.write(
        f"{arguments.output_path}: {producer.sales_written:,} sales written\n"
    )
    if files.files_kept:
        raise PlaceError(
            f"{producer.sales_kept:,} sales are not in {root}, but in {files.kept_folder}; copy"
            f" what is in that folder to {root} when it can be written again"
        )
    if stopped and arguments.records:
        raise stopped


def _write_missing(root: str, files: dict[str, bytes]) -> None:
    """Write the files that are not there; an earlier start may have been cut off."""
    storage = storage_of(root)
    there = {
        file.path
        for folder in ("users", "products")
        for file in storage.files(join(root, folder))
    }
    paths = {join(root, below): content for below, content in files.items()}
    each_at_once(
        lambda path: storage.write(path, paths[path]),
        [path for path in paths if path not in there],
    )


def rate(text: str) -> float:
    """Read a rate; 0 stands for as fast as possible."""
    found = 0.0 if text == "max" else float(text)
    if not 0 <= found < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number of at least 0")
    return found


def moment(text: str) -> datetime:
    """Read a moment, in UTC where no zone is given."""
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
