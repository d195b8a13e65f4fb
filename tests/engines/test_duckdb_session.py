"""What frames of the embedded engine do not do again and again."""

from typing import Any

import pytest
from sqlglot import exp

from salesetl.engines import functions as F
from salesetl.engines.engine import Engine


def real(frame: Any) -> Any:
    """The frame of SQLFrame."""
    return frame._planner.made(frame.real)


def test_no_step_of_a_frame_copies_where_a_word_stood_in_the_text(
    engine: Engine,
) -> None:
    frame = engine.frame([(1, 2)], {"one": "int", "two": "int"})

    steps = frame.where("one < two").select("two", F.col("one"))

    nodes = real(steps).expression.find_all(exp.Column)
    assert [str(node) for node in nodes if "line" in node.this.meta] == []
    assert engine.rows(steps) == [{"two": 2, "one": 1}]


def test_a_name_is_read_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = engine.frame([(1,)], {"a_name_of_its_own": "int"})
    read: list[str] = []

    def noted(name: str, **options: Any) -> Any:
        read.append(name)
        return exp.parse_identifier(name, **options)

    monkeypatch.setattr("sqlframe.base.session.parse_identifier", noted)
    for _ in range(3):
        frame = frame.where("a_name_of_its_own > 0").select("a_name_of_its_own")

    engine.rows(frame)
    assert read.count("a_name_of_its_own") == 1


def test_no_step_is_taken_for_another_one(engine: Engine) -> None:
    frame: Any = engine.frame([(1,)], {"one": "int"})
    frame = (
        frame.where("one > 0").join(frame, on="one").groupBy("one").agg(F.count("*"))
    )
    steps = [exp.select(exp.Literal.number(number)) for number in range(20_000)]

    names = {real(frame)._create_hash_from_expression(step) for step in steps}

    assert len(names) == len(steps)


def test_a_frame_is_no_larger_after_many_steps(engine: Engine) -> None:
    frame = engine.frame([(1,), (2,)], {"one": "int"})
    nodes = []
    for number in range(20):
        frame = frame.withColumn("one", F.expr("one + 1")).where(f"one > {number}")
        nodes.append(len(list(real(frame).expression.walk())))

    assert len(set(nodes[1:])) == 1
    assert engine.rows(frame) == [{"one": 21}, {"one": 22}]


def test_frames_of_the_same_steps_are_joined_and_united(engine: Engine) -> None:
    frame: Any = engine.frame([(1, 5), (2, 6)], {"one": "int", "two": "int"})
    large = frame.where("one > 1").withColumn("two", F.expr("two * 10"))

    joined = frame.join(large.select("one", F.col("two").alias("three")), on=["one"])
    self_joined = large.join(large.select("one"), on=["one"], how="left_semi")
    united = large.unionByName(frame).unionByName(large)

    assert engine.rows(joined) == [{"one": 2, "two": 6, "three": 60}]
    assert engine.rows(self_joined) == [{"one": 2, "two": 60}]
    assert sorted(row["two"] for row in engine.rows(united)) == [5, 6, 60, 60]


def test_a_frame_joined_with_its_own_steps_again_and_again_is_planned_soon(
    engine: Engine,
) -> None:
    frame: Any = engine.frame([(1, 2)], {"one": "int", "two": "int"})
    # Each join doubles the ways back to the table: to go all of them would take days.
    for number in range(30):
        frame = frame.where(f"one <> {number + 10}")
        frame = frame.join(frame.select("one"), on=["one"], how="left_semi")

    # Each condition stands on each side of its join.
    assert frame.query().count(" <> ") == 60
