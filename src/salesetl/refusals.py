"""Errors of the operating system as one line that a person can act on.

The error may come from this process, DuckDB or Spark: all quote the text of the system.
"""

import errno
import os
import re

from salesetl.aws_refusals import s3a_refusal

_NOT_ALLOWED = (
    "access denied; give this user the right to read and write it, or use another path"
)
_FREE_SPACE = "free some space, or use another disk (TMPDIR for temporary files)"
_TOLD = {
    errno.ENOSPC: f"the disk is full; {_FREE_SPACE}",
    errno.EDQUOT: f"the disk quota is used up; {_FREE_SPACE}",
    errno.EFBIG: "the file exceeds the size limit; raise the limit (ulimit -f)",
    errno.EROFS: "the disk is read-only; use another path",
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.EISDIR: "is a folder, but a file is needed; use another path, or remove it",
    errno.ENOTDIR: "is a file, but a folder is needed; use another path, or remove it",
    errno.ENAMETOOLONG: "the name is too long for the disk; choose a shorter one",
    errno.ELOOP: "is a link that leads to itself; remove it",
    errno.EMFILE: "too many open files; raise the limit (ulimit -n)",
    errno.ENFILE: "too many open files on this machine; close other programs",
    errno.EIO: "the disk cannot read or write it; check the disk",
    errno.ENOENT: "does not exist, or was deleted; check the path, and run again",
}
# Which of these it is where the engines do not say it as the system does.
_ALIKE = {errno.EEXIST: errno.ENOTDIR, errno.ENOTEMPTY: errno.EISDIR}
_ENGINES_SAY = {
    errno.ENOSPC: "failed to offload data block",
    errno.ENOTDIR: "Parent path is not a directory|exists and is (not a directory|a file)"
    "|Mkdirs failed to create|Destination exists and is not a directory",
    errno.ENOENT: "No files found that match the pattern|PATH_NOT_FOUND|FileNotFoundException"
    "|Path does not exist",
    errno.EACCES: "AccessControlException",
}
_END = r"(?=\. |\.?$| \(|: | does not exist| is not a |[\"'`,])"
_PATHS = [
    re.compile(r'"(/[^"\n]+)"'),
    re.compile(rf"(?:file:/*(?=/)|(?=s3[an]?://))((?:s3[an]?:/)?/[^\n]+?){_END}", re.M),
    re.compile(r"(?:Exception: |^)(/[^\n]+?) \([A-Z]", re.M),
]
# Of a file or folder, on nearly every disk.
_LONGEST_NAME = 255


def refusal(code: int, path: str | None) -> str:
    """Explain an error code of the system for a path, with the remedy."""
    code = _ALIKE.get(code, code)
    if path is not None and code == errno.ENOTDIR:
        code, path = _closer(path)
    what = (
        _TOLD.get(code) or f"{os.strerror(code).lower()}; check the path, and run again"
    )
    if path is not None and code == errno.ENOENT and os.path.islink(path):
        goal = os.readlink(path)
        what = f"is a link to {goal}, which does not exist; remove the link, or restore that file"
    return what if path is None else f"{path}: {what}"


def refusal_of(error: BaseException) -> str | None:
    """Explain an error that comes from the system; None for any other error."""
    if isinstance(error, OSError) and error.errno is not None:
        name = error.filename2 or error.filename
        path = os.fsdecode(name) if isinstance(name, str | bytes) else None
        return refusal(error.errno, path)
    if not is_of_engine(error):
        return None
    text = str(error)
    if refused := s3a_refusal(text):
        place, what = refused
        path = _path_beside(text, place)
        return what if path is None else f"{path}: {what}"
    for code in _TOLD:
        words = re.escape(os.strerror(code))
        if code in _ENGINES_SAY:
            words += f"|{_ENGINES_SAY[code]}"
        if found := re.search(words, text):
            return refusal(code, _path_beside(text, found.start()))
    return None


def is_of_engine(error: BaseException) -> bool:
    """Whether an error comes from DuckDB or Spark; its text may quote values of rows."""
    return type(error).__module__.startswith(
        ("duckdb", "_duckdb", "pyspark", "py4j", "sqlframe")
    )


def _path_beside(text: str, place: int) -> str | None:
    """Return the path that is named in the line where something is said, or after it."""
    start = text.rfind("\n", 0, place) + 1
    for pattern in _PATHS:
        if found := pattern.search(text, start):
            # As DuckDB, and Spark, are told to take a character of a pattern as it stands.
            return re.sub(r"\[([*?\[])\]|\\([*?\[\]{}\\])", r"\1\2", found[1])
    return None


def _closer(path: str) -> tuple[int, str]:
    """Tell why a folder cannot be made, for which engines have one word, and what is in the way."""
    if any(len(os.fsencode(name)) > _LONGEST_NAME for name in path.split("/")):
        return errno.ENAMETOOLONG, path
    above = path
    while above not in ("", "/") and not os.path.lexists(above):
        above = os.path.dirname(above)
    return (errno.EACCES, path) if os.path.isdir(above) else (errno.ENOTDIR, above)
