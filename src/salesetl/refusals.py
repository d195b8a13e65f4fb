"""What the operating system refuses, in a line that a person can act on.

Whoever was refused, this process, DuckDB or Spark, says so in the system's own words.
"""

import errno
import os
import re

_NOT_ALLOWED = "not allowed; let this user read and write there, or name another place"
_FREE_SPACE = "free some space, or name a place with more (TMPDIR for temporary files)"
_TOLD = {
    errno.ENOSPC: f"the disk is full; {_FREE_SPACE}",
    errno.EDQUOT: f"the quota of the disk is used up; {_FREE_SPACE}",
    errno.EFBIG: "the file would be larger than it may be; raise the limit (ulimit -f)",
    errno.EROFS: "the disk is read-only; name another place",
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.EISDIR: "is a folder where a file is needed; name another place, or remove it",
    errno.ENOTDIR: "is a file where a folder is needed; name another place, or remove it",
    errno.ENAMETOOLONG: "the name is too long for the disk; choose a shorter one",
    errno.ELOOP: "is a link that leads in a circle; remove it",
    errno.EMFILE: "too many files are open at once; raise the limit (ulimit -n)",
    errno.ENFILE: "too many files are open on this machine; close other programs",
    errno.EIO: "the disk cannot read or write it; check the disk",
    errno.ENOENT: "is not there, or not any more; check the path, and run again when it is whole",
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
_END = r"(?=\. |\.?$| \(| does not exist| is not a |[\"'`,])"
_PATHS = [
    re.compile(r'"(/[^"\n]+)"'),
    re.compile(rf"(?:file:/*(?=/)|(?=s3[an]?://))((?:s3[an]?:/)?/[^\n]+?){_END}", re.M),
    re.compile(r"(?:Exception: |^)(/[^\n]+?) \([A-Z]", re.M),
]
# Of a file or folder, on nearly every disk.
_LONGEST_NAME = 255


def refusal(code: int, path: str | None) -> str:
    """Say what the system's code for a refusal means for a path, and what to do."""
    code = _ALIKE.get(code, code)
    if path is not None and code == errno.ENOTDIR:
        code, path = _closer(path)
    what = _TOLD.get(code) or f"{os.strerror(code).lower()}; check it, and try again"
    if path is not None and code == errno.ENOENT and os.path.islink(path):
        goal = os.readlink(path)
        what = f"is a link to {goal}, which is not there; remove it, or bring that back"
    return what if path is None else f"{path}: {what}"


def refusal_of(error: BaseException) -> str | None:
    """Say what the system refused, if an error comes of that; None if it does not."""
    if isinstance(error, OSError) and error.errno is not None:
        name = error.filename2 or error.filename
        path = os.fsdecode(name) if isinstance(name, str | bytes) else None
        return refusal(error.errno, path)
    if not is_of_engine(error):
        return None
    text = str(error)
    for code in _TOLD:
        words = re.escape(os.strerror(code))
        if code in _ENGINES_SAY:
            words += f"|{_ENGINES_SAY[code]}"
        if found := re.search(words, text):
            return refusal(code, _path_beside(text, found.start()))
    return None


def is_of_engine(error: BaseException) -> bool:
    """Tell whether an error comes from DuckDB or Spark, whose texts may quote what they read."""
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
