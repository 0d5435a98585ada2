"""How a process ends, and how it waits for servers that are not there."""

import logging
import os
import select
import signal
import threading
from collections.abc import Callable
from typing import TypeVar

from moodstream.backoff import backoff
from moodstream.errors import TransientError
from moodstream.health import Health

log = logging.getLogger(__name__)

GRACE_SECONDS = 9.0
T = TypeVar("T")


class Stop:
    """Whether the process has been asked to end, by SIGTERM or Ctrl-C. Made once, in the main thread.

    A second Ctrl-C ends the process at once, and so does a first request that is not met within
    `GRACE_SECONDS`. A thread of its own hears the signals, since the main thread may be inside a database
    call that does not return. With `interrupt`, the main thread gets a KeyboardInterrupt as well.
    """

    def __init__(self, *, interrupt: bool = False) -> None:
        self._event = threading.Event()
        self._interrupt = interrupt
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._in_main_thread)
        threading.Thread(target=self._listen, args=(reader,), daemon=True, name="signals").start()

    def _listen(self, reader: int) -> None:
        interrupts, patience = 0, None
        while select.select([reader], [], [], patience)[0]:
            interrupts += os.read(reader, 1)[0] == signal.SIGINT
            # A process manager sends SIGTERM after the terminal's own SIGINT, so only SIGINT counts twice.
            if interrupts > 1:
                os._exit(1)
            self._event.set()
            patience = GRACE_SECONDS
        log.error(
            "not done within %.0f s of being asked to stop: what is not committed will be done again", GRACE_SECONDS
        )
        os._exit(1)

    def _in_main_thread(self, *_: object) -> None:
        if self._interrupt:
            self._interrupt = False
            raise KeyboardInterrupt

    def ask(self) -> None:
        """Ask from within the process."""
        self._event.set()

    def __bool__(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Sleep until asked to stop, or for `seconds`; whether asked."""
        return self._event.wait(seconds)


def patiently(attempt: Callable[[], T], stop: Stop, health: Health) -> T | None:
    """Make an attempt until it succeeds; what it gives, or None where the process was asked to stop.

    Raises:
        ConfigurationError: waiting cannot help.
    """
    for delay in backoff():
        try:
            return attempt()
        except TransientError as error:
            if health.failing(error):
                log.warning("waiting: %s", error)
        if stop.wait(delay):
            return None
    return None
