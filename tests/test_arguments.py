"""The command line of a job is read by the types of its options."""

from dataclasses import MISSING, dataclass
from datetime import date
from typing import Any, Literal

import pytest

from salesetl.arguments import argument_texts, help_text, parse_arguments
from salesetl.errors import ArgumentError
from salesetl.model.options import InputPath, Option, option, options_of


@dataclass(frozen=True, kw_only=True)
class SharedOptions:
    """Options that jobs have in common."""

    as_of: date | None = option("day of the run", None)
    write_mode: Literal["merge", "replace"] = option("how rows are written", "merge")


@dataclass(frozen=True, kw_only=True)
class SaleOptions(SharedOptions):
    """Options of one job."""

    sales_path: InputPath = option("where the sales are")
    limit: int = option("at most so many", 10)
    ratio: float = option("share of: bad rows", 0.05)
    is_dry: bool = option("change nothing", False)
    note: str | None = option("what to remember", None)


@dataclass(frozen=True, kw_only=True)
class NumberOptions:
    """A number and a switch that must be given."""

    limit: int = option("at most so many")
    is_dry: bool = option("change nothing")


OPTIONS = options_of(SaleOptions)


def refusal_of(*words: str) -> str:
    """Return the message with which words are refused."""
    with pytest.raises(ArgumentError) as refusal:
        parse_arguments(OPTIONS, ["--sales_path", "/in", *words])
    return str(refusal.value)


def test_options_are_fields_with_their_help_own_ones_first() -> None:
    options = {each.name: each for each in OPTIONS}

    names = ["sales_path", "limit", "ratio", "is_dry", "note", "as_of", "write_mode"]
    assert list(options) == names
    assert options["sales_path"].is_required
    assert not options["limit"].is_required and options["limit"].default == 10
    assert options["ratio"].help == "share of: bad rows"


def test_the_help_names_every_option_with_its_kind_default_and_meaning() -> None:
    text = help_text("enrich_sales", "Load sales.", OPTIONS)

    assert text.startswith("enrich_sales: Load sales.\n")
    assert "--sales_path (text; required)\n      where the sales are" in text
    assert "--write_mode (merge or replace; default: merge)" in text


def test_the_texts_of_arguments_are_passed_on_as_they_are() -> None:
    words = ["--limit", "3", "--is_dry", "--note=a=b", "--as_of", "2025-01-01"]

    assert argument_texts(words) == {
        "limit": "3",
        "is_dry": "true",
        "note": "a=b",
        "as_of": "2025-01-01",
    }


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--limit", "3"], {"limit": 3}),
        (["--limit", "-3"], {"limit": -3}),
        (["--limit=3"], {"limit": 3}),
        (["--ratio", "0"], {"ratio": 0.0}),
        (["--ratio=1"], {"ratio": 1.0}),
        (["--as_of", "2024-02-29"], {"as_of": date(2024, 2, 29)}),
        (["--write_mode", "replace"], {"write_mode": "replace"}),
        (["--is_dry"], {"is_dry": True}),
        (["--is_dry", "--limit", "3"], {"is_dry": True, "limit": 3}),
        (["--is_dry", "True"], {"is_dry": True}),
        (["--is_dry=false"], {"is_dry": False}),
        (["--note=a=b --c"], {"note": "a=b --c"}),
        (["--note="], {"note": ""}),
        (["--note", "two words"], {"note": "two words"}),
        ([], {}),
    ],
)
def test_values_have_the_types_of_their_parameters(
    words: list[str], expected: dict[str, Any]
) -> None:
    values = parse_arguments(OPTIONS, ["--sales_path", "/in", *words])

    assert values == {"sales_path": "/in"} | expected


@pytest.mark.parametrize(
    ("name", "text", "meaning"),
    [
        ("limit", "3.5", "a whole number"),
        ("limit", "", "a whole number"),
        ("as_of", "2025-02-29", "a date like 2025-12-31"),
        ("as_of", "10.09.2025", "a date like 2025-12-31"),
        ("write_mode", "append", "merge or replace"),
        ("write_mode", "Merge", "merge or replace"),
        ("is_dry", "yes", "true or false"),
        ("ratio", "half", "a number"),
    ],
)
def test_a_value_of_another_type_is_refused_with_what_it_should_be(
    name: str, text: str, meaning: str
) -> None:
    message = refusal_of(f"--{name}={text}")

    assert message.startswith(f"--{name} {text!r}: must be {meaning}")


@pytest.mark.parametrize("text", ["1.01", "-0.1", "5", "nan", "inf"])
def test_a_ratio_outside_0_to_1_is_refused_and_the_range_named(text: str) -> None:
    message = refusal_of(f"--ratio={text}")

    assert message.startswith(f"--ratio {text!r}:")
    assert "0" in message.partition(":")[2] and "1" in message.partition(":")[2]


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("--sale_path", "--sales_path"),
        ("--sales-path", "--sales_path"),
        ("--sales", "--sales_path"),
        ("--as_off", "--as_of"),
        ("--lim", "--limit"),
    ],
)
def test_an_unknown_or_shortened_argument_names_the_nearest(
    word: str, nearest: str
) -> None:
    message = refusal_of(word, "3")

    assert message == f"{word}: no such argument; did you mean {nearest}?"


def test_an_argument_like_no_other_points_to_the_help() -> None:
    message = refusal_of("--zzz", "3")

    assert message == "--zzz: no such argument; see --help"


@pytest.mark.parametrize("words", [[], ["--sales_path="], ["--limit", "3"]])
def test_a_missing_argument_is_named_with_its_meaning(words: list[str]) -> None:
    with pytest.raises(ArgumentError) as refusal:
        parse_arguments(OPTIONS, words)

    assert str(refusal.value) == "--sales_path is required: where the sales are"


def test_arguments_may_be_missing_when_they_come_from_elsewhere() -> None:
    values = parse_arguments(OPTIONS, ["--limit", "3"], is_partial=True)

    assert values == {"limit": 3}


def test_a_required_number_may_be_zero_and_a_required_switch_off() -> None:
    values = parse_arguments(
        options_of(NumberOptions), ["--limit", "0", "--is_dry", "false"]
    )

    assert values == {"limit": 0, "is_dry": False}


def test_an_argument_given_twice_is_refused() -> None:
    message = refusal_of("--limit", "3", "--limit=3")

    assert message == "--limit: given twice; give it once"


@pytest.mark.parametrize("words", [["--note"], ["--note", "--is_dry"]])
def test_only_a_switch_may_stand_without_a_value(words: list[str]) -> None:
    message = refusal_of(*words)

    assert message == "--note: needs a value: text"


@pytest.mark.parametrize(
    "words",
    [
        ["--JOB_NAME", "nightly"],
        ["--TempDir", "s3://bucket/tmp"],
        ["--job-language=python"],
        ["--enable-metrics"],
        ["--enable-continuous-cloudwatch-log", "true"],
        ["--additional-python-modules", "a==1,b==2"],
        ["--python-modules-installer-option", "--no-index"],
        ["--python-modules-installer-option=--no-index"],
        ["--conf", "spark.a=b"],
        ["--job-bookmark-option", "job-bookmark-disable"],
        ["--WORKFLOW_NAME", "nightly", "--WORKFLOW_RUN_ID", "wr_1"],
        ["--customer-driver-env-vars", "A=b"],
    ],
)
def test_what_glue_keeps_for_itself_is_passed_over(words: list[str]) -> None:
    values = parse_arguments(OPTIONS, [*words, "--sales_path", "/in"])

    assert values == {"sales_path": "/in"}


@pytest.mark.parametrize(
    "words", [["sales.csv"], ["-l", "3"], ["--"], ["--limit", "3", "c"]]
)
def test_a_word_that_belongs_to_no_argument_is_refused(words: list[str]) -> None:
    with pytest.raises(ArgumentError, match="write arguments as --name value"):
        parse_arguments(OPTIONS, words)


@pytest.mark.parametrize("hint", [date | None, str | None, InputPath])
def test_a_type_is_described_without_its_none(hint: Any) -> None:
    kind = Option("x", hint, MISSING, "").kind

    assert kind == ("a date like 2025-12-31" if hint == date | None else "text")
