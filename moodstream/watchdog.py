"""Ends a service that hangs, so that what runs it starts it again: nothing is lost, since nothing was committed."""

import faulthandler
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from moodstream.health import Health

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 300.0
"""More than anything takes that is bounded by a time limit of its own: a statement may take two minutes."""
CHECKS = 100


@contextmanager
def watched(health: Health) -> Iterator[None]:
    """End the process where no beat comes for `PATIENCE_SECONDS` while the block runs."""
    done = threading.Event()
    threading.Thread(target=_watch, args=(health, done), daemon=True, name="watchdog").start()
    try:
        yield
    finally:
        done.set()


def _watch(health: Health, done: threading.Event) -> None:
    """Count checks rather than seconds: a process that was stopped, and goes on, has not hung meanwhile."""
    seen, silent = health.beats, 0
    while silent < CHECKS and not done.wait(PATIENCE_SECONDS / CHECKS):
        seen, silent = health.beats, silent + 1 if health.beats == seen else 0
    if not done.is_set():
        _end(health)


def _end(health: Health) -> None:
    log.critical(
        "%s hangs: no sign of life for %.0f s (%s); ending it, to be started again. Its threads were here:",
        *(health.service, PATIENCE_SECONDS, health.busy),
    )
    faulthandler.dump_traceback()
    os._exit(1)
