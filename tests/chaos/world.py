"""The whole system on servers of its own, with a network in between that can be made to misbehave."""

import contextlib
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from local import ports
from local.database_server import DatabaseServer
from local.kafka_server import KafkaServer
from moodstream.errors import MoodstreamError, TransientError
from moodstream.settings import Settings
from moodstream.store.accounts import initialise
from moodstream.store.mysql import Database, Row
from tests.chaos.groups import Groups
from tests.chaos.ledger import Ledger, Player
from tests.chaos.plays import LISTENERS, plays
from tests.chaos.services import SERVICES, Instance
from tests.proxy import Proxy

RATE = 60.0
"""Plays a second while a fault lasts."""
BURST = 40
"""Plays that are sent once it is over: there is something to recover for."""
DISK_MEGABYTES = 2000
RECOVERY_SECONDS = 150.0
PASSWORDS = ("mysql_password", "mysql_batch_password", "mysql_dashboard_password")
ADVERTISED = "advertised.listeners=BROKER://{{host}}:{port}\n"


class World:
    """Servers, services, who plays, and what the broker acknowledged. Belongs to the main thread.

    Attributes:
        settings: how services reach the servers; `direct` leads past the network that misbehaves.
        small_disk: whether the servers' files are on a disk of their own that can be filled.
    """

    def __init__(self, folder: Path, seed: int, bug: str | None = None, listeners: int = LISTENERS) -> None:
        self.folder, self.seed, self._bug, self._listeners = folder, seed, bug, listeners
        self.small_disk = _mounted(folder)
        to_kafka = ports.free()
        self.to_kafka = Proxy(to_kafka)
        advertised = ADVERTISED.format(port=self.to_kafka.port)
        self.kafka = KafkaServer(folder / "kafka", to_kafka, properties=advertised)
        self.database = DatabaseServer(folder / "mysql", ports.free())
        self.to_database = Proxy(self.database.port)
        self.ledger = Ledger(folder / "ledger")
        self.services: dict[str, Instance] = {}
        self._extra: list[Instance] = []

    def start(self) -> None:
        """Start everything, and wait until the groups are there."""
        self.kafka.launch()
        self.database.start()
        self.kafka.wait()
        self.settings = Settings(
            _env_file=None,
            kafka_bootstrap_servers=f"127.0.0.1:{self.to_kafka.port}",
            **self.database.settings | {"mysql_port": self.to_database.port},
            **dict.fromkeys(PASSWORDS, "secret"),
            cache_dir=self.folder / "cache",
            model_dir=self.folder / "models",
        )
        self.direct = self.settings.model_copy(update={"mysql_port": self.database.port})
        initialise(self.direct)
        self._admin = Database(self.direct, "admin")
        self.groups = Groups(self.settings.kafka_bootstrap_servers)
        self.player = Player(self.settings.kafka_bootstrap_servers, self.ledger, plays(self.seed, self._listeners))
        for name in SERVICES:
            self.services[name] = self.instance(name)
        self.recover()

    def instance(self, name: str, special: Sequence[str] = ()) -> Instance:
        """One more instance of a service, that is not tended."""
        number = sum(name in other.name for other in (*self.services.values(), *self._extra))
        instance = Instance(name, self.settings, self.folder / f"{name}-{number}.log", special, self._bug)
        self._extra.append(instance)
        return instance

    def logs(self) -> dict[str, str]:
        """What every instance has printed so far."""
        return {log.stem: log.read_text(encoding="utf-8", errors="replace") for log in self.folder.glob("*.log")}

    def tend(self) -> None:
        """Start again which of the services have died, as `make up` does."""
        for instance in self.services.values():
            instance.tend()

    def sleep(self, seconds: float) -> None:
        """Let time pass, while services are tended."""
        self.until(lambda: False, seconds)

    def until(self, condition: Callable[[], Any], seconds: float) -> bool:
        """Wait for a condition, while services are tended; whether it came within so many seconds."""
        deadline = time.monotonic() + seconds
        while not condition():
            self.tend()
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    def recover(self, burst: int = BURST) -> float | None:
        """Seconds until all that was played, and a last burst, is dealt with by every group; None: not in time."""
        begun = time.monotonic()
        self.player.finish(burst)
        done = self.until(lambda: self.player.idle and self.groups.lag() == 0, RECOVERY_SECONDS)
        return time.monotonic() - begun if done else None

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Ask the database, as its administrator and past the network that misbehaves."""
        for _ in range(5):
            with contextlib.suppress(TransientError):  # the connection may be from before a restart
                return self._admin.query(statement, parameters)
        return self._admin.query(statement, parameters)

    def restart_connections(self) -> None:
        """Have the connector connect anew, so that changed settings of the server hold for it."""
        for row in self.rows("SELECT id FROM information_schema.processlist WHERE user LIKE 'moodstream%'"):
            with contextlib.suppress(MoodstreamError):  # it may have ended by itself
                self.rows(f"KILL {row['id']}")

    @property
    def administrator(self) -> Database:
        """A connection of the administrator's of its own."""
        return Database(self.direct, "admin")

    def close(self) -> None:
        """End everything at once."""
        for instance in (*self.services.values(), *self._extra):
            instance.process.kill()
            instance.process.wait()
        self.player.close()
        self.groups.close()
        self._admin.close()
        self.ledger.close()
        for proxy in (self.to_kafka, self.to_database):
            proxy.close()
        for server in (self.kafka, self.database):
            server.kill()


@contextlib.contextmanager
def world(seed: int, bug: str | None = None, listeners: int = LISTENERS) -> Iterator[World]:
    """A system that runs, and is gone afterwards."""
    with TemporaryDirectory(prefix="moodstream-chaos-") as folder:
        made = World(Path(folder), seed, bug, listeners)
        try:
            made.start()
            yield made
        finally:
            made.close()
            if made.small_disk:
                subprocess.run(["umount", folder], check=True)


def _mounted(folder: Path) -> bool:
    """Whether a folder could be made a small disk of its own, which takes root."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "tmpfs", str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
