"""Show the log of a run on Glue, line by line, while the run is under way."""

import time
from collections.abc import Callable, Iterator

from salesetl.aws import aws_errors, client, error_code

# Lines of several streams arrive late and out of order.
_LATE_MILLISECONDS = 60_000
_QUIET_LOOKS = 2


class LogLines:
    """The lines of a log group. Each line is shown once."""

    def __init__(self, group: str, show: Callable[[str], None]) -> None:
        self._group = group
        self._show = show
        self._client = client("logs")
        self._seen: set[str] = set()
        self._last = 0
        self._is_readable = True

    def show_new(self, run: str) -> int:
        """Show the lines of a run that are new since the last call, and return their number."""
        if not self._is_readable:
            return 0
        count = 0
        for line in self._new(run):
            self._show(line)
            count += 1
        return count

    def show_last(self, run: str, seconds: float) -> None:
        """Show the lines that arrive after a run has ended. They say why it failed."""
        quiet = 0
        while self._is_readable and quiet < _QUIET_LOOKS:
            time.sleep(seconds)
            quiet = 0 if self.show_new(run) else quiet + 1

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
                    # Do not stop for this: the state of the run matters more than its log.
                    self._is_readable = False
                    self._show(f"{self._group}: you are not allowed to read this log")
                # If the log group or stream is missing, Glue creates it with the first line.
                return []
