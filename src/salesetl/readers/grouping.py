"""Looks at all files of a delivery, and groups those that can be read together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from salesetl.engines.engine import Engine
from salesetl.mapping.profile import Profile
from salesetl.model.table import Table
from salesetl.readers.files import look_at
from salesetl.readers.headers import Header
from salesetl.readers.kinds import NotText
from salesetl.readers.layouts import (
    Layout,
    Multiline,
    find_layout,
    is_quick_to_read,
)
from salesetl.readers.raw_rows import SkippedLines
from salesetl.readers.unpacked_files import Unpacked, content_path
from salesetl.readers.unpacking import unpack
from salesetl.storage import StoredFile

Layouts = Mapping[Layout, list[StoredFile]]


@dataclass(frozen=True)
class Grouped:
    """Files by their layout; each unknown column with a file that has it; and skipped lines."""

    layouts: Layouts
    unknown: dict[str, str]
    skipped: list[SkippedLines]

    @property
    def unpacked(self) -> dict[str, Unpacked]:
        """The files that were unpacked, by their paths."""
        return {
            file.path: file
            for alike in self.layouts.values()
            for file in alike
            if isinstance(file, Unpacked)
        }


def group_files(
    files: Sequence[StoredFile],
    table: Table,
    folder: str | None,
    profile: Profile,
    multiline: Multiline,
) -> Grouped:
    """Look at each file, unpacked below `folder`; InputError names the first that is not as due."""

    def look(file: StoredFile) -> tuple[StoredFile, Layout, Header]:
        try:
            return file, *find_layout(file, table, profile, multiline)
        except NotText as found:
            if folder is None:
                raise
            file = unpack(file, found.kind, folder, profile)
            return file, *find_layout(file, table, profile, multiline)

    found = Grouped(defaultdict(list), {}, [])
    for _, (file, layout, header) in look_at(files, look):
        found.layouts[layout].append(file)
        if header.skipped:
            skipped = SkippedLines(file.path, header.skipped, header.line)
            found.skipped.append(skipped)
        for name in profile.unknown(layout.header, table):
            found.unknown.setdefault(name, file.path)
    return found


def with_large_files(engine: Engine, layouts: Layouts) -> Layouts:
    """Let records span lines in those large files that have a line with a quote out of place.

    The engine looks at these files, for which it reads them once more.
    """
    divided: dict[Layout, list[StoredFile]] = defaultdict(list)
    for layout, files in layouts.items():
        looked_at = [content_path(file) for file in files if not is_quick_to_read(file)]
        across: set[str] = set()
        if looked_at and not layout.text.is_multiline:
            broken = (
                engine.read_records(looked_at, layout.text)
                .where("_is_quoted and size(_fields) = 0")
                .select("_source_file")
            )
            across = {row["_source_file"] for row in engine.rows(broken.distinct())}
        for file in files:
            own = layout.across_lines() if content_path(file) in across else layout
            divided[own].append(file)
    return divided
