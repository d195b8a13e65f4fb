"""The log of a run on Glue, line by line, as it comes."""

import time
from collections.abc import Callable, Iterator

from salesetl.aws import aws_errors, client, error_code

# Lines of several streams do not come in their order, nor at once.
_LATE_MILLISECONDS = 60_000
_QUIET_LOOKS = 2


class LogLines:
    """The lines of a log group, each told once."""

    def __init__(self, group: str, tell: Callable[[str], None]) -> None:
        self._group = group
        self._tell = tell
        self._client = client("logs")
        self._seen: set[str] = set()
        self._last = 0
        self._is_readable = True

    def tell_new(self, run: str) -> int:
        """Tell the lines of a run that have come since the last time; how many those were."""
        if not self._is_readable:
            return 0
        count = 0
        for line in self._new(run):
            self._tell(line)
            count += 1
        return count

    def tell_last(self, run: str, seconds: float) -> None:
        """Tell what still comes after a run has ended, which is what says why it failed."""
        quiet = 0
        while self._is_readable and quiet < _QUIET_LOOKS:
            time.sleep(seconds)
            quiet = 0 if self.tell_new(run) else quiet + 1

    def _new(self, run: str) -> Iterator[str]:
        for event in sorted(self._events(run), key=lambda each: int(each["timestamp"])):
            self._last = max(self._last, int(event["timestamp"]))
            if event["eventId"] not in self._seen:
                self._seen.add(event["eventId"])
                yield event["message"].rstrip("\n")

    def _events(self, run: str) -> list[dict[str, str]]:
        with aws_errors(self._group):
            try:
                pages = self._client.get_paginator("filter_log_events").paginate(
                    logGroupName=self._group,
                    logStreamNamePrefix=run,
                    startTime=max(0, self._last - _LATE_MILLISECONDS),
                )
                return [event for page in pages for event in page["events"]]
            except self._client.exceptions.ClientError as error:
                code = error_code(error)
                if code not in ("ResourceNotFoundException", "AccessDeniedException"):
                    raise
                if code == "AccessDeniedException":
                    # What happens to the run matters more.
                    self._is_readable = False
                    self._tell(f"{self._group}: this log may not be read from here")
                # Else Glue has yet to make the stream, with the first line.
                return []
