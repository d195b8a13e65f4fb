"""SQLFrame knows one session in a process; engines share it in turn."""

from collections.abc import Iterator
from threading import Event, Thread

import duckdb
import pytest
from sqlframe.base.session import _BaseSession

from salesetl.engines.planner import Planner


@pytest.fixture
def planners() -> Iterator[list[Planner]]:
    """Planners of two databases."""
    with duckdb.connect() as one, duckdb.connect() as other:
        yield [Planner(one), Planner(other)]


def test_the_session_of_somebody_else_is_given_back(planners: list[Planner]) -> None:
    one, other = planners

    def session() -> object:
        return _BaseSession._instance

    before = session()
    sessions = one.made(lambda: [session(), other.made(session), session()])

    assert sessions[0] is sessions[2] is not sessions[1]
    assert session() is before


def test_two_threads_plan_one_after_the_other(planners: list[Planner]) -> None:
    one, other = planners
    is_planned = Event()
    thread = Thread(target=lambda: other.made(is_planned.set))

    def meanwhile() -> bool:
        thread.start()
        return is_planned.wait(0.2)

    assert not one.made(meanwhile)
    thread.join()
    assert is_planned.is_set()
