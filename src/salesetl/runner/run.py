"""One run of a pipeline: its engine, its destination, its stages and its report."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from salesetl.destinations.destination import Destination
from salesetl.engines.engine import Engine
from salesetl.errors import one_line
from salesetl.readers.files import check_packed, list_files
from salesetl.runner.paths import input_paths
from salesetl.runs import RunReport
from salesetl.stopping import Stopped, check_stopped, shielded, stopped_by
from salesetl.storage import join

logger = logging.getLogger(__name__)


class Run:
    """One run of a pipeline, from reading to its report."""

    def __init__(
        self, engine: Engine, destination: Destination, report: RunReport
    ) -> None:
        self.engine = engine
        self.destination = destination
        self.report = report
        self._is_published = False
        # The current stage, and when it has begun.
        self.doing: tuple[str, float] | None = None

    def folder(self, *parts: str) -> str:
        """Return a folder for temporary files; it is deleted when the run ends."""
        return join(self.destination.staging, *parts)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage for the report."""
        check_stopped()
        started = time.monotonic()
        self.doing = name, started
        try:
            yield
        finally:
            self.doing = None
        seconds = time.monotonic() - started
        self.report.seconds_by_stage[name] = round(seconds, 3)
        logger.info("%s: %s took %.1f s", self.report.job, name, seconds)

    @contextmanager
    def naming_broken_files(self) -> Iterator[None]:
        """Make an error that names the file, if an engine cannot unpack one."""
        try:
            yield
        except Exception as error:
            if self.engine.is_broken_file(error):
                for path in input_paths(self.report.arguments).values():
                    check_packed(list_files(path))
            raise

    def publish(self) -> RunReport:
        """Publish everything that was staged, with the report, as one step.

        A signal that comes meanwhile is too late: what is published is whole, and has succeeded.
        """
        check_stopped()
        with suppress(Stopped), shielded():
            self._publish()
            return self.report
        logger.warning(
            "a signal to end came during the publish; the publish is complete"
        )
        return self.report

    def _publish(self) -> None:
        with self.stage("publish"):
            self.report.status = "succeeded"
            self.destination.publish(self.report)
        self._is_published = True
        self.destination.register(self.report)

    def fail(self, error: BaseException) -> None:
        """Report the failure and publish only the quarantine; if cancelled, only the report."""
        if self._is_published:
            return
        stop = stopped_by(error)
        if not stop:
            self.report.status, self.report.error = "failed", one_line(error)
            self.destination.fail(self.report)
            return
        self.engine.abandon()
        names = ("run_id", "job", "started_at", "replay_of", "runtime", "arguments")
        kept = {name: getattr(self.report, name) for name in names}
        # Nothing came of it, whatever had been counted.
        self.report = RunReport(**kept, status="cancelled", error=str(stop))
        self.destination.cancel(self.report)
