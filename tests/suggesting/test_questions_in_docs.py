"""The page of source profiles lists every question that a suggestion may ask."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_ASKED = re.compile(r'answer\(\s*"(\w+)"')


def test_every_question_is_on_the_page() -> None:
    page = (ROOT / "docs" / "source-profiles.md").read_text()
    source = "".join(
        path.read_text() for path in (ROOT / "src/salesetl/suggesting").glob("*.py")
    )

    asked = {*_ASKED.findall(source), "tax", "discount", "shipping"}
    listed = re.findall(r"^\| (`.*`) \|", page.partition("| question |")[2], re.M)
    found = {
        name
        for each in listed[:8]
        for name in re.findall(r"`(\w+)`", each.split(" | ")[0])
    }
    assert found == asked
