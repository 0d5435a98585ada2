"""The terminal that all services share: whole lines, each behind the name of who says it, in a colour of its own."""

import os
import signal
import sys
from typing import TextIO

COLOURS = (36, 33, 35, 32, 34, 31, 96, 93, 95, 92)  # ANSI foregrounds
BOLD = 1


class Console:
    """Writes to `out`, in colour where that is a terminal and NO_COLOR (https://no-color.org) is not set."""

    def __init__(self, names: tuple[str, ...], out: TextIO = sys.stdout) -> None:
        self._out = out
        self._coloured = out.isatty() and not os.environ.get("NO_COLOR")
        self._width = max(map(len, names))
        self._colours = {name: COLOURS[place % len(COLOURS)] for place, name in enumerate(names)}

    def line(self, name: str, text: str) -> None:
        """A line of a service, or of `up` itself."""
        self._write(self._paint(f"{name:<{self._width}} |", self._colours[name]) + f" {text}")

    def headline(self, text: str) -> None:
        """A line that a person is waiting for."""
        self._write(self._paint(text, BOLD))

    def _paint(self, text: str, code: int) -> str:
        return f"\033[{code}m{text}\033[0m" if self._coloured else text

    def _write(self, line: str) -> None:
        try:
            print(line, file=self._out, flush=True)
        except BrokenPipeError:  # who read our output has gone, as after `make up | head`: so do we
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._out.fileno())
            signal.raise_signal(signal.SIGTERM)
