"""The protocol of an engine; everything else is the PySpark DataFrame API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from salesetl.engines.delimited import TextFormat
from salesetl.engines.work import Work
from salesetl.model.shapes import text_names
from salesetl.model.table import Table
from salesetl.model.types import T
from salesetl.storage import StoredFile

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


# Stands between the names of columns in a text of several.
NAME_SEPARATOR = "\x1f"


def risky_number(schema: T.StructType) -> str:
    """Pattern of what a JSON object may hold that has a number of which a double is not the text.

    Engines make doubles of numbers with a fraction on their way to text. One of few digits keeps
    its value, which is enough but for a column that is text.
    """
    names = "|".join(text_names(schema))
    return f'"({names})"[ \t]*:[ \t]*-?[0-9]+[.eE]|[0-9.]{{17}}'


class Engine(Protocol):
    """Reads, computes and writes frames.

    `functions` names the module of its column functions. `quotient` is SQL for the quotient of two
    decimals, exact to six decimals, and null where the second is zero.
    """

    functions: str
    quotient: str

    @property
    def row_engine(self) -> Engine:
        """The engine for what is done row by row, from reading to judging; it may be this one.

        Its frames are for `checkpoint` of this one.
        """

    @property
    def whole(self) -> Engine:
        """The engine for small files that are read at once; its frames are joined with these."""

    def taken(self, frame: DataFrame, folder: str) -> DataFrame:
        """Return the rows of a small frame of the engine that this is the row engine of."""

    def facts(self) -> dict[str, Any]:
        """Describe the engine for the run report."""

    def work_in(self, folder: str) -> None:
        """Keep temporary files below a folder; the folder is deleted when the run ends."""

    def end_work(self) -> None:
        """Remove temporary files that are elsewhere; the run has ended."""

    def read_records(self, paths: Sequence[str], text: TextFormat) -> DataFrame:
        """Read delimited files as `_record`, the text of a record, and `_source_file`.

        Adds `_fields`, its fields with their quotes; none when a quote is out of place; whether it
        `_is_quoted`, with a quote anywhere, and `_is_plain`, as `characters.is_plain` says; and its
        `_place` in its file, if records are to be ordered. If asked for, `_first_fields` are its
        fields as well, but of a record without any those that stand before the fault.
        """

    def read_json_lines(
        self, paths: Sequence[str], schema: T.StructType, *, is_ordered: bool = False
    ) -> DataFrame:
        """Read one JSON object a line as text columns, `_record` and `_source_file`.

        A list of structs stays one, with texts in it. Adds `_is_well_formed`, false for a line that
        is not a JSON object, and of those that are: `_has_key_twice`; `_has_other_kind`, true where
        an object or a list stands in the place of a text, or something else in that of an object;
        `_names`, the keys of the object and of those that columns are in, with `NAME_SEPARATOR`
        between them. Of each line it adds `_is_plain`, as `characters.is_plain` says, and `_place`,
        which orders the lines of a file if `is_ordered`, and is null otherwise.
        """

    def read_parquet(
        self,
        root: str,
        folders: Sequence[str],
        schema: T.StructType,
        files: Sequence[StoredFile] | None = None,
        *,
        is_part: bool = False,
    ) -> DataFrame:
        """Read folders of a table, with the values of its partition columns from their names.

        `files` are the data files in them, where they are known: an engine may take that for true.
        The schema `is_part` of that of the table if not all columns are to be read.
        """

    def types(self, frame: DataFrame) -> dict[str, str]:
        """Return the types of a frame's columns by name, as Spark writes them."""

    def parquet_types(self, path: str) -> dict[str, str]:
        """Return the types of the columns that are in a Parquet file."""

    def checkpoint(self, frame: DataFrame, path: str) -> DataFrame:
        """Compute a frame once; frames derived from the result do not compute it again.

        `path` is a folder to keep it in.
        """

    def write_table(self, frame: DataFrame, path: str, table: Table) -> None:
        """Write Snappy Parquet below `path` with the contract's comments, a folder a partition.

        A partition has as many files as its size asks for.
        """

    def frame(
        self, rows: Sequence[tuple[Any, ...]], types: Mapping[str, str]
    ) -> DataFrame:
        """Make a frame from values, which may be none, and the types of its columns."""

    def rows(self, frame: DataFrame) -> list[dict[str, Any]]:
        """Compute a small frame and return its rows."""

    def progress(self) -> Work | None:
        """Tell another thread how far the current computation is; None if that is not known."""

    def interrupt(self) -> None:
        """End the query that another thread waits for, which then raises."""

    def abandon(self) -> None:
        """Stop all computations, so that nothing more is written; the engine is not used again."""

    def is_broken_file(self, error: BaseException) -> bool:
        """Tell whether a query failed because a gzipped file was truncated or damaged."""


if TYPE_CHECKING:
    Session = SparkSession | Engine
else:
    # Known at run time too, where PySpark may not be.
    Session = Any
