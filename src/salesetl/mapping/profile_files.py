"""Reads a source profile from its TOML file, and checks each entry."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from importlib.resources import files
from typing import Any
from zoneinfo import available_timezones

from salesetl.entries import check_kind, fill
from salesetl.errors import InputError, nearest, not_known
from salesetl.mapping.date_forms import NAMES, TOKENS, check_date_format
from salesetl.mapping.profile import Profile
from salesetl.mapping.sections import Filter, Key, ListProfile, Lookup, check_lookups
from salesetl.mapping.text_layout import check_layout
from salesetl.model.table import Table, item_fields
from salesetl.storage import join, normalized, storage_of

# The section for the sources beside the main one.
_OTHER_SOURCE = "source"


def load_profile(source: str | None, table: Table) -> Profile:
    """Read the profile of one source; as `load_profiles`."""
    return load_profiles(source, [table])[table.name]


def load_profiles(source: str | None, tables: Sequence[Table]) -> dict[str, Profile]:
    """Read the profiles of the sources of a pipeline, by the names of their contracts.

    They are in one TOML file, local or on S3, or a shipped one of that name. Its entries are for
    the first table, those below `[source.NAME]` for another one. InputError names the entry that
    is wrong.
    """
    if source is None:
        return {table.name: Profile() for table in tables}
    try:
        entries = tomllib.loads(_read_text(source), parse_float=Decimal)
        profiles = _profiles(entries, tables)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError) as error:
        raise InputError(f"{source}: is not a valid source profile: {error}") from error
    except InputError as error:
        raise InputError(f"{source}: {error}") from error
    folder = normalized(source).rpartition("/")[0]
    return {
        name: replace(profile, lookup=_beside(folder, profile.lookup))
        for name, profile in profiles.items()
    }


def _beside(folder: str, lookups: dict[str, Lookup]) -> dict[str, Lookup]:
    """Make paths absolute that are relative to the folder of their profile."""
    return {
        name: (
            lookup
            if "://" in lookup.path or lookup.path.startswith(("/", "~"))
            else replace(lookup, path=join(folder, lookup.path))
        )
        for name, lookup in lookups.items()
    }


def shipped_profiles() -> dict[str, str]:
    """Return the texts of the profiles that come with the library, by name."""
    folder = files("salesetl") / "source_profiles"
    return {
        file.name.removesuffix(".toml"): file.read_text(encoding="utf-8")
        for file in sorted(folder.iterdir(), key=lambda each: each.name)
        if file.name.endswith(".toml")
    }


def _read_text(source: str) -> str:
    path = normalized(source)
    storage = storage_of(path)
    if [file.path for file in storage.files(path)] == [path]:
        return storage.read(path).decode()
    shipped = shipped_profiles()
    if source in shipped:
        return shipped[source]
    meant = nearest(source, shipped)
    raise InputError(
        "there is no such source profile; check the path"
        f"{f', or did you mean {meant}?' if meant else ''}; shipped: {', '.join(shipped)}"
    )


def _profiles(entries: dict[str, Any], tables: Sequence[Table]) -> dict[str, Profile]:
    main, *others = tables
    own = {name: entry for name, entry in entries.items() if name != _OTHER_SOURCE}
    given = entries.get(_OTHER_SOURCE, {})
    check_kind(_OTHER_SOURCE, given, dict)
    profiles = {table.name: Profile() for table in others}
    for name, entry in given.items():
        path = f"{_OTHER_SOURCE}.{name}"
        if name == main.name:
            raise ValueError(
                f"{path}: {name} is the main source, whose entries stand at the top"
            )
        if name not in profiles:
            raise ValueError(
                not_known(f"{path}: there is no such source", name, profiles)
            )
        check_kind(path, entry, dict)
        [table] = [table for table in others if table.name == name]
        try:
            profiles[name] = _profile(entry, table)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error
        except InputError as error:
            raise InputError(f"{path}: {error}") from error
    return {main.name: _profile(own, main), **profiles}


def _profile(entries: dict[str, Any], table: Table) -> Profile:
    profile = fill(Profile, entries, "a profile")
    for section in ("columns", "constants", "expressions"):
        for name in getattr(profile, section):
            _check_column(f"{section}.{name}", name, table)
    for name in profile.expressions:
        if name in profile.constants:
            raise ValueError(
                f"expressions.{name}: {name!r} has a constant too; keep one of them"
            )
    if profile.key:
        _check_key(profile.key, profile, table)
    check_layout(profile)
    check_lookups(profile.lookup)
    for name, mapped in profile.lists.items():
        _check_list(name, mapped, table)
    for name, value in profile.rules.items():
        _check_setting(name, value, table)
    if profile.time_zone and profile.time_zone not in available_timezones():
        told = f"time_zone {profile.time_zone!r} is not known"
        zones = sorted(zone for zone in available_timezones() if "/" in zone)
        meant = nearest(profile.time_zone, zones)
        raise ValueError(
            f"{told}{f'; did you mean {meant}?' if meant else ''}; a zone is written like"
            " Europe/Berlin or UTC"
        )
    for date_format in profile.all_date_formats:
        _check_date_format(date_format)
    if profile.filter and not all(profile.filter.skip):
        raise ValueError(
            "filter.skip has an empty text, with which every record begins"
        )
    if profile.filter == Filter():
        raise ValueError("filter is empty; it needs keep or skip")
    if profile.decimal_comma and not profile.number.is_plain:
        raise ValueError(
            "decimal_comma and [number] both say how numbers are written; leave one of them out"
        )
    return profile


def _check_key(key: Key, profile: Profile, table: Table) -> None:
    if not key.parts:
        raise ValueError("key.parts is empty; list the columns that make the key")
    _check_column("key.column", key.column, table)
    if not key.separator and (len(key.parts) > 1 or key.line_number):
        raise ValueError(
            "key.separator is empty: the parts 1 and 23 would make the same key as 12 and 3"
        )
    if key.column in {*profile.constants, *profile.expressions}:
        raise ValueError(
            f"key.column {key.column!r} has a constant or an expression too; keep one of them"
        )
    for name, expression in profile.expressions.items():
        if key.column in expression.names:
            raise ValueError(
                f"expressions.{name} uses {key.column!r}, which [key] makes; use the columns of"
                " [key] instead"
            )


def _check_column(path: str, name: str, table: Table) -> None:
    if name not in table.columns:
        told = f"{path}: {name!r} is not a column of {table.name}"
        raise ValueError(not_known(told, name, table.columns))


def _check_list(name: str, mapped: ListProfile, table: Table) -> None:
    lists = {each.name: item_fields(each) for each in table.schema if item_fields(each)}
    if name not in lists:
        told = f"lists.{name}: {name!r} is not a list of {table.name}"
        raise ValueError(not_known(told, name, lists))
    known = [each.name for each in lists[name]]
    for section in ("columns", "expressions"):
        for column in getattr(mapped, section):
            if column not in known:
                told = f"lists.{name}.{section}.{column}: {column!r} is not a field of {name}"
                raise ValueError(not_known(told, column, known))


def _check_setting(name: str, value: Decimal, table: Table) -> None:
    settings = {each.name: each for each in table.settings}
    if name not in settings:
        told = f"rules.{name}: {name!r} is not a setting of {table.name}"
        raise ValueError(not_known(told, name, settings))
    settings[name].check(value)


def _check_date_format(date_format: str) -> None:
    try:
        check_date_format(date_format)
    except ValueError as error:
        part = str(error)
        told = f"date_format {date_format!r}: "
        if part == date_format:
            raise ValueError(
                f"{told}it needs a year, a month and a day, and h needs a for AM or PM"
            ) from error
        told += f"{part!r} is not allowed"
        raise ValueError(not_known(told, part, [*TOKENS, *NAMES])) from error
