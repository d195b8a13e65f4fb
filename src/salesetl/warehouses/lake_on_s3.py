"""What the warehouses that read files of a lake on S3 by themselves have in common."""

from salesetl.errors import InputError


def s3_url(path: str, otherwise: str) -> str:
    """Write a path as a warehouse does, `s3://…`; InputError with a remedy if it is not on S3."""
    scheme, found, rest = path.partition("://")
    if not found or not scheme.startswith("s3"):
        raise InputError(f"{path}: {otherwise}")
    return f"s3://{rest}"


def quoted(text: str) -> str:
    """Write a text where a statement takes no expression."""
    return "'" + text.replace("'", "''") + "'"
