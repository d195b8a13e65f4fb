"""The column types of contracts: PySpark's, or SQLFrame's if PySpark is not installed."""

from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING or find_spec("pyspark"):
    from pyspark.sql import types as T
else:
    from sqlframe.base import types as T

__all__ = ["T"]
