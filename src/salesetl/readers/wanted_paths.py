"""The paths of JSON records that a source profile names, and the lines of texts made by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from salesetl.characters import name_key
from salesetl.engines.engine import NAME_SEPARATOR
from salesetl.mapping.profile import Profile
from salesetl.model.table import Table, item_fields
from salesetl.model.types import T
from salesetl.quality.judging import KEY_ONCE, OWN_KIND, WELL_FORMED
from salesetl.readers.json_values import (
    KeyTwiceError,
    OtherKindError,
    has,
    list_at,
    parsed,
    path_of,
    value_at,
)


@dataclass(frozen=True)
class WantedPaths:
    """The paths of values, and for each list its path and those of the values of its items."""

    values: tuple[str, ...]
    lists: Mapping[str, tuple[str, tuple[str, ...]]]

    @staticmethod
    def of(table: Table, profile: Profile) -> WantedPaths:
        """Collect what the columns of a contract are made of."""
        lists = {field.name: item_fields(field) for field in table.schema}
        lists = {name: items for name, items in lists.items() if items}
        return WantedPaths(
            tuple(name for name in profile.used(table) if name not in lists),
            {
                name: (
                    profile.list_of(name).path or name,
                    tuple(profile.list_of(name).used([each.name for each in items])),
                )
                for name, items in lists.items()
            },
        )

    @property
    def shape(self) -> T.StructType:
        """The shape of the lines that engines are given; the place of a path is its name."""
        texts = {f"v{place}": T.StringType() for place in range(len(self.values))}
        items = {
            f"l{place}": T.ArrayType(
                T.StructType(
                    [
                        T.StructField(f"i{number}", T.StringType())
                        for number in range(len(paths))
                    ]
                )
            )
            for place, (_, paths) in enumerate(self.lists.values())
        }
        kept = dict.fromkeys(("raw", "fault", "names"), T.StringType())
        shape: dict[str, Any] = {**texts, **items, **kept}
        return T.StructType([T.StructField(name, kind) for name, kind in shape.items()])

    def positions(self) -> dict[str, str]:
        """Map the key of each path, and each list, to its column in these lines."""
        values = {name_key(path): f"`v{n}`" for n, path in enumerate(self.values)}
        return values | {name: f"`l{n}`" for n, name in enumerate(self.lists)}

    def line(self, raw: str) -> dict[str, Any]:
        """Take the values out of a record, or tell what is wrong with it."""
        try:
            record = parsed(raw)
            values = {
                f"v{place}": value_at(record, path_of(path))
                for place, path in enumerate(self.values)
            }
            for place, (path, inner) in enumerate(self.lists.values()):
                items = list_at(record, path_of(path))
                values[f"l{place}"] = items and [  # type: ignore[assignment]
                    {
                        f"i{number}": value_at(item, path_of(each))
                        for number, each in enumerate(inner)
                    }
                    for item in items
                ]
            return values | {"fault": "", "names": self._names(record)}
        except KeyTwiceError:
            return {"fault": KEY_ONCE.name}
        except OtherKindError:
            return {"fault": OWN_KIND.name}
        except (ValueError, RecursionError):
            return {"fault": WELL_FORMED.name}

    def _names(self, record: Any) -> str:
        """Return the paths that a record has."""
        found = [path for path in self.values if has(record, path_of(path))]
        for path, inner in self.lists.values():
            for item in list_at(record, path_of(path)) or []:
                found += [
                    f"{path}.{each}" for each in inner if has(item, path_of(each))
                ]
        return NAME_SEPARATOR.join(dict.fromkeys(found))

    def delivered(self, named: set[str]) -> T.StructType:
        """Return the shape that a report compares with; what no profile names is optional."""
        text = T.StringType()
        return T.StructType(
            [
                *(
                    T.StructField(path, text, True, {"is_optional": path not in named})
                    for path in self.values
                ),
                *(
                    T.StructField(
                        path,
                        T.ArrayType(
                            T.StructType([T.StructField(each, text) for each in inner])
                        ),
                        True,
                        {},
                    )
                    for path, inner in self.lists.values()
                ),
            ]
        )
