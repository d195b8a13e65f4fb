"""Reads the rows of a sheet of an Excel workbook."""

import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from salesetl.errors import InputError, SetupError, not_known
from salesetl.readers.kinds import Kind, refused

# What a workbook has that other archives have not.
_CONTENT = "xl/workbook.xml"
_REFUSED = {
    "xl/workbook.bin": Kind(
        "a binary Excel workbook (.xlsb)", remedy="save it as .xlsx"
    ),
    "content.xml": Kind(
        "an OpenDocument file (.ods)", remedy="save it as .xlsx or CSV"
    ),
}


def is_workbook(path: str) -> bool:
    """Tell whether a ZIP archive is a document, such as a workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            return bool({_CONTENT, *_REFUSED} & set(archive.namelist()))
    except (zipfile.BadZipFile, OSError):
        return False


def check_workbook(path: str, copy: str) -> int:
    """Return the unpacked size of a workbook; InputError if it is a document of another kind."""
    with zipfile.ZipFile(copy) as archive:
        members = archive.infolist()
    names = {member.filename for member in members}
    for name, kind in _REFUSED.items():
        if name in names and _CONTENT not in names:
            raise refused(path, kind)
    return sum(member.file_size for member in members)


def workbook_rows(path: str, copy: str, sheet: str | None) -> Iterator[Sequence[Any]]:
    """Yield the rows of a sheet from its first line; `copy` is a local path to the content.

    InputError if there is no such sheet, or if there are several and none is named.
    """
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError as error:
        raise SetupError(
            f"{path}: to read Excel workbooks, pip install 'salesetl[excel]'; make deploy"
            " brings it to Glue"
        ) from error
    try:
        with CalamineWorkbook.from_path(copy) as workbook:
            name = _sheet(path, workbook, sheet)
            yield from workbook.get_sheet_by_name(name).iter_rows()
    except CalamineError as error:
        raise ValueError(str(error)) from error


def _sheet(path: str, workbook: Any, asked: str | None) -> str:
    """Return the name of the sheet to read: that of the profile, or the only one that is shown."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [
        each for each in workbook.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet
    ]
    names = [str(each.name) for each in sheets]
    if asked is not None:
        if asked in names:
            return asked
        raise InputError(not_known(f"{path}: has no sheet {asked!r}", asked, names))
    shown = [
        str(each.name) for each in sheets if each.visible == SheetVisibleEnum.Visible
    ]
    if len(shown) != 1:
        raise InputError(
            f"{path}: has {len(shown)} sheets ({', '.join(shown)}); name one of them as sheet in a"
            " source profile, or with --sheet to `salesetl profile suggest`"
        )
    return shown[0]
