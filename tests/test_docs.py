"""Pages that are made from the code say what the code says."""

from pathlib import Path

from salesetl.arguments import arguments_of
from salesetl.cli import main
from salesetl.pipelines import enrich_sales
from salesetl.readers.layouts import WHOLE_FILE_BYTES

DOCS = Path(__file__).parents[1] / "docs"


def test_generated_pages_are_up_to_date(tmp_path: Path) -> None:
    main(["docs", str(tmp_path)])

    pages = sorted(tmp_path.iterdir())
    assert [page.name for page in pages] == ["data-dictionary.md", "jobs.md"]
    for page in pages:
        assert page.read_text() == (DOCS / page.name).read_text(), "run: make docs"


def test_the_size_up_to_which_files_are_looked_through_is_told() -> None:
    told = arguments_of(enrich_sales.run)["multiline"].help

    assert f"up to {WHOLE_FILE_BYTES // 2**20} MiB" in told


def test_every_decision_has_a_line_in_the_list() -> None:
    index = (DOCS / "decisions" / "README.md").read_text()

    decisions = sorted(path.name for path in (DOCS / "decisions").glob("0*.md"))
    assert decisions
    assert all(name in index for name in decisions)
