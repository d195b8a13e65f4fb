"""Lakes that several tests begin with: made once by the job, and copied for each test."""

import shutil
from collections.abc import Callable
from pathlib import Path

from salesetl.engines.engine import Engine
from tests.jobs.shop import Shop


class Lakes:
    """Shops with a lake, each made once below a folder."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder

    def copy(self, make: Callable[[Shop], object], home: Path) -> Shop:
        """Return a shop at `home` with what `make` does to an empty one.

        Its reports name the deliveries of the first shop, which stay where they are.
        """
        first = self._folder / f"{make.__module__}.{make.__qualname__}"
        if not first.exists():
            first.mkdir()
            make(Shop(self._engine, first))
        shutil.copytree(first, home, dirs_exist_ok=True)
        return Shop(self._engine, home)
