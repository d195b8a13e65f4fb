"""The options of a pipeline, as a dataclass; command line, manual and checks follow from it."""

from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import date
from types import NoneType
from typing import Any, Literal, NewType, get_args, get_origin, get_type_hints

from salesetl.model.table import EARLIEST_DATE

InputPath = NewType("InputPath", str)
"""A path that a job reads from; the sizes of these decide how large a session is started."""

WriteMode = Literal["merge", "replace"]
InputMode = Literal["all", "new"]
UnknownColumns = Literal["ignore", "fail"]
Multiline = Literal["auto", "true", "false"]


def option(help: str, default: Any = MISSING) -> Any:
    """Declare an option with its meaning; one without a default is required."""
    return field(default=default, metadata={"help": help})


@dataclass(frozen=True)
class Option:
    """One option: its name, type, default and meaning."""

    name: str
    type: Any
    default: Any
    help: str

    @property
    def is_required(self) -> bool:
        """Whether it must be given."""
        return self.default is MISSING

    @property
    def inner_type(self) -> Any:
        """Its type when it is given."""
        inner = [each for each in get_args(self.type) if each is not NoneType]
        return inner[0] if NoneType in get_args(self.type) else self.type

    @property
    def choices(self) -> tuple[str, ...]:
        """The allowed texts; empty if any text is allowed."""
        is_choice = get_origin(self.inner_type) is Literal
        return get_args(self.inner_type) if is_choice else ()

    @property
    def kind(self) -> str:
        """Describe its type for a person."""
        if self.choices:
            return " or ".join(self.choices)
        names = {
            date: "a date like 2025-12-31",
            bool: "true or false",
            int: "a whole number",
            float: "a number from 0 to 1",
        }
        return names.get(self.inner_type, "text")

    def parse(self, text: str) -> Any:
        """Return the value of a text of the command line; ValueError if it is not valid."""
        if self.choices:
            return _one_of(text, {each: each for each in self.choices})
        if self.inner_type is date:
            return date.fromisoformat(text)
        if self.inner_type is bool:
            return _one_of(text.lower(), {"true": True, "false": False})
        if self.inner_type is float:
            ratio = float(text)
            return ratio if 0 <= ratio <= 1 else _refuse(text)
        return self.inner_type(text)


@dataclass(frozen=True, kw_only=True)
class LoadOptions:
    """Options of every pipeline."""

    output_path: str = option(
        "root of the lake; the job writes tables, quarantine and run reports below it"
    )
    source_profile: str | None = option(
        "TOML file that maps another system's export to the contract, or the name of a shipped one",
        None,
    )
    start_date: date | None = option(
        "first day to load; rows of earlier days are out of range", None
    )
    end_date: date | None = option(
        "last day to load; rows of later days are out of range", None
    )
    write_mode: WriteMode = option(
        "merge: replace rows with the same key; replace: replace all rows from start_date to"
        " end_date",
        "merge",
    )
    input_mode: InputMode = option(
        "all: read all files; new: of the main source read only files that the ledger of the lake"
        " lacks or that have changed; with write_mode replace and in a replay, all files are read",
        "all",
    )
    as_of: date | None = option(
        "day of the run; rows of later days are rejected (default: today in UTC)", None
    )
    earliest_date: date = option(
        "rows of earlier days are rejected",
        EARLIEST_DATE,
    )
    max_rejected_ratio: float = option(
        "largest share of rejected rows of a source; above it the run fails and publishes nothing",
        0.01,
    )
    unknown_columns: UnknownColumns = option(
        "ignore: ignore unknown columns, and JSON columns that no row has; fail: fail the run",
        "ignore",
    )
    run_id: str | None = option("name of the run (default: made from the time)", None)
    replay_of: str | None = option(
        "run whose quarantine is replayed; salesetl quarantine replay sets it", None
    )
    allow_empty: bool = option(
        "succeed if there is no row to load, and pass over empty files", False
    )
    database: str | None = option(
        "database of the Glue Data Catalog in which to register the tables; needs a lake on S3",
        None,
    )

    @property
    def reads_new_files(self) -> bool:
        """Whether files of the main source that were loaded are left out.

        A replacement needs all files, for they are all there is of its days; a replay reads
        corrections, which are no delivery.
        """
        is_merging = self.write_mode == "merge" and not self.replay_of
        return self.input_mode == "new" and is_merging

    @classmethod
    def names(cls) -> list[str]:
        """Names of all options."""
        return [each.name for each in options_of(cls)]


@dataclass(frozen=True, kw_only=True)
class CsvOptions:
    """Options of a pipeline that reads delimited text."""

    multiline: Multiline = option(
        "whether quoted fields may span lines; auto looks into each file",
        "auto",
    )


def options_of(kind: type) -> list[Option]:
    """Return the options that a dataclass declares, its own before those that it inherits."""
    hints = get_type_hints(kind)
    own = vars(kind).get("__annotations__", {})
    declared: list[Field[Any]] = sorted(
        fields(kind), key=lambda each: each.name not in own
    )
    return [
        Option(each.name, hints[each.name], each.default, each.metadata["help"])
        for each in declared
    ]


def _one_of(text: str, values: dict[str, Any]) -> Any:
    return values[text] if text in values else _refuse(text)


def _refuse(text: str) -> Any:
    raise ValueError(text)
