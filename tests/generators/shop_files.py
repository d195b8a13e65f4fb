"""What producers of the shop have written, as a reader finds it."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from generators.__main__ import main
from salesetl.storage import join, storage_of, visible

Sale = dict[str, Any]

STEPPED = ["--start_time=2025-01-01T00:00:00Z"]


def sell(root: str | Path, *words: str) -> None:
    """Run a producer in this process."""
    main(["shop", f"--output_path={root}", *words])


class ShopFolder:
    """Everything below a root that readers see, on a disk or on S3."""

    def __init__(self, root: str | Path) -> None:
        storage = storage_of(str(root))
        listed = visible(str(root), storage.files(str(root)))
        self.files = {
            file.path.removeprefix(f"{root}/"): storage.read(file.path)
            for file in listed
        }

    def objects(self, folder: str) -> dict[str, Any]:
        """Return the JSON objects below a folder of the shop, by their paths below it."""
        return {
            name.removeprefix(f"shop/{folder}/"): json.loads(content)
            for name, content in self.files.items()
            if name.startswith(f"shop/{folder}/")
        }

    @property
    def batches(self) -> dict[str, list[Sale]]:
        """The sales of each file."""
        return {
            name: [json.loads(line) for line in content.splitlines()]
            for name, content in self.files.items()
            if name.startswith("shop/sales/")
        }

    @property
    def sales(self) -> list[Sale]:
        """All sales."""
        return [sale for batch in self.batches.values() for sale in batch]

    def check_ids(self) -> None:
        """See that no two sales have the same id."""
        ids = Counter(sale["order_id"] for sale in self.sales)
        assert [order_id for order_id, count in ids.items() if count > 1] == []


def answers_of(root: str | Path, session: int = 1) -> dict[str, Any]:
    """Return the answers of a producer."""
    path = join(str(root), "_answers", f"shop-{session:05}.json")
    found: dict[str, Any] = json.loads(storage_of(path).read(path))
    return found
