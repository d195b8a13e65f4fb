"""What fits the memory of one machine."""

import os

# As far as it was measured: ahead of Spark on one machine, in about as much memory as input.
EMBEDDED_INPUT_BYTES = 6 * 2**30


def memory_bytes() -> int:
    """How much memory this machine has."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def embedded_memory_bytes() -> int:
    """How much memory the embedded engine may take: as much as its largest input, if it is there.

    Beyond that it keeps on a disk what it works on.
    """
    return min(EMBEDDED_INPUT_BYTES, memory_bytes() * 4 // 5)
