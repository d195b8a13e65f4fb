# To a type checker these are the functions of PySpark.
from contextlib import AbstractContextManager

from pyspark.sql.functions import *  # noqa: F403

def functions_of(module: str) -> AbstractContextManager[None]: ...
