"""How a service is: what it last got done, what it last met, and what waits for it."""

import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from prometheus_client import Counter, Gauge

log = logging.getLogger(__name__)

STALLED_SECONDS = 60.0
"""A consumer that has got nothing done for so long, though messages wait, is not well."""

RETRIES = Counter("moodstream_retries_total", "Attempts that failed and were made again")
LAG = Gauge("moodstream_lag_messages", "Messages yet to be read", ["topic"])
PROGRESS = Gauge("moodstream_last_progress_timestamp_seconds", "When something was last dealt with, Unix time")
SINCE_PROGRESS = Gauge("moodstream_seconds_since_progress", "Since something was last dealt with, or since the start")
LAST_ERROR = Gauge("moodstream_last_error_timestamp_seconds", "When an attempt last failed, Unix time; 0: never")


class Health:
    """What `/healthz` answers. Written by the service's loop, read by the HTTP thread and the watchdog.

    `beats` grows with each sign of life. A beat is less than progress: an attempt that fails is a sign of life.
    """

    def __init__(self, service: str) -> None:
        self.service = service
        self.beats = 0
        self.busy = "starting"
        self._since = datetime.now(UTC)
        self._progressed = time.monotonic()
        self._progress: datetime | None = None
        self._fault: str | None = None
        self._last: tuple[datetime, str] | None = None
        self._retries = 0
        self._lag: Mapping[str, int] | None = None
        SINCE_PROGRESS.set_function(self.seconds_since_progress)

    def beat(self, busy: str) -> None:
        """The loop is alive, and turns to something else."""
        self.beats += 1
        self.busy = busy

    def progress(self) -> None:
        """Something was dealt with, or there was nothing to deal with."""
        if self._fault:
            log.info("%s: going on", self.service)
        self.beats += 1
        self._progress = datetime.now(UTC)
        self._progressed = time.monotonic()
        self._fault = None
        PROGRESS.set(self._progress.timestamp())

    def failing(self, fault: object) -> bool:
        """The last attempt failed. True where this is news: say a lasting fault once, not at every attempt."""
        news = self._fault is None
        self.beats += 1
        self._fault = str(fault)
        self._last = datetime.now(UTC), self._fault
        self._retries += 1
        RETRIES.inc()
        LAST_ERROR.set(self._last[0].timestamp())
        return news

    def lag(self, messages: Mapping[str, int], *, joined: bool) -> None:
        """How many messages of each topic wait; where none does, and the group has been joined, all is done."""
        self._lag = messages
        for topic, waiting in messages.items():
            LAG.labels(topic).set(waiting)
        if joined and not any(messages.values()):
            self.progress()

    def seconds_since_progress(self) -> float:
        """Seconds since something was last dealt with, or since the start."""
        return time.monotonic() - self._progressed

    def answer(self) -> tuple[int, dict[str, Any]]:
        """The HTTP status, 503 where there is a fault, and the body."""
        stalled = None if self._fault else self._stalled()
        return 503 if self._fault or stalled else 200, {
            "service": self.service,
            "status": "retrying" if self._fault else "stalled" if stalled else "ok",
            "started_at": self._since.isoformat(),
            "last_progress_at": self._progress and self._progress.isoformat(),
            "seconds_since_progress": round(self.seconds_since_progress(), 1),
            "fault": self._fault or stalled,
            "retries": self._retries,
            "last_error": self._last and self._last[1],
            "last_error_at": self._last and self._last[0].isoformat(),
            "lag": self._lag,
        }

    def _stalled(self) -> str | None:
        """Why a consumer gets nothing done, if so. What is no consumer may have nothing to do for long."""
        seconds = self.seconds_since_progress()
        if self._lag is None or seconds <= STALLED_SECONDS:
            return None
        return (
            f"Nothing was dealt with for {seconds:.0f} s, and {sum(self._lag.values()):,} messages wait: {self.busy}."
        )
