"""The command line for events of a shop."""

import argparse
import sys
from datetime import UTC, datetime

from generators.argument_values import positive, share
from generators.event_plan import EventPlan, Faults, Funnel
from generators.places import written
from generators.shop_command import moment
from salesetl.errors import ArgumentError

_DESCRIPTION = """\
Write what visitors of a shop do, a file an hour: views, carts, checkouts and orders below
events/YYYY/MM/DD/HH/, as a stream delivers them. An event never changes, and none is dated after
the hour in which it is written but those that --future asks for. _answers/events.json has what a
warehouse must have in the end."""
_STEPS = {
    "cart": "views that put something into the cart",
    "checkout": "carts with a checkout",
    "order": "checkouts with an order",
    "paid": "orders that are paid; others are cancelled",
    "fulfilled": "paid orders that are fulfilled within three days",
}
_FAULTS = {
    "late": "events that arrive hours or days late",
    "duplicates": "events that arrive again",
    "future": "events of a clock that is ten years ahead",
}


def add_events(events: argparse.ArgumentParser) -> None:
    """Add the arguments of events."""
    events.description = _DESCRIPTION
    events.add_argument("--days", type=positive, default=14, help="days of events")
    events.add_argument(
        "--start_at",
        type=moment,
        default=datetime(2025, 1, 1, tzinfo=UTC),
        help="first hour, such as 2025-01-01T00:00:00Z",
    )
    events.add_argument(
        "--customers", type=positive, default=2000, help="customers who visit the shop"
    )
    for name, text in _STEPS.items():
        default = getattr(Funnel, name)
        events.add_argument(
            f"--{name}_rate", type=share, default=default, help=f"share of {text}"
        )
    for name, text in _FAULTS.items():
        events.add_argument(
            f"--{name}", type=share, default=0.0, help=f"share of {text}"
        )
    events.set_defaults(make=_make_events)


def _make_events(arguments: argparse.Namespace) -> None:
    # Imported late, as the names of people are: the other data starts without them.
    from generators.event_stream import write_events

    start = arguments.start_at
    if start != start.replace(minute=0, second=0, microsecond=0):
        raise ArgumentError(
            f"--start_at {start:%Y-%m-%dT%H:%M:%SZ}: is not a full hour"
        )
    if (datetime.max.replace(tzinfo=UTC) - start).days < arguments.days + 4000:
        raise ArgumentError(
            f"--start_at {start:%Y-%m-%d} and --days {arguments.days}: there are no such dates"
        )
    plan = EventPlan(
        start_at=start,
        hours=24 * arguments.days,
        seed=arguments.seed,
        customers=arguments.customers,
        funnel=Funnel(**{name: getattr(arguments, f"{name}_rate") for name in _STEPS}),
        faults=Faults(**{name: getattr(arguments, name) for name in _FAULTS}),
        dirt=arguments.dirt,
    )
    with written(arguments.output_path) as root:
        stream = write_events(plan, root)
    sys.stdout.write(
        f"{arguments.output_path}: {stream.answers.rows_read:,} lines of events,"
        f" {arguments.days:,} days; {100 * plan.funnel.conversion:.2f} % of visits are meant to"
        " end in a paid order\n"
    )
