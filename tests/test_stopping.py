"""A signal ends what can be cut off, and waits for what cannot."""

import os
import signal
from collections.abc import Iterator
from signal import SIGINT, SIGTERM

import pytest

from salesetl.errors import InputError
from salesetl.stopping import Stopped, check_stopped, shielded, stoppable, stopped_by


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Begin with signals that are listened to, and let them be what they were after each test."""
    before = {number: signal.getsignal(number) for number in (SIGINT, SIGTERM)}
    # A shell has what it runs in the background pass over SIGINT.
    signal.signal(SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def send(number: int = SIGTERM) -> None:
    """Send a signal to this process."""
    os.kill(os.getpid(), number)


@pytest.mark.parametrize(
    ("number", "name", "status"),
    [(SIGTERM, "SIGTERM", 143), (SIGINT, "SIGINT", 130)],
)
def test_a_signal_is_raised_where_it_comes(number: int, name: str, status: int) -> None:
    with pytest.raises(Stopped, match=f"cancelled by {name}") as stopped, stoppable():
        send(number)
        raise AssertionError("went on")

    assert stopped.value.exit_status == status


def test_a_signal_waits_for_the_end_of_a_shield() -> None:
    done = []

    with pytest.raises(Stopped), stoppable():
        with shielded():
            with shielded():
                send()
                done.append("inner")
            done.append("outer")
        done.append("after")

    assert done == ["inner", "outer"]


def test_only_the_first_of_several_signals_is_raised() -> None:
    cleaned = []

    with pytest.raises(Stopped, match="SIGTERM"), stoppable():
        try:
            send()
        finally:
            send(SIGINT)
            cleaned.append(True)

    assert cleaned == [True]


def test_a_signal_that_was_lost_on_its_way_is_raised_at_the_next_check() -> None:
    with stoppable():
        check_stopped()
        with pytest.raises(Stopped):
            send()
        with pytest.raises(Stopped, match="SIGTERM"):
            check_stopped()


def test_an_error_of_our_own_stands_beside_a_signal() -> None:
    with stoppable():
        with pytest.raises(Stopped):
            send()
        assert stopped_by(InputError("broken")) is None
        assert stopped_by(RuntimeError("Query interrupted"))
    assert stopped_by(RuntimeError("later")) is None


def test_handlers_are_as_before_when_nothing_is_listened_to_any_more() -> None:
    before = [signal.getsignal(SIGTERM), signal.getsignal(SIGINT)]

    with stoppable():
        pass

    assert before == [signal.getsignal(SIGTERM), signal.getsignal(SIGINT)]


def test_a_signal_that_is_ignored_stays_so() -> None:
    before = signal.signal(SIGINT, signal.SIG_IGN)
    try:
        with stoppable():
            send(SIGINT)
            assert stopped_by() is None
    finally:
        signal.signal(SIGINT, before)
