"""An expression of a profile becomes SQL over columns, and nothing else can be said in it."""

from decimal import Decimal

import pytest

from salesetl.engines import functions as F
from salesetl.engines.engine import Engine
from salesetl.errors import InputError
from salesetl.mapping.expressions import Expression
from salesetl.mapping.operands import Operands

ARITHMETIC = [
    ("a + b", "5.5"),
    ("a - b", "9.5"),
    ("a * b", "-15"),
    ("a / b", "-3.75"),
    ("a - a * b", "22.5"),
    ("(a - a) * b", "0"),
    ("abs(-a)", "7.5"),
    ("coalesce(missing, b) + a", "5.5"),
    ("missing + a", None),
    ("word + a", None),
    ("a / (b + 2)", None),
    ("2 / 3", "0.666667"),
    ("-2 / 3", "-0.666667"),
    ("0.000001 / 2", "0.000001"),
    ("0.000001 * 0.5", "0.000001"),
    ("a * a * a * a", "3164.0625"),
    ("999999999999 * 10", None),
    ("999999999999 / 0.000001", None),
    ("999999999999 + 1", None),
    ("round(2 / 3, 2)", "0.67"),
    ("round(-2.5)", "-3"),
    ("round(float, 4)", "22.2"),
    ("round(below, 4)", "0"),
    ("round(float / 2, 4)", "11.1"),
    ("round(coalesce(float, 0), 2)", "22.2"),
    ("float / 2", None),
    ("case when nine < ten then 1 else 0 end", "1"),
    ("case when coalesce(nine, 0) = 9.0 then 1 else 0 end", "1"),
    ("case when word >= 'w' then 1 else 0 end", "1"),
    ("round(a, 0) + 0.5", "8.5"),
    ("case when word = 'x' then -a else a end", "-7.5"),
    ("case when word = 'y' then -a when b < 0 and a >= 7.5 then b end", "-2"),
    ("case when missing = 'x' then 1 else 2 end", "2"),
    ("case when missing is null then 1 end", "1"),
    ("case when not missing = 1 then 1 else 0 end", "0"),
    ("case when word in ('w', 'x') or a in (1, 2) then 1 else 0 end", "1"),
    ("case when a not in (7.50, 2) then 1 else 0 end", "0"),
    ("case when missing is not null then 1 end", None),
]
OPERANDS = {"a": "7.5", "b": "-2", "missing": None, "word": "x"}
OPERANDS |= {"float": "22.200000000000003", "below": "0.0000499999"}
OPERANDS |= {"nine": "9", "ten": "10"}


def sql_of(source: str) -> str:
    """Translate an expression in which every name stands for a column of that name."""
    expression = Expression(source)
    texts = {name: f"`{name}`" for name in expression.names}
    return expression.sql(Operands(texts, texts))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("region", "`region`"),
        ("`Unit Price`", "`Unit Price`"),
        ("'North'", "'North'"),
        ("''", "''"),
        ("concat(region, '-', product)", "concat(`region`, '-', `product`)"),
        ("coalesce(a, b, 'none')", "coalesce(`a`, `b`, 'none')"),
        ("upper(trim(region))", "upper(trim(both ' ' from `region`))"),
        ("lower(`b`)", "lower(`b`)"),
        (
            "3",
            "case when abs(cast('3' as decimal(1, 0))) < 0.000001 then '0' else cast(cast('3' as decimal(1, 0)) as string) end",
        ),
        (
            "-0.5",
            "case when abs((-cast('0.5' as decimal(2, 1)))) < 0.000001 then '0' else cast((-cast('0.5' as decimal(2, 1))) as string) end",
        ),
        (
            "concat('Ü', 1)",
            "concat('Ü', case when abs(cast('1' as decimal(1, 0))) < 0.000001 then '0' else cast(cast('1' as decimal(1, 0)) as string) end)",
        ),
    ],
)
def test_what_is_allowed_becomes_sql_for_text(source: str, expected: str) -> None:
    sql = sql_of(source)

    assert sql == expected


@pytest.mark.parametrize(("source", "expected"), ARITHMETIC)
def test_arithmetic_is_exact_to_six_decimals(
    engine: Engine, source: str, expected: str | None
) -> None:
    [value] = values_of_operands(engine, source)

    assert (value and Decimal(value)) == (expected and Decimal(expected))


def test_arithmetic_on_spark_is_exact_to_six_decimals(spark_engine: Engine) -> None:
    values = values_of_operands(spark_engine, *(source for source, _ in ARITHMETIC))

    assert [value and Decimal(value) for value in values] == [
        expected and Decimal(expected) for _, expected in ARITHMETIC
    ]


def values_of_operands(engine: Engine, *sources: str) -> list[str | None]:
    """Evaluate expressions over one row of operands."""
    frame = engine.frame([tuple(OPERANDS.values())], dict.fromkeys(OPERANDS, "string"))
    texts = {name: f"`{name}`" for name in OPERANDS}
    expressions = [
        Expression(source).sql(Operands(texts, texts, engine.quotient))
        for source in sources
    ]
    [row] = engine.rows(
        frame.select(
            *(
                F.expr(sql).alias(f"value_{place}")
                for place, sql in enumerate(expressions)
            )
        )
    )
    return list(row.values())


def test_the_columns_of_an_expression_are_its_names() -> None:
    expression = Expression("coalesce(`Unit Price`, price) * quantity + trim")

    assert sorted(expression.names) == ["Unit Price", "price", "quantity", "trim"]


def test_text_and_arithmetic_may_stand_for_different_columns() -> None:
    expression = Expression("concat(a, a + 1)")

    sql = expression.sql(Operands({"a": "`text`"}, {"a": "`number`"}))

    assert sql.startswith("concat(`text`, case when abs(try_cast(try_add(")
    assert "`text`" not in sql.removeprefix("concat(`text`")


@pytest.mark.parametrize(
    "source",
    [
        "",
        " ",
        "a +",
        "`",
        "``",
        "a b",
        "a; b",
        "a = 1",
        "a.b",
        "a.__class__",
        "''.join(a)",
        "open('/etc/passwd')",
        "exec(a)",
        "__import__('os')",
        "import os",
        "reflect('java.lang.Runtime', 'getRuntime')",
        "concat()",
        "concat(a)(b)",
        "(concat)(sep=a)",
        "coalesce(a, b=1)",
        "coalesce(*a)",
        "coalesce(**a)",
        "abs('text')",
        "'text' + 1",
        "a + 'text'",
        "a + trim(b)",
        "lambda: a",
        "[a for a in b]",
        "{a: b for a in b}",
        "(a for a in b)",
        "[a]",
        "(a, b)",
        "{a}",
        "a[0]",
        "a[1:2]",
        "f'{a}'",
        "b'a'",
        "(a := 1)",
        "a if b else 1",
        "a and b",
        "not a",
        "a == b",
        "a < b < 1",
        "a is None",
        "a in b",
        "...",
        "1j",
        "+a",
        "~a",
        "a ** b",
        "a // b",
        "a % b",
        "a @ b",
        "await a",
        "case when a in () then 1 end",
        "case when a = null then 1 end",
        "case when a in (1, null) then 1 end",
        "yield a",
        "a\0b",
        "9" * 5000,
    ],
)
def test_anything_else_is_refused(source: str) -> None:
    with pytest.raises(InputError) as refusal:
        Expression(source)

    assert str(refusal.value).startswith(f"expression {source!r}: ")
    assert "columns, numbers, quoted text" in str(refusal.value)


@pytest.mark.parametrize("name", ["abs", "lower", "trim", "upper"])
def test_a_function_of_one_operand_is_refused_with_two(name: str) -> None:
    with pytest.raises(InputError, match="is not allowed"):
        Expression(f"{name}(a, b)")


@pytest.mark.parametrize(
    "source",
    [
        "a" + " + a" * 600,
        "a" + " + a" * 1500,
        "a" + " + a" * 100_000,
        "-" * 1500 + "a",
        "(" * 1000 + "a" + ")" * 1000,
        "trim(" * 1000 + "a" + ")" * 1000,
        # Not deep, but the SQL of each level has that of the next several times.
        "a / (a / (a / (a / (a / a))))",
        "case when " * 24 + "a" + " is null then 1 else 2 end" * 24,
    ],
    ids=[
        *("terms", "more terms", "long sum", "signs", "parentheses", "calls"),
        *("quotients", "cases"),
    ],
)
def test_nesting_beyond_reason_is_refused(source: str) -> None:
    with pytest.raises(InputError, match="is not allowed"):
        Expression(source)


def test_a_list_that_is_too_long_is_told_so() -> None:
    texts = ", ".join(f"'{number}'" for number in range(260))

    with pytest.raises(InputError, match="more than 500 words and signs") as refusal:
        Expression(f"case when x not in ({texts}) then 1 else 0 end")

    assert "deep" not in str(refusal.value)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('"it\'s"', "concat('it', chr(39), 's')"),
        ('"\') or 1=1 --"', "concat('', chr(39), ') or 1=1 --')"),
        (r"'\\'", "concat('', chr(92), '')"),
        (r"'\\\' -- '", "concat('', chr(92), '', chr(39), ' -- ')"),
        ("'/* */ ; drop table sales'", "'/* */ ; drop table sales'"),
    ],
)
def test_sql_in_quoted_text_stays_text(source: str, expected: str) -> None:
    sql = sql_of(source)

    assert sql == expected


@pytest.mark.parametrize(
    "name", ["a') or 1=1 --", "current_user()", "a, b", "select * from sales", "x.y"]
)
def test_sql_in_backticks_is_only_a_name(name: str) -> None:
    expression = Expression(f"upper(`{name}`)")

    sql = expression.sql(Operands({name: "`_0`"}, {name: "`_0`"}))

    assert expression.names == [name]
    assert sql == "upper(`_0`)"


def test_backticks_within_quoted_text_are_text() -> None:
    sql = sql_of("concat('`size`', a)")

    assert sql == "concat('`size`', `a`)"


def test_a_column_may_be_named_like_anything() -> None:
    expression = Expression("concat(`Unit Price`, quoted_0)")

    assert sorted(expression.names) == ["Unit Price", "quoted_0"]


def test_text_does_not_reach_into_the_environment() -> None:
    sql = sql_of("'${env:HOME}'")

    assert "${" not in sql
