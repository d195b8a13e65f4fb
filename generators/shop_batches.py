"""Files of the shop, written whole, and kept on this machine where that fails."""

import sys
import time
from pathlib import Path

from salesetl.errors import SalesEtlError, one_line
from salesetl.stopping import stopped_by
from salesetl.storage import join, storage_of
from salesetl.storage.disk import LocalStorage

_PAUSES = (0.5, 1.0, 2.0, 4.0)


class ShopFiles:
    """Writes files below `root`; what cannot be written is kept in a folder below `kept_path`.

    The folder is named by a token, so that producers of several places may share `kept_path`.
    """

    def __init__(self, root: str, kept_path: str, token: str) -> None:
        self._root = root
        self.kept_folder = Path(kept_path).expanduser().absolute() / token
        self.files_kept = 0

    def write(self, below: str, content: bytes) -> bool:
        """Write a file; False if it had to be kept aside.

        It is tried again after pauses that grow, but not once the producer is to stop. Nobody sees
        a part of a file, and the same file may be written again.
        """
        path = join(self._root, below)
        for pause in (*_PAUSES, None):
            try:
                storage_of(path).write(path, content)
                return True
            except SalesEtlError as error:
                if pause is None or stopped_by():
                    self._keep(below, content, error)
                    return False
                _pause(pause)
        raise AssertionError("the last attempt has returned")

    def _keep(self, below: str, content: bytes, error: SalesEtlError) -> None:
        kept = self.kept_folder / below
        LocalStorage().write(str(kept), content)
        self.files_kept += 1
        sys.stderr.write(f"generators: kept as {kept}: {one_line(error)}\n")


def _pause(seconds: float) -> None:
    """Sleep, but no longer than until the producer is to stop."""
    end = time.monotonic() + seconds
    while not stopped_by() and (left := end - time.monotonic()) > 0:
        time.sleep(min(left, 0.1))
