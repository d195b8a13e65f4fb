"""What is usual among JSON objects makes their reading quicker, and nothing else."""

import json
import tempfile
from collections.abc import Iterator
from random import Random
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.__main__ import main as generate
from salesetl.engines.duckdb_connection import connect
from salesetl.engines.duckdb_json import objects_query
from salesetl.engines.duckdb_json_shapes import usual_objects
from salesetl.engines.engine import NAME_SEPARATOR
from salesetl.model.shapes import flat
from salesetl.model.source import Json
from salesetl.model.types import T
from salesetl.pipelines.events.pipeline import EVENTS_PIPELINE
from salesetl.pipelines.orders.pipeline import ORDERS

# What a value of an object may be replaced by, as it is written.
_ODD = (
    "null|true|false|0|-0|-0.0|007|1.50|1e3|1E-2|123456789012345|1234567890123456|0.12345|.5|5.|NaN"
    '|Infinity|12345678901234567.89|""|" "|"a\\"b"|"\\u0041"|"\\u0000"|"é"|"\x7f"|"\t"|"\x01"|"\\q"|"a, }"|"nan"|"x'
    '|{}|[]|[1]|[{}]|[null]|{"a": 1}|{"name": {"x": [1]}}|[{"product_id": 1}, 2]|\'a\''
).split("|")
_CHANGES = ("value", "twice", "order", "blanks", "cut", "comma", "case", "escaped key")


def shape_of(pipeline: Any) -> T.StructType:
    """The values of the objects of a pipeline's main source."""
    reader = pipeline.main.reader
    assert isinstance(reader, Json)
    return flat(reader.delivered)


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Lines that the generators write."""
    home = tmp_path_factory.mktemp("delivered")
    generate(["orders", "--customers=5", f"--output_path={home}"])
    generate(["events", "--days=1", "--cart_rate=0.5", f"--output_path={home}"])
    read = "select _record from read_csv('{}', delim = '\1', quote = '', header = false, columns = {{'_record': 'VARCHAR'}})"
    with duckdb.connect() as opened:
        return {
            "orders": [
                x for (x,) in opened.execute(read.format(f"{home}/orders/*")).fetchall()
            ],
            "events": [
                x
                for (x,) in opened.execute(
                    read.format(f"{home}/events/**/*.gz")
                ).fetchall()
            ],
        }


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database as the engine has it."""
    with tempfile.TemporaryDirectory() as folder:
        opened = connect(folder)
        yield opened
        opened.close()


SHAPES = {"orders": shape_of(ORDERS), "events": shape_of(EVENTS_PIPELINE)}


@pytest.mark.parametrize("kind", SHAPES)
def test_all_that_a_program_writes_is_usual(
    kind: str, delivered: dict[str, list[str]], connection: duckdb.DuckDBPyConnection
) -> None:
    lines = delivered[kind]

    usual = usual_objects(lines[:200], SHAPES[kind])

    assert usual
    asked = "select count(*) filter (regexp_full_match(line, $1)) from (select unnest($2) as line)"
    [found] = connection.execute(asked, [usual.pattern, lines]).fetchall()
    assert found[0] == len(lines)
    # Also where blanks are left out.
    bare = [json.dumps(json.loads(line), separators=(",", ":")) for line in lines]
    [found] = connection.execute(asked, [usual.pattern, bare]).fetchall()
    assert found[0] == len(lines)


def changed(line: str, random: Random) -> str:
    """Change a line as a faulty program, or another one, would have written it."""
    pairs = list(json.loads(line).items())
    place = random.randrange(len(pairs))
    change = random.choice(_CHANGES)
    texts = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in pairs]
    key, value = pairs[place]
    if change == "value":
        holder = (
            value
            if isinstance(value, dict) and value and random.random() < 0.7
            else None
        )
        if isinstance(value, list) and value and isinstance(value[0], dict):
            holder = random.choice(value)
        if holder is None:
            texts[place] = f"{json.dumps(key)}: {random.choice(_ODD)}"
        else:
            inner = random.choice(list(holder))
            holder[inner] = "@@"
            text = json.dumps(value).replace('"@@"', random.choice(_ODD), 1)
            texts[place] = f"{json.dumps(key)}: {text}"
    elif change == "twice":
        texts.insert(random.randrange(len(texts)), texts[place])
    elif change == "order":
        random.shuffle(texts)
    elif change == "case":
        texts[place] = texts[place].replace(key, key.upper(), 1)
    elif change == "escaped key":
        texts[place] = texts[place].replace(key[0], f"\\u{ord(key[0]):04x}", 1)
    text = f"{{{', '.join(texts)}}}"
    if change == "blanks":
        text = text.replace(
            ": ", random.choice([" : ", ":", ":\t", ":  "]), random.randrange(1, 5)
        )
    if change == "cut":
        text = text[: random.randrange(1, len(text))]
    if change == "comma":
        text = text[:-1] + random.choice([",}", "}}", "} x", ""])
    return text


@pytest.mark.parametrize("kind", SHAPES)
@given(seed=st.integers(0, 2**32), sample=st.integers(0, 30))
@settings(max_examples=25, deadline=None)
def test_usual_or_not_an_object_is_read_alike(
    kind: str,
    delivered: dict[str, list[str]],
    connection: duckdb.DuckDBPyConnection,
    seed: int,
    sample: int,
) -> None:
    random = Random(seed)
    lines = random.sample(delivered[kind], 40)
    lines += [changed(line, random) for line in random.choices(lines, k=200)]
    random.shuffle(lines)
    # What is learned is learned of odd lines too.
    usual = usual_objects(lines[:sample], SHAPES[kind])
    connection.execute(
        "create or replace table lines as select unnest($1) as _record, 'f' as _source_file,"
        " cast(null as decimal(38, 0)) as _place",
        [lines],
    )

    def read(query: str) -> tuple[list[Any], set[str]]:
        found = connection.execute(
            f"select * exclude (_names), _names from ({query}) order by all"
        )
        rows = found.fetchall()
        names = {name for row in rows for name in (row[-1] or "").split(NAME_SEPARATOR)}
        return sorted(map(repr, (row[:-1] for row in rows))), names

    quick, names = read(objects_query("from lines", SHAPES[kind], usual))
    exact, exact_names = read(objects_query("from lines", SHAPES[kind]))

    assert quick == exact
    assert names == exact_names


def test_of_what_is_not_written_in_one_way_nothing_is_usual() -> None:
    schema = SHAPES["orders"]

    assert usual_objects([], schema) is None
    for line in (
        "",
        "1",
        "[]",
        "null",
        "{",
        '{"a": 1, "a": 2}',
        '{"items": 3}',
        '{"a\\"": 1}',
    ):
        assert usual_objects([line], schema) is None, line
    for depth in (10, 50_000):
        nested = f'{{"a": {"[" * depth}{"]" * depth}, "b": {{"c": 1}}}}'
        assert usual_objects([nested], schema) is None
    assert (
        usual_objects([json.dumps({"a" * 50 + str(n): 1 for n in range(900)})], schema)
        is None
    )
