"""What is run again on Spark 4 is all that its environment could change."""

import re

import pytest

from tests.environments import LIBRARIES, versions


def test_other_versions_are_of_libraries_whose_tests_are_run_again() -> None:
    one, other = versions("venv.txt"), versions("venv-spark4.txt")

    differing = {name for name in one.keys() & other if one[name] != other[name]}

    assert {"numpy", "pyarrow", "pyspark"} <= differing <= LIBRARIES


def test_tests_that_import_such_a_library_are_run_again(
    request: pytest.FixtureRequest,
) -> None:
    names = "|".join([*LIBRARIES, "generators", "benchmarks"])
    importing = re.compile(rf"^ *(from|import) ({names})\b", re.MULTILINE)

    left_out = {
        item.nodeid
        for item in request.session.items
        if importing.search(item.path.read_text())
        and not item.get_closest_marker("both_sparks")
    }

    assert left_out == set()
