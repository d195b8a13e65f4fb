"""A failure is one line that a person can act on."""

import pytest

from salesetl.errors import ArgumentError, InputError, exit_status, one_line


@pytest.mark.parametrize(
    ("error", "line", "status"),
    [
        (InputError("sales.csv: no quantity"), "sales.csv: no quantity", 1),
        (ArgumentError("--x: no such argument"), "--x: no such argument", 2),
        (OSError("disk full"), "OSError: disk full", 1),
        (
            RuntimeError("called o1.\n: java.io.IOException: x\n\tat"),
            "RuntimeError: called o1. : java.io.IOException: x",
            1,
        ),
    ],
)
def test_an_error_is_told_in_one_line(error: Exception, line: str, status: int) -> None:
    assert one_line(error) == line
    assert exit_status(error) == status


def test_a_name_with_a_line_break_stays_in_the_line() -> None:
    error = InputError("/in.csv: header has no column 'a' (found: b\nc)")

    assert one_line(error) == "/in.csv: header has no column 'a' (found: b c)"
