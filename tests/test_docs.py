"""Pages that are made from the code say what the code says."""

import re
import shutil
import struct
from pathlib import Path

import pytest

from salesetl.cli import main

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SQL = ROOT / "sql" / "athena"


@pytest.mark.both_sparks
def test_generated_files_are_up_to_date(tmp_path: Path) -> None:
    read = [*(ROOT / "dbt" / "models").rglob("*.*"), *(ROOT / "jobs").glob("*.toml")]
    # Of which only a part is made.
    template = ROOT / "infra" / "salesetl.yaml"
    for path in [*read, template]:
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)

    main(["docs", str(tmp_path)])

    found = {path for path in tmp_path.rglob("*.*") if path.is_file()}
    names = {path.relative_to(tmp_path) for path in found}
    names -= {path.relative_to(ROOT) for path in read}
    assert {Path("docs/jobs.md"), Path("sql/athena/views/revenue_mom.sql")} <= names
    assert template.relative_to(ROOT) in names
    for name in names:
        made_now = (tmp_path / name).read_text()
        assert (ROOT / name).read_text() == made_now, f"{name}: run make docs"
    kept = [*SQL.glob("tables/**/*.sql"), *SQL.glob("views/*.sql")]
    kept += (ROOT / "sql" / "dqdl").glob("*/*")
    kept += (ROOT / "sql" / "warehouse").glob("*/*/*")
    assert {path.relative_to(ROOT) for path in kept} <= names


def test_every_decision_has_a_line_in_the_list() -> None:
    index = (DOCS / "decisions" / "README.md").read_text()

    decisions = sorted(path.name for path in (DOCS / "decisions").glob("0*.md"))
    assert decisions
    assert all(name in index for name in decisions)


def test_the_readme_shows_a_picture_of_the_report() -> None:
    pictures = re.findall(r"!\[.+\]\((.+)\)", (ROOT / "README.md").read_text())

    assert pictures == ["docs/report.png"]
    content = (ROOT / pictures[0]).read_bytes()
    magic, width = struct.unpack(">8s8xI", content[:20])
    assert (magic, width) == (b"\x89PNG\r\n\x1a\n", 1400)
    assert len(content) < 250_000
