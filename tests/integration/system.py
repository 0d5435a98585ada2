"""Running the services for real: each script as a process of its own, against the tests' servers."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from moodstream.bus import Producer
from moodstream.messages import Message
from moodstream.settings import ROOT, Settings
from moodstream.store.mysql import Database, Row


def until(condition: Callable[[], Any], seconds: float = 60, what: str = "") -> Any:
    """Wait for a condition to give something true; fail with what it gave last."""
    deadline = time.monotonic() + seconds
    while not (last := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}, but {last!r}"
        time.sleep(0.1)
    return last


def environment(settings: Settings) -> dict[str, str]:
    """The settings as a process takes them, and nothing of the machine's own."""
    ours = {name.upper() for name in Settings.model_fields}
    given = {name.upper(): getattr(settings, name) for name in settings.model_fields_set}
    plain = {
        k: v.get_secret_value() if hasattr(v, "get_secret_value") else str(v) for k, v in given.items() if v is not None
    }
    return {key: value for key, value in os.environ.items() if key not in ours} | {"TELEMETRY_PORT": "0"} | plain


class Running:
    """A script that runs, with what it has printed so far."""

    def __init__(self, command: list[str], settings: Settings, log: Path) -> None:
        self._log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, *command], stdout=output, stderr=subprocess.STDOUT, env=environment(settings), cwd=ROOT
            )

    @property
    def output(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def says(self, text: str, seconds: float = 30) -> None:
        """Wait until the output has a text."""
        until(lambda: text in self.output, seconds, f"{text!r} in\n{self.output}")

    def health(self) -> tuple[int, str]:
        """The status and body of /healthz."""
        return self.get("/healthz")

    def get(self, path: str) -> tuple[int, str]:
        self.says("health and metrics at ")
        address = re.findall(r"health and metrics at (\S+)", self.output)[-1]
        try:
            with urllib.request.urlopen(address + path, timeout=5) as answer:  # noqa: S310
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()

    def stop(self, number: int = signal.SIGTERM, seconds: float = 10) -> int:
        """Ask it to end; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(seconds)


class System:
    """The services under test, their settings and the questions that tests ask."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self.folder = folder
        self._running: list[Running] = []

    def start(self, *command: str, settings: Settings | None = None) -> Running:
        running = Running(list(command), settings or self.settings, self.folder / f"{len(self._running)}.log")
        self._running.append(running)
        return running

    def run(self, *command: str, seconds: float = 60, **changes: Any) -> subprocess.CompletedProcess[str]:
        """Run a script to its end."""
        env = environment(self.settings.model_copy(update=changes)) | {k.upper(): str(v) for k, v in changes.items()}
        return subprocess.run(
            [sys.executable, *command], capture_output=True, text=True, env=env, cwd=ROOT, timeout=seconds, check=False
        )

    def publish(self, *messages: Message) -> None:
        producer = Producer(self.settings)
        for start in range(0, len(messages), 500):
            producer.publish(messages[start : start + 500])
        producer.close()

    def rows(self, statement: str) -> list[Row]:
        database = Database(self.settings, "dashboard")
        try:
            return database.query(statement)
        finally:
            database.close()

    def count(self, table: str) -> int:
        return int(self.rows(f"SELECT COUNT(*) AS n FROM {table}")[0]["n"])

    def until_stored(self, table: str, number: int, seconds: float = 60) -> None:
        """Wait until a table has at least so many rows, then see that it is not more."""
        until(lambda: self.count(table) >= number, seconds, f"{number} rows in {table}")
        assert self.count(table) == number

    def until_stored_some(self, table: str) -> None:
        """Wait until a table has a row."""
        until(lambda: self.count(table), what=f"a row in {table}")

    def close(self) -> None:
        """End everything, politely, so that the consumer groups need not wait for a time-out."""
        for running in self._running:
            running.process.terminate()
        for running in self._running:
            running.process.wait(15)
