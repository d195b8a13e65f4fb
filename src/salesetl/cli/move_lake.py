"""Moves a lake of an earlier version."""

import argparse
import sys

from tqdm import tqdm

from salesetl.destinations.old_layout import move_lake
from salesetl.registry import pipelines
from salesetl.storage import normalized, storage_of


def move(arguments: argparse.Namespace) -> str:
    """Move the files of a lake to the folders of this version, and return their number."""
    root = normalized(arguments.output_path)
    moving = move_lake(storage_of(root), root, pipelines())
    shown = tqdm(
        moving, unit=" files", disable=not sys.stderr.isatty(), file=sys.stderr
    )
    moved = sum(1 for _ in shown)
    if not moved:
        return f"{root}: nothing to move\n"
    return f"{root}: {moved:,} files moved; this version can read the lake now\n"
