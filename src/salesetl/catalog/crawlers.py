"""Runs a crawler of Glue to its end: only its own crawl counts."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Any

from salesetl.aws import client
from salesetl.errors import CatalogError

logger = logging.getLogger(__name__)

_PAUSE = timedelta(seconds=15)


class Crawler:
    """A crawler of Glue, with the time that its crawl may take."""

    def __init__(
        self, name: str, timeout: timedelta, pause: timedelta = _PAUSE
    ) -> None:
        self._name = name
        self._until = time.monotonic() + timeout.total_seconds()
        self._pause_seconds = pause.total_seconds()
        self._glue: Any = client("glue")

    def run(self) -> None:
        """Start a crawl and wait until it has succeeded.

        A crawl that somebody else has started is waited for, and another one follows: it may have
        passed the newest files already. CatalogError if the crawl fails, or takes too long; a crawl
        that succeeded earlier does not count.
        """
        before = self._started()
        while (own := self._newest()).get("CrawlId") == before or _is_running(own):
            self._pause()
        if own["State"] != "COMPLETED":
            raise CatalogError(
                f"crawler {self._name}: its crawl {str(own['State']).lower()}:"
                f" {own.get('ErrorMessage') or 'no message'}; its log is"
                f" {own.get('LogGroup')}:{own.get('LogStream')}"
            )
        logger.info("crawler %s has succeeded", self._name)

    def _started(self) -> str | None:
        """Start a crawl, and return the one before it."""
        errors = self._glue.exceptions
        while True:
            newest = self._newest()
            if not _is_running(newest):
                try:
                    self._glue.start_crawler(Name=self._name)
                except errors.CrawlerRunningException:
                    # Somebody was faster, or the crawler is still writing its tables.
                    logger.info("crawler %s is running already", self._name)
                else:
                    return newest.get("CrawlId")
            self._pause()

    def _newest(self) -> dict[str, Any]:
        try:
            crawls = self._glue.list_crawls(CrawlerName=self._name)["Crawls"]
        except self._glue.exceptions.EntityNotFoundException:
            raise CatalogError(
                f"crawler {self._name}: there is none; make it with the parameter Crawler=yes, or"
                " use none: jobs register their tables themselves"
            ) from None
        found: dict[str, Any] = max(
            crawls, key=lambda crawl: crawl["StartTime"], default={}
        )
        return found

    def _pause(self) -> None:
        if time.monotonic() + self._pause_seconds > self._until:
            raise CatalogError(
                f"crawler {self._name}: has not finished in time; look at its log, and allow it"
                " more time or stop it"
            )
        time.sleep(self._pause_seconds)


def _is_running(crawl: dict[str, Any]) -> bool:
    return crawl.get("State") == "RUNNING"
