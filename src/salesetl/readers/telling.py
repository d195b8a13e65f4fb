"""Finds the fields of a malformed record that still tell what it belongs to."""

from collections.abc import Mapping, Sequence

from salesetl.characters import name_key
from salesetl.mapping.profile import Profile


def tellers_of(
    told: Sequence[str], places: Mapping[str, int], profile: Profile
) -> dict[str, list[int]]:
    """Return the places of the fields that tell some columns of the contract.

    A column is left out if the fields of a record alone do not tell it.
    """
    tellers = {}
    for column in told:
        keys = list(map(name_key, _made_of(column, profile)))
        if keys and places.keys() >= {*keys}:
            tellers[column] = [places[key] for key in keys]
    return tellers


def is_told(fields: Sequence[int] | None) -> str:
    """SQL for whether a record tells a column: it is well-formed, or has these fields anyway."""
    if not fields:
        return "_is_well_formed"
    has_all = " and ".join(f"_{place} is not null" for place in fields)
    return f"_is_well_formed or {has_all}"


def _made_of(column: str, profile: Profile) -> Sequence[str]:
    """Return the names in a file of what a column is made of; none if that is more than fields."""
    if profile.key and profile.key.column == column:
        # A number among all rows of the file tells nothing of this one.
        return () if profile.key.line_number else profile.key.parts
    made = {*profile.constants, *profile.expressions}
    made |= {profile.key.column} if profile.key else set()
    expression = profile.expressions.get(column)
    names = expression.names if expression else (column,)
    if {*names} & (made - {column} if expression else made):
        return ()
    return [profile.columns.get(name, name) for name in names]
