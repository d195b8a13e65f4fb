"""Which models a pipeline has, and which of them each is made from."""

from __future__ import annotations

import re
from pathlib import Path

# A link to the folder of the repository; the wheel has what it leads to.
PROJECT = Path(__file__).parents[1] / "dbt_project"

_REFERENCE = re.compile(r"ref\('(\w+)'\)")


def parents_of_models(namespace: str) -> dict[str, list[str]]:
    """Return the models and snapshots of a pipeline, each with those of them that it reads.

    A file of a snapshot has its name. Nothing is asked of dbt: a scheduler reads this often.
    """
    files = [
        *(PROJECT / "models" / namespace).rglob("*.sql"),
        *(PROJECT / "snapshots" / namespace).rglob("*.yml"),
    ]
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(files)}
    return {
        name: sorted({*_REFERENCE.findall(text)} & texts.keys())
        for name, text in texts.items()
    }


def paths_of(namespace: str) -> list[str]:
    """Return the folders of the project with the models of a pipeline, and with its snapshots."""
    kinds = ("models", "snapshots")
    return [
        f"{kind}/{namespace}" for kind in kinds if (PROJECT / kind / namespace).is_dir()
    ]
