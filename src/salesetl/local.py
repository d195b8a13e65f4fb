"""Chooses, opens and closes the engine of a run on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal

from salesetl.engines.engine import Session
from salesetl.engines.memory import (
    EMBEDDED_INPUT_BYTES,
    embedded_memory_bytes,
    memory_bytes,
)
from salesetl.engines.query_plans import known_from_earlier
from salesetl.errors import SetupError
from salesetl.model.options import option
from salesetl.stopping import listen, shielded
from salesetl.storage import is_local

EngineChoice = Literal["auto", "spark", "duckdb"]


@dataclass(frozen=True, kw_only=True)
class LocalOptions:
    """Options that every job has on this machine."""

    engine: EngineChoice = option(
        "engine of the job; auto takes DuckDB for local input of at most"
        f" {EMBEDDED_INPUT_BYTES // 2**30} GiB and half the memory, and else Spark; jobs on Glue"
        " always run on Spark",
        "auto",
    )
    release: str | None = option(
        "path of the release that runs, as the settings on Glue pass it; the run refuses files that"
        " are not of it",
        None,
    )
    verbose: bool = option("show the stack trace of an error", False)


@contextmanager
def local_engine(
    choice: EngineChoice,
    name: str,
    paths: Sequence[str],
    input_bytes: int,
    *,
    is_verbose: bool = False,
) -> Iterator[Session]:
    """Open the engine that was asked for, or for `auto` the one that suits the input.

    Of Spark it is the session, as the engine on it depends on the run.

    SetupError if it is not installed.
    """
    if _chosen(choice, paths, input_bytes) == "duckdb":
        from salesetl.engines.duckdb import DuckDbEngine

        memory = f"{embedded_memory_bytes() // 2**20}MiB"
        embedded = DuckDbEngine(memory_limit=memory)
        try:
            with known_from_earlier(name):
                yield embedded
        finally:
            with shielded():
                embedded.close()
        return
    try:
        from salesetl.session import local_session, stop_session
    except ImportError as error:
        raise SetupError(
            f"Spark is not installed ({error}): pip install 'salesetl[local]'"
        ) from error
    spark = local_session(name, input_bytes, is_verbose=is_verbose)
    try:
        # Spark has taken SIGINT for itself.
        listen()
        with known_from_earlier(name) if _has_duckdb() else nullcontext():
            yield spark
    finally:
        with shielded():
            stop_session(spark)


def _chosen(choice: EngineChoice, paths: Sequence[str], input_bytes: int) -> str:
    remote = [path for path in paths if not is_local(path)]
    if choice == "duckdb":
        if not _has_duckdb():
            raise SetupError(
                "DuckDB is not installed: pip install 'salesetl[embedded]'"
            )
        return "duckdb"
    # spark-submit has started Spark already.
    is_submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    is_small = input_bytes <= min(EMBEDDED_INPUT_BYTES, memory_bytes() // 2)
    if choice == "auto" and _has_duckdb() and is_small and not (remote or is_submitted):
        return "duckdb"
    return "spark"


def _has_duckdb() -> bool:
    return bool(find_spec("duckdb") and find_spec("sqlframe"))
