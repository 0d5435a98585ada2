"""A private server: a process of our own on loopback, with its data in one directory, tied to this process."""

import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from local import ports
from local.tied import tied
from moodstream.errors import MoodstreamError

START_SECONDS = 60.0
STOP_SECONDS = 4.0
POLL_SECONDS = 0.02


class Server(ABC):
    """Started on the same directory and port again, it has its data again, however it ended.

    Start it in the main thread: the kernel ends it with the thread that started it.
    """

    name: str

    def __init__(self, directory: Path, port: int) -> None:
        self.directory = directory
        self.host = ports.HOST
        self.port = port
        self.log = directory / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    @contextmanager
    def temporary(cls, within: Path | None = None, **more: Any) -> Iterator[Self]:
        """A server on a free port, with data `within` a folder that go with it; `more` is for its class."""
        with TemporaryDirectory(prefix="moodstream-", dir=within) as directory:
            server = cls(Path(directory), ports.free(), **more)
            try:
                server.start()
                yield server
            finally:
                server.kill()

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start, and wait until it answers."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start without waiting; several servers come up side by side this way.

        Raises:
            MoodstreamError: the port is taken.
        """
        if not ports.is_free(self.port):  # what has it would answer in our place
            raise MoodstreamError(f"{self.name} cannot start: port {self.port} of {self.host} is taken.")
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        command = self._prepare()
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C in the terminal is for us, who stop the servers last.
            self._process = subprocess.Popen(  # noqa: S603
                tied(command), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def wait(self) -> None:
        """Wait until the launched server answers.

        Raises:
            MoodstreamError: it ended, or took longer than a minute.
        """
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if not self.alive() or time.monotonic() > deadline:
                self.kill()
                raise MoodstreamError(f"{self.name} did not start on {self.address}: {self._last_words()}")
            time.sleep(POLL_SECONDS)

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Stop it cleanly; what takes too long is killed."""
        stop([self])

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self.send(signal.SIGKILL)
        self.join(STOP_SECONDS)

    def send(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def join(self, seconds: float) -> bool:
        """Whether it has ended within so many seconds."""
        try:
            if self._process is not None:
                self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    @abstractmethod
    def _prepare(self) -> Sequence[str | Path]:
        """Make its directory ready, where it is new, and give the command that runs it."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether it takes requests by now."""

    def _last_words(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").split("\n") if self.log.exists() else []
        telling = [line for line in lines if "ERROR" in line.upper() or "FATAL" in line] or lines
        return f"see {self.log}, which ends with: {' / '.join(line.strip() for line in telling[-2:] if line)}"


def stop(servers: Sequence[Server]) -> None:
    """Stop servers cleanly, side by side; what takes too long is killed."""
    for server in servers:
        server.send(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for server in servers:
        if not server.join(max(0.0, deadline - time.monotonic())):
            server.kill()
