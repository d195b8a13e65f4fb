"""Frames of the embedded engine that are alike are planned once, and each has its own values."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from salesetl.engines import functions as F
from salesetl.engines.engine import Engine
from salesetl.engines.planner import Planner


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Note which frames SQLFrame plans."""
    frames: list[Any] = []
    own = Planner.query

    def noted(planner: Planner, frame: Any) -> str:
        frames.append(frame)
        return own(planner, frame)

    monkeypatch.setattr(Planner, "query", noted)
    return frames


def labelled(engine: Engine, number: int, label: str) -> list[dict[str, Any]]:
    """Rows of a frame of its own with a label."""
    frame = engine.frame([(number,), (number + 1,)], {"a_number": "int"})
    rows = frame.where("a_number % 2 = 0").withColumns(
        {"label": F.lit(label), "is_own": F.lit(label) == F.lit("it's 1")}
    )
    return engine.rows(rows.select(*reversed(rows.columns)))


def test_other_rows_and_texts_need_no_other_plan(
    engine: Engine, planned: list[Any]
) -> None:
    found = [labelled(engine, 1, "it's 1"), labelled(engine, 7, 'a "7"\n')]

    assert found == [
        [{"is_own": True, "label": "it's 1", "a_number": 2}],
        [{"is_own": False, "label": 'a "7"\n', "a_number": 8}],
    ]
    assert len(planned) == 1


def test_the_same_table_twice_is_another_plan_than_two_tables(engine: Engine) -> None:
    one = engine.frame([(1,)], {"same_or_not": "int"})
    other = engine.frame([(2,)], {"same_or_not": "int"})

    def rows(above: Any, below: Any) -> list[int]:
        found = engine.rows(above.unionByName(below).orderBy("same_or_not"))
        return [row["same_or_not"] for row in found]

    assert rows(one, one) == [1, 1]
    assert rows(one, other) == [1, 2]
    assert rows(other, one) == [1, 2]
    assert rows(other, other) == [2, 2]


@pytest.mark.parametrize(
    "value",
    [True, 1, "1", 2, None],
    ids=repr,
)
def test_plans_tell_values_from_others_that_look_alike(
    engine: Engine, value: object
) -> None:
    frame = engine.frame([(1,)], {"one_of_many": "int"})

    [row] = engine.rows(frame.select(F.lit(value).alias("value")))

    assert row["value"] == value and type(row["value"]) is type(value)


def test_functions_of_columns_are_told_by_what_they_do(engine: Engine) -> None:
    frame = engine.frame([(["a", "bc"],)], {"words": "array<string>"})
    found = []
    for factor in (2, 3):
        made = F.transform("words", lambda each: F.length(each) * factor)
        [row] = engine.rows(frame.select(made.alias("made")))
        found.append(row["made"])

    assert found == [[2, 4], [3, 6]]


def of_words(engine: Engine, function: Callable[[Any], Any]) -> Any:
    """What a function makes of each of two words."""
    frame = engine.frame([(["a", "b"],)], {"words": "array<string>"})
    [row] = engine.rows(frame.select(F.transform("words", function).alias("made")))
    return row["made"]


def test_functions_within_functions_are_told_by_whose_items_they_take(
    engine: Engine,
) -> None:
    def within(pair: Callable[[Any, Any], Any]) -> Any:
        return of_words(
            engine, lambda one: F.transform("words", lambda other: pair(one, other))
        )

    assert within(lambda one, other: F.concat(one, other)) == [
        ["aa", "ab"],
        ["ba", "bb"],
    ]
    assert within(lambda one, other: F.concat(other, other)) == [["aa", "bb"]] * 2
    assert within(lambda one, other: F.concat(one, one)) == [["aa"] * 2, ["bb"] * 2]


def test_a_function_of_columns_may_have_a_text_of_its_own(engine: Engine) -> None:
    def ended(end: str) -> Any:
        return of_words(
            engine, lambda word: F.when(word == "a", F.lit(end)).otherwise(word)
        )

    assert ended("'") == ["'", "b"]
    assert ended("7") == ["7", "b"]


@pytest.mark.parametrize(("form", "day"), [("yyyy-MM", "2024-03"), ("dd", "05")])
def test_a_format_may_be_a_column_of_a_text(
    engine: Engine, form: str, day: str
) -> None:
    frame = engine.frame([(date(2024, 3, 5),)], {"one_day": "date"})

    made: Any = F.date_format("one_day", F.lit(form))  # type: ignore[arg-type]
    assert engine.rows(frame.select(made.alias("day"))) == [{"day": day}]


def test_a_long_chain_of_steps_and_conditions_is_planned(engine: Engine) -> None:
    frame = engine.frame([(0,)], {"number": "int"})
    label = F.when(F.col("number") < 0, F.lit("none"))
    for number in range(400):
        label = label.when(F.col("number") == number + 1, F.lit(f"{number}"))
        frame = frame.withColumn("number", F.col("number") + 1)

    assert engine.rows(frame.select(label.alias("label"))) == [{"label": "399"}]


def test_an_error_of_the_planner_is_told(engine: Engine) -> None:
    frame = engine.frame([(1,)], {"one": "int"})

    with pytest.raises(AttributeError, match="no attribute 'no_such_function'"):
        engine.rows(frame.select(getattr(F, "no_such_function")("one")))


def test_what_is_no_step_is_asked_of_the_frame_itself(engine: Engine) -> None:
    frame: Any = engine.frame([(1,), (1,)], {"one": "int"})

    counted = engine.rows(frame.groupBy("one").count())

    assert counted == [{"one": 1, "count": 2}]
    assert [field.name for field in frame.schema] == ["one"]


def test_a_frame_of_a_method_that_is_no_step_has_its_texts(engine: Engine) -> None:
    for label in ("first", "it's"):
        frame: Any = engine.frame([(1,), (1,)], {"one": "int"})
        labelled = frame.withColumn("label", F.lit(label))

        counted = labelled.groupBy("label").count()
        named = (
            labelled.distinct()
            .toDF("number", "name")
            .join(counted.withColumnRenamed("label", "name"), on=["name"])
        )

        assert engine.rows(counted) == [{"label": label, "count": 2}]
        assert engine.rows(named) == [{"name": label, "number": 1, "count": 2}]
