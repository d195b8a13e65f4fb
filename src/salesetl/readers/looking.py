"""Looks into a file of a source of JSON: it may be packed, or be a table."""

import codecs

from salesetl.errors import InputError
from salesetl.mapping.profile import Profile
from salesetl.readers.documents import JSON_NAMES, NotJson, is_across_lines
from salesetl.readers.files import is_gzip
from salesetl.readers.kinds import NotText
from salesetl.readers.unpacked_files import content_path
from salesetl.readers.unpacking import unpack
from salesetl.storage import StoredFile, storage_of

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def look_into(
    file: StoredFile, staging: str, profile: Profile | None = None
) -> tuple[StoredFile, bool | None]:
    """Return a file, unpacked, and whether its objects may span lines.

    None for a table, if there is the profile of one. InputError if it is neither.
    """
    try:
        return file, is_across_lines(file, profile.encoding if profile else "UTF-8")
    except NotText as error:
        if not error.kind.is_table:
            unpacked = unpack(file, error.kind, staging, profile or Profile())
            found = look_into(unpacked, staging, profile)[1]
            return (file if found is None else unpacked), found
        if profile is None:
            raise InputError(
                f"{file.path}: is {error.kind.name}, but this source is JSON with objects inside"
                " objects; deliver it as JSON"
            ) from error
    except NotJson:
        if profile is None or file.path.endswith(JSON_NAMES):
            raise
    return file, None


def marked_encoding(file: StoredFile) -> str:
    """Return UTF-16 if a file begins with the mark of it, otherwise UTF-8."""
    path = content_path(file)
    is_marked = not is_gzip(file) and storage_of(path).read(path, 2) in _UTF_16
    return "UTF-16" if is_marked else "UTF-8"
