"""Decimal arithmetic that is exact on every engine, as columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import Column
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F


def exact_average(total: str, count: str) -> Column:
    """Return total / count, rounded to the cent, half away from zero.

    `total` is a DECIMAL(38, 2) column and `count` a BIGINT one. Null for a total of 10^16 or more.
    """
    return F.expr(average_sql(total, count))


def average_sql(total: str, count: str) -> str:
    """SQL for the exact average: total / count.

    Counted in whole cents: a decimal division rounds first to a scale of the engine's choice, and
    rounding twice can be a cent off.
    """
    cents = f"cast({total} * 100 as bigint)"
    rounded = f"((2 * abs({cents}) + {count}) div (2 * {count}))"
    average = f"cast(sign({total}) as int) * {rounded} * cast(0.01 as decimal(3, 2))"
    # Beyond this the cents do not fit, which engines would tell each in its own way.
    return f"case when abs({total}) < 10000000000000000 then {average} end"
