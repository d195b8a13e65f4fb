"""What engines have in common that compute rows themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from salesetl.engines.engine import Engine


class OwnRows:
    """An engine that is its own row engine."""

    @property
    def row_engine(self: Engine) -> Engine:
        """The engine for what is done row by row."""
        return self

    @property
    def whole(self: Engine) -> Engine:
        """The engine for files that are read at once."""
        return self

    def taken(self, frame: DataFrame, folder: str) -> DataFrame:
        """Return a frame of this engine as it is."""
        return frame

    def end_work(self) -> None:
        """Do nothing: all temporary files are below the folder of the run, or end with this."""
