"""The services under test, run as `make up` runs them: what dies is started again after a pause."""

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from local.manager import PAUSE_SECONDS, WRONG_SETTINGS
from local.tied import tied
from moodstream.settings import ROOT, Settings
from tests.integration.system import environment

SERVICES: dict[str, tuple[str, ...]] = {
    "mysql_connector": ("mysql_connector.py",),
    "mood_classifier": ("mood_classifier.py",),
    "user_feedback": ("user_feedback.py", "simulator"),
    "playlist_manager": ("playlist_manager.py",),
}


class Instance:
    """One instance of a service, started again when it has died. Belongs to the main thread.

    Args:
        special: what `launch.py` is told, for its first start alone.
        bug: a planted bug, at every start.
    """

    def __init__(
        self, name: str, settings: Settings, log: Path, special: Sequence[str] = (), bug: str | None = None
    ) -> None:
        self.name, self.log = name, log
        self.ended: int | None = None
        self.starts = 0
        self._settings, self._bug = settings, ("--bug", bug) if bug else ()
        self._due: float | None = None
        self._start(special)

    def _start(self, special: Sequence[str] = ()) -> None:
        self.starts += 1
        self._due = None
        launch = ("-m", "tests.chaos.launch", *self._bug, *special) if special or self._bug else ()
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                tied([sys.executable, *launch, *SERVICES[self.name]]),
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment(self._settings),
                cwd=ROOT,
            )

    def tend(self) -> None:
        """Start it again where it has died, after a pause; never where only a person can help."""
        if self.process.poll() is None or self.ended == WRONG_SETTINGS:
            return
        if self._due is None:
            self.ended, self._due = self.process.returncode, time.monotonic() + PAUSE_SECONDS
        elif time.monotonic() >= self._due:
            self._start()

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def restart(self, special: Sequence[str] = ()) -> None:
        """Kill it, and start it again at once."""
        self.process.kill()
        self.process.wait()
        self.ended = None
        self._start(special)

    def stop(self, seconds: float = 15) -> int:
        """Ask it to end, and have it stay away; its exit code."""
        self.process.terminate()
        code = self.process.wait(seconds)
        self.ended = WRONG_SETTINGS
        return code

    @property
    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")
