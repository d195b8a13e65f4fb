"""Writes small Excel workbooks cell by cell, as Excel does and not as a library would."""

import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

Rows = Sequence[Sequence[Any]]

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
    '<xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def write_workbook(path: Path, sheets: Mapping[str, Rows], hidden: str = "") -> Path:
    """Write sheets of rows; a number may be given as the text that the file is to have of it.

    A cell that is a tuple is a formula with its value, None is an empty cell.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f"{_HEAD}<Types/>")
        links = _link("styles", "styles.xml", "s")
        named = ""
        for number, (name, rows) in enumerate(sheets.items(), start=1):
            links += _link("worksheet", f"worksheets/sheet{number}.xml", f"r{number}")
            state = ' state="hidden"' if name == hidden else ""
            named += (
                f'<sheet name="{name}" sheetId="{number}" r:id="r{number}"{state}/>'
            )
            archive.writestr(f"xl/worksheets/sheet{number}.xml", _sheet(rows))
        archive.writestr(
            "xl/workbook.xml",
            f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELS}"><sheets>{named}</sheets>'
            "</workbook>",
        )
        archive.writestr("xl/_rels/workbook.xml.rels", _links(links))
        archive.writestr("xl/styles.xml", _STYLES)
        main = _link("officeDocument", "xl/workbook.xml", "r1")
        archive.writestr("_rels/.rels", _links(main))
    return path


def _links(links: str) -> str:
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}">{links}</Relationships>'


def _link(kind: str, target: str, name: str) -> str:
    return f'<Relationship Id="{name}" Type="{_RELS}/{kind}" Target="{target}"/>'


def _sheet(rows: Rows) -> str:
    lines = "".join(
        f'<row r="{number}">{_cells(row, number)}</row>'
        for number, row in enumerate(rows, start=1)
    )
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'
    )


def _cells(row: Sequence[Any], number: int) -> str:
    return "".join(
        _cell(value, f"{chr(65 + place)}{number}") for place, value in enumerate(row)
    )


def _cell(value: Any, place: str) -> str:
    match value:
        case None:
            return f'<c r="{place}" s="1"/>'
        case (formula, result):
            return f'<c r="{place}"><f>{formula}</f><v>{result}</v></c>'
        case bool():
            return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
        case date():
            return f'<c r="{place}" s="1"><v>{_days(value)}</v></c>'
        case int() | float():
            return f'<c r="{place}"><v>{value!r}</v></c>'
    text = f"<is><t>{escape(str(value))}</t></is>"
    return f'<c r="{place}" t="inlineStr">{text}</c>'


def _days(value: date) -> float:
    """Count days as Excel does."""
    moment = value if isinstance(value, datetime) else datetime(*value.timetuple()[:3])
    return (moment - datetime(1899, 12, 30)).total_seconds() / 86400
