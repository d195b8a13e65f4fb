"""Sales to measure on: sound ones, and a hundredth of them again, each with a fault."""

import itertools
from collections.abc import Callable
from pathlib import Path

from generators.__main__ import main as generate

Fields = list[str]


def _with(place: int, text: str) -> Callable[[Fields], Fields]:
    return lambda fields: [*fields[:place], text, *fields[place + 1 :]]


# Faults that every contender finds (the usual script takes a surplus field for none); the last is a
# second copy, which is none.
FAULTS: list[Callable[[Fields], Fields]] = [
    _with(0, ""),
    _with(1, "2025-13-45"),
    _with(4, "1.5"),
    _with(4, "0"),
    _with(5, "-1.00"),
    _with(7, "n/a"),
    _with(7, "0.01"),
    lambda fields: fields[:-1],
    lambda fields: fields,
]


def make_sales(folder: Path, rows: int) -> Path:
    """Generate sales and customers below a folder, once, and return it."""
    home = folder / f"{rows}"
    if (home / "sales" / "faults.csv").exists():
        return home
    customers = max(500, rows // 200)
    words = ["sales", "--rows", str(rows), "--customers", str(customers), "--dirt", "0"]
    generate([*words, "--output_path", str(home)])
    first = sorted((home / "sales").iterdir())[0]
    with first.open() as sound, (home / "sales" / "faults.csv").open("w") as faults:
        faults.write(next(sound))
        kinds = itertools.cycle(FAULTS)
        for line in itertools.islice(sound, rows // 100):
            number, *others = line.rstrip("\n").split(",")
            kind = next(kinds)
            is_copy = kind is FAULTS[-1]
            fields = kind([number if is_copy else f"F{number}", *others])
            faults.write(",".join(fields) + "\n")
    return home
