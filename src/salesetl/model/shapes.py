"""Nested shapes of delivered objects: the paths of their values, and the shapes as text."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from salesetl.model.table import item_fields
from salesetl.model.types import T


def as_text(schema: T.StructType) -> T.StructType:
    """Return the same shape with every value as text."""
    return T.StructType(
        [T.StructField(each.name, _text_of(each.dataType)) for each in schema]
    )


def flat(schema: T.StructType) -> T.StructType:
    """Return the values of a shape as fields of one level, each with its `path`.

    A list of structs is one value, and its structs have one level too. The name of a field is its
    path too, so none is there twice.
    """
    return T.StructType(
        [
            T.StructField(
                ".".join(path),
                _flat_list(field) or field.dataType,
                True,
                {**(field.metadata or {}), "path": list(path)},
            )
            for path, field in _values(schema, ())
        ]
    )


def _flat_list(field: T.StructField) -> T.DataType | None:
    items = item_fields(field)
    return T.ArrayType(flat(T.StructType(items))) if items else None


def json_path(field: T.StructField) -> list[str]:
    """The path of a value in an object: its `path` metadata, or its name."""
    path: list[str] = field.metadata.get("path", [field.name])
    return path


def item_parents(field: T.StructField) -> list[str]:
    """Return the objects that values of the items of a list are in, as `product`."""
    return json_parents(item_fields(field))


def is_nested(items: Sequence[T.StructField]) -> bool:
    """Tell whether any value of an item is in an object of its own."""
    return any(len(json_path(each)) > 1 for each in items)


def nested(
    fields: Sequence[T.StructField], value: Callable[[T.StructField], Any]
) -> dict[str, Any]:
    """Return the objects that fields of one level are the values of, each made by `value`."""
    tree: dict[str, Any] = {}
    for field in fields:
        *above, name = json_path(field)
        place = tree
        for each in above:
            place = place.setdefault(each, {})
        place[name] = value(field)
    return tree


def json_parents(schema: Sequence[T.StructField] | T.StructType) -> list[str]:
    """Return the objects that values are in, as `customer` of `customer.id`, outer ones first."""
    parents: dict[str, None] = {}
    for field in schema:
        above = json_path(field)[:-1]
        parents |= dict.fromkeys(
            ".".join(above[: depth + 1]) for depth in range(len(above))
        )
    return list(parents)


def _text_of(data_type: T.DataType) -> T.DataType:
    match data_type:
        case T.StructType():
            return as_text(data_type)
        case T.ArrayType():
            return T.ArrayType(_text_of(data_type.elementType))
        case _:
            return T.StringType()


def _values(
    schema: T.StructType, above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], T.StructField]]:
    for field in schema:
        path = (*above, field.name)
        if isinstance(field.dataType, T.StructType):
            yield from _values(field.dataType, path)
        else:
            yield path, field


def text_names(schema: T.StructType) -> Iterator[str]:
    """Yield the names of the values that are text, those in lists too."""
    for field in schema:
        if items := item_fields(field):
            yield from text_names(T.StructType(items))
        elif isinstance(field.dataType, T.StringType):
            yield json_path(field)[-1]
