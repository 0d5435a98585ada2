"""How circus hands on what services print: by the line, and to the last word."""

import os
from collections.abc import Callable, Mapping
from typing import Any

from circus.process import Process  # type: ignore[import-untyped]
from circus.stream import Redirector  # type: ignore[import-untyped]
from circus.watcher import Watcher  # type: ignore[import-untyped]


class Lines:
    """A stream of circus: hands on whole lines, however the pipe cuts them up."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._rest = b""

    def __call__(self, data: Mapping[str, Any]) -> None:
        *lines, self._rest = (self._rest + data["data"]).split(b"\n")
        for line in lines:
            self._say(line.decode("utf-8", "replace"))

    def close(self) -> None:
        """Say what was left without an end of line."""
        if self._rest:
            self._say(self._rest.decode("utf-8", "replace"))
            self._rest = b""


class Pipes(Redirector):  # type: ignore[misc]
    """Circus closes the pipes of an ended process with what is still in them; here that is read first."""

    def remove_redirections(self, process: Process) -> None:
        for name, pipe in self.get_process_pipes(process):
            if not pipe.closed:
                os.set_blocking(pipe.fileno(), False)  # a child of the process may hold the other end
                self.redirect[name]({"data": pipe.read() or b""})
        super().remove_redirections(process)


class Service(Watcher):  # type: ignore[misc]
    """A watcher of one script."""

    _redirector_class = Pipes


def last_words(watcher: Service, process_pid: int, **_: Any) -> None:
    """Read what a process that has ended by itself has left to say."""
    if watcher.stream_redirector:
        watcher.stream_redirector.remove_redirections(watcher.processes[process_pid])
