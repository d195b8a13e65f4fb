"""Keeps credentials out of output, logs and reports."""

import logging
import os
import re

_HIDDEN = "***"
# How variables of the environment end whose values must not be seen. One that only names where a
# secret is, such as …_TOKEN_FILE, has none; hiding that in reports would keep runs from replay.
_KEPT_SECRET = re.compile(
    r"(SECRET|TOKEN|PASSWORD|PASSWD|PRIVATE_KEY|API_KEY|SECRET_KEY|SECRET_ACCESS_KEY)$"
)
# A short value would hide what is no secret.
_SHORTEST = 8
_ACCESS_KEY = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")
_USER_INFO = re.compile(r"(://)[^/\s@]+@")
_NAMED = re.compile(
    r"(?i)((?:password|passwd|pwd|secret[\w-]*|[\w-]*token|api_?key|authorization|signature"
    r"|aws_secret_access_key|x-amz-credential)[\"']?\s*(?:[:=]|\s)\s*[\"']?)(?:bearer\s+)?"
    r"(?=[^\s\"',;&]*[0-9+/=_-])[^\s\"',;&]{8,}"
)


def scrubbed(text: str) -> str:
    """Return a text with credentials hidden: known forms, and the values of this environment."""
    for name, value in os.environ.items():
        if _KEPT_SECRET.search(name.upper()) and len(value) >= _SHORTEST:
            text = text.replace(value, _HIDDEN)
    text = _ACCESS_KEY.sub(_HIDDEN, text)
    text = _USER_INFO.sub(rf"\1{_HIDDEN}@", text)
    return _NAMED.sub(rf"\1{_HIDDEN}", text)


class ScrubbingFormatter(logging.Formatter):
    """Formats log records, stack traces among them, with credentials hidden."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, or lines, of a record."""
        return scrubbed(super().format(record))
