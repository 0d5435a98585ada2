"""Named points of a service's work at which it can be made to die, to dawdle or to hang: `launch.py` sets them.

The product knows nothing of them: a point wraps a function of the product, or of its clients, in the one process
that is to die.
"""

import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from kafka import KafkaConsumer, KafkaProducer
from mysql.connector.connection_cext import CMySQLConnection

from moodstream import service, watchdog
from moodstream.bus import Consumer
from moodstream.outbox import Outbox
from moodstream.records import Received
from moodstream.service import Outcome, Service
from moodstream.settings import Settings
from moodstream.store.migrate import Migration

Act = Callable[[], None]
"""What happens at a point, each time that it is passed."""


def nth(times: int, act: Act) -> Act:
    """Act when a point is passed for the nth time."""
    passed = 0

    def count() -> None:
        nonlocal passed
        passed += 1
        if passed == times:
            act()

    return count


def die(times: int) -> Act:
    """Die as by kill -9 when a point is passed for the nth time."""
    return nth(times, lambda: os.kill(os.getpid(), signal.SIGKILL))


def before(owner: Any, name: str) -> Callable[[Act], None]:
    """A point just before a function is called."""

    def set_up(act: Act) -> None:
        function = getattr(owner, name)

        def wrapped(*given: Any, **named: Any) -> Any:
            act()
            return function(*given, **named)

        setattr(owner, name, wrapped)

    return set_up


def _between_statements(act: Act) -> None:
    statements = Migration.statements.fget  # type: ignore[attr-defined]

    def told(migration: Migration) -> Any:
        for statement in statements(migration):
            act()
            yield statement

    Migration.statements = property(told)  # type: ignore[assignment, method-assign]


POINTS: dict[str, Callable[[Act], None]] = {
    "before the database commit": before(CMySQLConnection, "commit"),
    "while records are sent": before(KafkaProducer, "flush"),
    "between produce and commit": before(Consumer, "commit"),
    "in the middle of a folder": before(Outbox, "put"),
    "in the middle of a migration": _between_statements,
}
"""How to have something happen at a point, by its name."""


def dawdle(seconds: float, interval: float) -> None:
    """Have every batch take so long, though a member that does not poll for `interval` seconds is put out."""
    run = service.run

    def handle_slowly(slow: Service, settings: Settings) -> int:
        def handle(batch: Sequence[Received]) -> Outcome:
            time.sleep(seconds if batch else 0)
            return slow.handle(batch)

        return run(replace(slow, handle=handle), settings)

    service.run = handle_slowly
    _configure(max_poll_interval_ms=int(interval * 1000))


def hang(times: int, patience: float) -> None:
    """Hang before the nth commit of offsets, where the watchdog has less patience than it usually has."""
    watchdog.PATIENCE_SECONDS = patience
    before(Consumer, "commit")(nth(times, lambda: time.sleep(3600)))


def _configure(**more: Any) -> None:
    begin = KafkaConsumer.__init__
    KafkaConsumer.__init__ = lambda self, *topics, **given: begin(self, *topics, **given | more)
