"""Run reports and small tables as text for a terminal."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from salesetl.display_files import file_lines
from salesetl.money import AMOUNT_STATES, NOTHING
from salesetl.registry import source_paths
from salesetl.runs import RunReport

# Columns of numbers that name something and are not grouped.
CALENDAR = ("year", "month")

# A run that loses a greater share says so.
_LOSS = Decimal("0.01")
_AMOUNT = re.compile(r"(-?)([1-9][0-9]*|0)([.][0-9]+)")


def report_text(report: RunReport) -> str:
    """Lay out a run report for a person."""
    lines = [
        f"{report.job} {report.status}: run {report.run_id} ({_runtime_text(report)})",
        "",
        *files_text(report, "no new file; nothing was written"),
        *_pairs([*_main_source(report), *_other_sources(report)]),
        *_amounts(report),
    ]
    lines += file_lines(report)
    if report.unknown_columns:
        lines += [f"columns ignored: {', '.join(report.unknown_columns)}"]
    lines += [f"hint: {hint}" for hint in report.hints]
    if report.absent_columns:
        lines += [f"columns that no row has: {', '.join(report.absent_columns)}"]
    if report.rows_to_refresh:
        lines += [
            f"published rows that lack values known now: {report.rows_to_refresh:,}"
            " (the log says how to add them)"
        ]
    if report.catalog:
        lines += [_catalog_text(report.catalog)]
    if report.error:
        lines += ["", f"error: {report.error}"]
    if report.partitions:
        header = list(report.partitions[0])
        rows = [[entry[name] for name in header] for entry in report.partitions]
        lines += ["", table_text(header, rows, plain=CALENDAR)]
    seconds = " ".join(
        f"{name} {value:.1f}" for name, value in report.seconds_by_stage.items()
    )
    lines += ["", f"seconds: {seconds}"]
    if report.status == "succeeded" and (loss := loss_text(report)):
        lines += ["", loss]
    return "\n".join(lines) + "\n"


def loss_text(report: RunReport) -> str:
    """Tell of a run that lost more than 1 % of its rows or of an amount why; '' of another one."""
    rejected = report.rows_quarantined - report.rows_out_of_range
    meant = report.rows_read - report.rows_filtered - report.rows_out_of_range
    told = []
    if rejected > _LOSS * meant:
        told += [f"{rejected / meant:.1%} of the rows"]
    for name, by_currency in report.amounts.items():
        for currency, states in by_currency.items():
            # Reports of earlier versions have fewer states.
            found = (states.get(each, NOTHING) for each in ("rejected", "loaded"))
            lost, loaded = (abs(Decimal(text)) for text in found)
            if lost > _LOSS * (lost + loaded):
                amount = f"{currency} {number_text(states['rejected'])}".lstrip()
                told += [f"{amount} ({lost / (lost + loaded):.1%}) of {name}"]
    if not told:
        return ""
    reasons = ", ".join(
        f"{name} {count:,}" for name, count in report.rows_by_reason.items()
    )
    why = "; ".join([reasons, *report.hints])
    return f"attention: {' and '.join(told)} rejected: {why}"


def _runtime_text(report: RunReport) -> str:
    name = {"spark": "Spark", "duckdb": "DuckDB"}[report.runtime.get("engine", "spark")]
    version = report.runtime.get(name.lower())
    return f"{name} {version}, Python {report.runtime.get('python')}"


def _catalog_text(catalog: dict[str, Any]) -> str:
    if catalog["error"]:
        return f"not registered in database {catalog['database']}: {catalog['error']}"
    return (
        f"registered in database {catalog['database']}: {', '.join(catalog['tables'])};"
        f" partitions: {catalog['partitions_added']:,} added,"
        f" {catalog['partitions_removed']:,} removed"
    )


def files_text(report: RunReport, if_none: str) -> list[str]:
    """Say in one line which files were loaded, and in another if there was none to load."""
    names = ("new", "changed", "known", "renamed", "vanished")
    counts = {name: getattr(report, f"files_{name}") for name in names}
    told = [f"{count:,} {name}" for name, count in counts.items() if count]
    lines = [f"files: {', '.join(told)}"] if told else []
    if told and report.status == "succeeded" and not report.files_read:
        lines += [if_none]
    return [*lines, ""] if lines else []


def _main_source(report: RunReport) -> list[tuple[str, Any]]:
    return [
        ("rows read", report.rows_read),
        ("  loaded", report.rows_loaded),
        *_if_any("    in the lake already", report.rows_unchanged),
        ("  quarantined", report.rows_quarantined),
        *((f"    {name}", count) for name, count in report.rows_by_reason.items()),
        ("  duplicates removed", report.duplicates_removed),
        *_if_any("    published already", report.rows_superseded),
        *_if_any("  filtered", report.rows_filtered),
        *((f"warning: {name}", count) for name, count in report.warnings.items()),
    ]


def _if_any(name: str, count: int) -> list[tuple[str, Any]]:
    return [(name, count)] if count else []


def _other_sources(report: RunReport) -> list[tuple[str, Any]]:
    lines: list[tuple[str, Any]] = [
        (name.removesuffix("_path"), "not delivered")
        for name, path in report.arguments.items()
        if path is None and name in source_paths(report.job)
    ]
    for name, counts in report.sources.items():
        lines += [(f"{name} read", counts["rows_read"])]
        for what in ("rows_loaded", "rows_quarantined", "duplicates_removed"):
            lines += [
                (f"  {what.removeprefix('rows_').replace('_', ' ')}", counts[what])
            ]
        lines += _if_any("  filtered", counts.get("rows_filtered", 0))
        lines += [
            (f"warning: {rule}", rows) for rule, rows in counts["warnings"].items()
        ]
    return lines


def _amounts(report: RunReport) -> list[str]:
    """Lay out what became of each amount, a line a currency."""
    rows = [
        [name, currency, *(states.get(state, "") for state in AMOUNT_STATES)]
        for name, by_currency in report.amounts.items()
        for currency, states in by_currency.items()
    ]
    header = [
        "amount",
        "currency",
        *(state.replace("_", " ") for state in AMOUNT_STATES),
    ]
    if not any(row[1] for row in rows):
        header, rows = _without(1, header), [_without(1, row) for row in rows]
    return ["", table_text(header, rows)] if rows else []


def _without(place: int, cells: list[str]) -> list[str]:
    return [*cells[:place], *cells[place + 1 :]]


def loaded_text(report: RunReport) -> str:
    """Write the loaded sum of each amount, such as `1,234.50` or `EUR 8.00, INR 5.00`."""
    texts = (
        f"{currency} {number_text(states['loaded'])}".lstrip()
        for by_currency in report.amounts.values()
        for currency, states in by_currency.items()
    )
    return ", ".join(texts)


def table_text(
    header: Sequence[str], rows: Sequence[Sequence[Any]], plain: Sequence[str] = ()
) -> str:
    """Lay out rows under their headings, numbers to the right; `plain` numbers are not grouped."""
    cells = [
        [
            str(value) if name in plain else number_text(value)
            for name, value in zip(header, row, strict=True)
        ]
        for row in rows
    ]
    is_number = [
        all(_is_number(row[place]) for row in rows) for place in range(len(header))
    ]
    widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]
    lines = [header, ["-" * width for width in widths], *cells]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, is_number, strict=True)
        ).rstrip()
        for line in lines
    )


def number_text(value: Any) -> str:
    """Write a number, or the text of one, with thousands separators; anything else as it is."""
    if isinstance(value, int):
        return f"{value:,}"
    amount = _AMOUNT.fullmatch(str(value))
    return f"{amount[1]}{int(amount[2]):,}{amount[3]}" if amount else str(value)


def _is_number(value: Any) -> bool:
    return value == "" or not isinstance(value, str) or bool(_AMOUNT.fullmatch(value))


def _pairs(pairs: Sequence[tuple[str, Any]]) -> list[str]:
    texts = [(name, number_text(value)) for name, value in pairs]
    name_width = max(len(name) for name, _ in texts)
    value_width = max(len(text) for _, text in texts)
    return [
        f"{name.ljust(name_width)}  {text.rjust(value_width)}" for name, text in texts
    ]
