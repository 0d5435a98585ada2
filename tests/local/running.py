"""Running `local.up` for real, in a copy of the repository."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from local import ports
from moodstream.settings import Settings

PATIENCE_SECONDS = 60


class Up:
    """`python -m local.up` in a copy of the repository, as the foreground of a terminal of its own."""

    def __init__(self, folder: Path, settings: dict[str, str], pipe: bool = False) -> None:
        ours = {name.upper() for name in Settings.model_fields}
        plain = {name: value for name, value in os.environ.items() if name not in ours}
        cache = Settings.model_fields["cache_dir"].default
        self.log = folder / f"{len(list(folder.glob('*.log')))}.log"
        self._log = self.log.open("w")
        self.port = ports.free()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "local.up"],
            cwd=folder,
            env=plain
            | {"DASHBOARD_PORT": str(self.port), "CACHE_DIR": str(cache), "MODEL_DIR": str(folder / "models")}
            | settings,
            stdout=subprocess.PIPE if pipe else self._log,
            stderr=self._log,
            start_new_session=True,
        )

    @property
    def output(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def says(self, text: str, times: int = 1) -> None:
        """Wait for a text in its output, while it runs."""
        wanted = f"{text!r}, {times} times"
        self.until(lambda: self.output.count(text) >= times or self.process.poll() is not None, wanted)
        assert self.output.count(text) >= times, f"{wanted} not in:\n{self.output}"

    def until(self, condition: Callable[[], Any], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, f"{what} not in:\n{self.output}"
            time.sleep(0.05)

    def family(self) -> dict[str, psutil.Process]:
        """All processes that it has started and that run, by their commands."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        return {" ".join(child.cmdline()): child for child in children if child.status() != psutil.STATUS_ZOMBIE}

    def named(self, word: str) -> psutil.Process:
        return next(process for command, process in self.family().items() if word in command)

    def end(self, number: signal.Signals) -> tuple[int, float, list[psutil.Process]]:
        """Its exit code, the seconds that it took to end, and what it left, after a signal to its whole group."""
        family = list(self.family().values())
        started = time.monotonic()
        os.killpg(self.process.pid, number)
        code = self.process.wait(PATIENCE_SECONDS)
        return code, time.monotonic() - started, [p for p in family if p.is_running()]

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self._log.close()
