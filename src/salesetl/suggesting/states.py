"""Finds the states of rows that words tell, such as what was returned or called off."""

from __future__ import annotations

from collections.abc import Collection

from salesetl.suggesting.known_names import words_of
from salesetl.suggesting.table_samples import MOST_STATES, Column


def states_like(column: Column, words: Collection[str]) -> list[str]:
    """Return the values of a column of states that have one of some words.

    There are none if the column has many values, as of names, or if all of them do.
    """
    states = set(column.filled)
    found = sorted(each for each in states if not set(words).isdisjoint(words_of(each)))
    return found if len(found) < len(states) <= MOST_STATES else []
