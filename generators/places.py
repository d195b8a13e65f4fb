"""The target of sample data: a folder, or S3 through a folder."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from salesetl.aws import aws_errors, client, upload
from salesetl.errors import naming
from salesetl.storage import is_local, normalized


@contextmanager
def written(place: str) -> Iterator[Path]:
    """Yield a folder to write into; upload its content if the target is on S3."""
    root = normalized(place)
    if is_local(root):
        with naming(root, is_default=True):
            yield Path(root)
        return
    with tempfile.TemporaryDirectory(prefix="salesetl-") as folder:
        yield Path(folder)
        parts = urlsplit(root)
        s3 = client("s3")
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                below = path.relative_to(folder).as_posix()
                key = f"{parts.path.strip('/')}/{below}".lstrip("/")
                with aws_errors(f"{root}/{below}"):
                    upload(s3, str(path), parts.netloc, key)
