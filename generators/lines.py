"""Makes lines of text column by column."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from generators.dirt import BROKEN_CHARACTER
from generators.randomness import Places


def take(values: list[str], places: Places) -> pa.StringArray:
    """Return the text at each place."""
    return pa.array(values, pa.string()).take(pa.array(places))


def content_of(lines: pa.StringArray, *, has_dirt: bool) -> bytes:
    """Return the bytes of a file of these lines."""
    ended = pc.binary_join_element_wise(lines, "", "\n")
    # Arrow keeps the texts one after the other, so that they need not be joined.
    _, offsets, text = ended.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32)[
        ended.offset : ended.offset + len(ended) + 1
    ]
    content: bytes = text[int(ends[0]) : int(ends[-1])].to_pybytes()
    return content.replace(BROKEN_CHARACTER.encode(), b"\xff") if has_dirt else content
