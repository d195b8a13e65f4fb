"""What a run report says of the files beside their rows, as text for a terminal."""

from typing import Any

from salesetl.runs import RunReport


def file_lines(report: RunReport) -> list[str]:
    """Tell what look-ups lack, and where lines of files are no data."""
    lines = []
    for name, facts in report.lookups.items():
        files = ", ".join(file["path"] for file in facts["files"])
        told = f"{facts['keys']:,} keys of {files}"
        if facts["malformed_rows"]:
            told += f", {facts['malformed_rows']:,} malformed rows left out"
        lines += [f"look-up {name} lacks {facts['rows_without']:,} rows ({told})"]
    if report.skipped_lines:
        lines += [_skipped_text(report.skipped_lines)]
    return lines


def _skipped_text(skipped: dict[str, Any]) -> str:
    first = skipped["first"][0]
    told = f"lines that are no data: {skipped['lines']:,} in {skipped['files']:,} files"
    if not first["header_line"]:
        return told
    return f"{told}; the header of {first['file']} is on line {first['header_line']:,}"
