"""Joins rows with the columns of other files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from salesetl.characters import name_key
from salesetl.engines import functions as F
from salesetl.errors import InputError
from salesetl.mapping.filled import given_text
from salesetl.mapping.profile import Profile
from salesetl.mapping.sections import Lookup

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass(frozen=True)
class LookupRows:
    """The rows of a look-up: `_key`, each once, and `_value_0`, … for its columns, as texts.

    `facts` are what a run report tells of it.
    """

    name: str
    lookup: Lookup
    frame: DataFrame
    facts: dict[str, Any]

    @property
    def flag(self) -> str:
        """The column that tells whether a row was found."""
        return f"_in_{self.name}"

    def check_apart(self, path: str, header: Sequence[str]) -> None:
        """See that a file has not itself the columns that the look-up brings; InputError if so."""
        own = set(map(name_key, header))
        for name in self.lookup.columns:
            if name_key(name) in own:
                raise InputError(
                    f"{path}: has a column {name!r} itself, so lookup.{self.name}.columns must not"
                    " bring another one; leave it out of that list"
                )


def looked_up(
    rows: DataFrame,
    positions: Mapping[str, str],
    lookups: Sequence[LookupRows],
    profile: Profile,
) -> tuple[DataFrame, dict[str, str]]:
    """Add the columns of look-ups to rows; return them with the positions of all columns."""
    places = dict(positions)
    for number, found in enumerate(lookups):
        names = [
            f"_lookup_{number}_{place}" for place in range(len(found.lookup.columns))
        ]
        key = f"_lookup_{number}"
        brought = found.frame.select(
            F.col("_key").alias(key),
            *(F.col(f"_value_{place}").alias(name) for place, name in enumerate(names)),
            F.lit(True).alias("_is_found"),
        )
        wanted = given_text(places[name_key(found.lookup.joined_on)], profile)
        rows = (
            rows.withColumn(key, F.expr(wanted))
            .join(brought, on=[key], how="left")
            .select(
                *rows.columns,
                *names,
                F.expr("coalesce(_is_found, false)").alias(found.flag),
            )
        )
        places |= zip(map(name_key, found.lookup.columns), names, strict=True)
    return rows, places
