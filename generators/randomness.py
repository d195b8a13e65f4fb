"""Random numbers that depend only on the seed and their purpose."""

import hashlib
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
Flags = NDArray[np.bool_]


def uniform(size: int, seed: int, *purpose: str | int) -> Numbers:
    """Return `size` numbers in [0, 1) for a purpose, such as a table, a column and a chunk.

    One column more, or rows made in another order, leave all the others as they were. Only the
    generator's raw stream is used, because NumPy may change its distributions.
    """
    text = "/".join(map(str, (seed, *purpose)))
    entropy = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")
    return np.random.Generator(np.random.PCG64(entropy)).random(size)


def pick(weights: Collection[float], numbers: Numbers) -> Places:
    """Turn uniform numbers into places in `weights`, each as often as its weight says."""
    column = np.array(list(weights), dtype=np.float64)
    shares = np.cumsum(column) / np.sum(column)
    shares[-1] = 1.0
    return np.searchsorted(shares, numbers, side="right").astype(np.int64)
