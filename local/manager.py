"""The services under circus: output by the line, what dies is started again, all end together."""

import logging
import os
import shlex
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from circus.arbiter import Arbiter  # type: ignore[import-untyped]
from circus.exc import ConflictError  # type: ignore[import-untyped]
from tornado.ioloop import PeriodicCallback

from local.console import Console
from local.streams import Lines, Service, last_words
from local.tied import tied

STOP_SECONDS = 10.5  # a service promises to end within 10
CHECK_SECONDS = 1.0
PAUSE_SECONDS = 2.0
RETRY_SECONDS = 0.1
WRONG_SETTINGS = 2  # the exit code by which a service says that only a person can help
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Manager:
    """Runs scripts of one directory until SIGINT, SIGTERM or SIGHUP; they are told by SIGTERM, once."""

    def __init__(self, services: Mapping[str, Sequence[str]], directory: Path, console: Console) -> None:
        logging.getLogger("circus").setLevel(logging.ERROR)
        self._console = console
        self._stopping = False
        watchers = [self._watcher(name, command, directory) for name, command in services.items()]
        # Nobody controls it from outside, so its endpoints are not on the network.
        self._arbiter = Arbiter(watchers, "inproc://control", "inproc://events", check_delay=CHECK_SECONDS)
        # Not circus's own handlers: they lose a signal that comes while it is starting a process.
        for number in SIGNALS:
            signal.signal(number, lambda *_: self._arbiter.loop.add_callback_from_signal(self._told_to_stop))

    def run(self) -> None:
        """Start all services; returns when all have ended after a signal."""
        self._arbiter.start().result()

    def every(self, seconds: float, call: Callable[[], None]) -> None:
        """Call something again and again while the services run."""
        PeriodicCallback(lambda: None if self._stopping else call(), seconds * 1000).start()

    def spawn(self, call: Callable[[], Awaitable[None]]) -> None:
        """Run a coroutine beside the services."""
        self._arbiter.loop.spawn_callback(call)

    def _watcher(self, name: str, command: Sequence[str], directory: Path) -> Service:
        # A session of its own for each is circus's way: Ctrl-C in the terminal reaches us alone.
        program, *arguments = tied([sys.executable, *command])
        return Service(
            name,
            shlex.quote(program),
            args=arguments,
            working_dir=str(directory),
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            graceful_timeout=STOP_SECONDS,
            stdout_stream={"stream": Lines(lambda line: self._console.line(name, line))},
            stderr_stream={"stream": Lines(lambda line: self._console.line(name, line))},
            hooks={"before_reap": (last_words, False), "after_reap": (self._ended, False)},
        )

    def _ended(self, watcher: Service, exit_code: int, **_: Any) -> None:
        """A service has ended: say so, and let circus start it again after a pause, unless that cannot help."""
        if self._stopping:
            self._console.line("up", f"{watcher.name} has stopped")
            return
        watcher.numprocesses = 0
        if exit_code == WRONG_SETTINGS:
            self._console.line("up", f"{watcher.name} cannot run with these settings and stays off: see its line above")
            return
        how = f"was ended by signal {-exit_code}" if exit_code < 0 else f"ended with exit code {exit_code}"
        self._console.line("up", f"{watcher.name} {how}: starting it again in {PAUSE_SECONDS:.0f} s")
        self._arbiter.loop.call_later(PAUSE_SECONDS, setattr, watcher, "numprocesses", 1)

    def _told_to_stop(self) -> None:
        if not self._stopping:
            self._stopping = True
            self._console.line("up", "stopping, within 15 s")
            self._arbiter.ctrl.caller.stop()  # circus would go on looking after what it stops
            self._stop()

    def _stop(self) -> None:
        try:
            self._arbiter.stop()
        except ConflictError:  # it is busy starting a process
            self._arbiter.loop.call_later(RETRY_SECONDS, self._stop)
