"""Shows how far a run is: on a terminal in one line, and in logs every ten seconds."""

from __future__ import annotations

import logging
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from salesetl.engines.work import Work
from salesetl.runner.run import Run

logger = logging.getLogger(__name__)

_LOG_SECONDS = 10
# A line is cleared from the cursor to its end.
_CLEAR = "\r\x1b[K"
# Of less time, or of a smaller share, nothing can be told of the rest.
_LEAST_SECONDS = 2
_LEAST_SHARE = 0.01


class TimeLeft:
    """The time that the rest of a step takes, at the speed of what is done of it."""

    def __init__(self) -> None:
        self._first: tuple[float, Work] | None = None
        self._last: tuple[float, Work] | None = None

    def of(self, work: Work | None, now: float) -> float | None:
        """Return the seconds that are left; None if the share has not moved enough to tell."""
        if work is None:
            self._first = self._last = None
            return None
        if self._first is None or self._last is None or _is_other(self._last[1], work):
            self._first = self._last = now, work
            return None
        if work.share > self._last[1].share:
            self._last = now, work
        (started, first), (moved, last) = self._first, self._last
        seconds, share = moved - started, last.share - first.share
        if seconds < _LEAST_SECONDS or share < _LEAST_SHARE:
            return None
        left = (1 - last.share) * seconds / share - (now - moved)
        # It takes longer than it should, and nobody knows how long.
        return left if left > 0 else None


def _is_other(before: Work, now: Work) -> bool:
    same = (before.step, before.unit, before.total) == (now.step, now.unit, now.total)
    return not same or now.share < before.share


class Progress:
    """Tells of a run what its engine is doing."""

    def __init__(
        self, run: Run, stream: TextIO, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._run = run
        self._stream = stream
        self._clock = clock
        self._left = TimeLeft()
        self._logged: tuple[str, float] | None = None
        self.is_terminal = stream.isatty()

    def tell(self) -> None:
        """Ask the engine, and show what it says, if it is time to."""
        if (doing := self._run.doing) is None:
            self._left = TimeLeft()
            return
        stage, started = doing
        work = self._run.engine.progress()
        now = self._clock()
        left = self._left.of(work, now)
        text = f"{self._run.report.job}: {stage}: {_told(work, left, now - started)}"
        if self.is_terminal:
            width = shutil.get_terminal_size().columns - 1
            self._write(f"{_CLEAR}{text[:width]}")
            return
        since = (
            self._logged[1] if self._logged and self._logged[0] == stage else started
        )
        if now - since >= _LOG_SECONDS:
            self._logged = stage, now
            logger.info("%s", text)

    def clear(self, record: logging.LogRecord | None = None) -> bool:
        """Clear the line, so that something else can be written in its place."""
        if self.is_terminal:
            self._write(_CLEAR)
        return True

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _told(work: Work | None, left: float | None, seconds: float) -> str:
    if work is None:
        return f"{seconds:,.0f} s so far"
    if left is None:
        return f"{work}, {seconds:,.0f} s so far"
    return f"{work}, {_time_text(left)} left"


def _time_text(seconds: float) -> str:
    if seconds < 120:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:,.0f} min" if seconds < 7200 else f"{seconds / 3600:,.1f} h"


@contextmanager
def shown_progress(run: Run, seconds: float | None = None) -> Iterator[None]:
    """Show how far a run is while the block runs, in a thread that ends with it.

    Whatever goes wrong with that, the run goes on.
    """
    progress = Progress(run, sys.stderr)
    every = seconds or (1 if progress.is_terminal else _LOG_SECONDS / 4)
    stop = threading.Event()
    thread = threading.Thread(
        target=_keep_telling,
        args=(progress, stop, every),
        name="salesetl-progress",
        daemon=True,
    )
    handlers = list(logging.getLogger().handlers)
    for handler in handlers:
        handler.addFilter(progress.clear)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        # An engine that does not answer must not keep the run from its end.
        thread.join(5)
        for handler in handlers:
            handler.removeFilter(progress.clear)
        progress.clear()


def _keep_telling(progress: Progress, stop: threading.Event, every: float) -> None:
    while not stop.wait(every):
        try:
            progress.tell()
        except Exception:
            logger.debug("cannot tell the progress", exc_info=True)
