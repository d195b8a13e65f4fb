"""Many files are worked on at once, and an error of one is not lost."""

import threading

import pytest

from salesetl.storage.at_once import each_at_once


def test_what_is_found_comes_in_the_order_of_what_was_asked() -> None:
    both_begun = threading.Barrier(2)

    def double(number: int) -> int:
        both_begun.wait(timeout=10)
        return 2 * number

    found = each_at_once(double, [3, 1], workers=2)

    assert found == [6, 2]


def test_after_an_error_what_has_not_begun_is_left() -> None:
    begun = []

    def fail_at_two(number: int) -> None:
        begun.append(number)
        if number == 2:
            raise ZeroDivisionError
        # The pool must have time to be told.
        may_go_on.wait(timeout=0.2)

    may_go_on = threading.Event()

    with pytest.raises(ZeroDivisionError):
        each_at_once(fail_at_two, range(1000), workers=1)

    assert begun[:3] == [0, 1, 2]
    assert len(begun) < 10


def test_what_has_begun_is_done_when_the_error_is_raised() -> None:
    both_begun = threading.Barrier(2)
    done = []

    def work(number: int) -> None:
        both_begun.wait(timeout=10)
        if number == 0:
            raise ZeroDivisionError
        threading.Event().wait(timeout=0.2)
        done.append(number)

    with pytest.raises(ZeroDivisionError):
        each_at_once(work, [0, 1], workers=2)

    assert done == [1]
