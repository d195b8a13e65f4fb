"""Nested shapes of delivered objects: the paths of their values, and the shapes as text."""

from collections.abc import Iterator

from salesetl.model.table import item_fields
from salesetl.model.types import T


def as_text(schema: T.StructType) -> T.StructType:
    """Return the same shape with every value as text."""
    return T.StructType(
        [T.StructField(each.name, _text_of(each.dataType)) for each in schema]
    )


def flat(schema: T.StructType) -> T.StructType:
    """Return the values of a shape as fields of one level, each with its `path`.

    A list of structs is one value. The name of a field is its path too, so none is there twice.
    """
    return T.StructType(
        [
            T.StructField(
                ".".join(path),
                field.dataType,
                True,
                {**(field.metadata or {}), "path": list(path)},
            )
            for path, field in _values(schema, ())
        ]
    )


def json_path(field: T.StructField) -> list[str]:
    """The path of a value in an object: its `path` metadata, or its name."""
    path: list[str] = field.metadata.get("path", [field.name])
    return path


def json_parents(schema: T.StructType) -> list[str]:
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
