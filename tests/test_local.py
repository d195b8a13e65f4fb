"""A run on this machine takes the engine that suits it, or the one it is told to take."""

from pathlib import Path

import pytest

from salesetl import local
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.engines.memory import EMBEDDED_INPUT_BYTES
from salesetl.errors import SetupError
from salesetl.local import EngineChoice, local_engine


def chosen(choice: EngineChoice, *paths: str, size: int = 0) -> str:
    """Name the engine that is chosen."""
    return local._chosen(choice, paths, size)


def test_local_input_up_to_the_limit_is_for_the_embedded_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(local, "memory_bytes", lambda: 4 * EMBEDDED_INPUT_BYTES)

    assert chosen("auto", "/in", size=EMBEDDED_INPUT_BYTES) == "duckdb"
    assert chosen("auto", "/in", size=EMBEDDED_INPUT_BYTES + 1) == "spark"
    assert chosen("auto", "/in", "s3://lake/out") == "spark"
    assert chosen("spark", "/in") == "spark"
    assert chosen("duckdb", "s3://in", "s3://lake/out") == "duckdb"


def test_input_above_half_the_memory_is_for_spark(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(local, "memory_bytes", lambda: 2000)

    assert chosen("auto", "/in", size=1000) == "duckdb"
    assert chosen("auto", "/in", size=1001) == "spark"


def test_under_spark_submit_spark_is_there_already(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYSPARK_GATEWAY_PORT", "1")

    assert chosen("auto", "/in") == "spark"
    assert chosen("duckdb", "/in") == "duckdb"


def test_spark_is_taken_where_duckdb_is_not_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(local, "find_spec", lambda _: None)

    assert chosen("auto", "/in") == "spark"
    with pytest.raises(SetupError, match=r"pip install 'salesetl\[embedded\]'"):
        chosen("duckdb", "/in")


def test_the_embedded_engine_is_closed_whatever_happens() -> None:
    with pytest.raises(ZeroDivisionError):
        with local_engine("duckdb", "job", ["/in"], 0) as engine:
            assert isinstance(engine, DuckDbEngine)
            scratch = Path(engine._scratch.name)
            raise ZeroDivisionError

    assert not scratch.exists()
