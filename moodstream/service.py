"""The loop that every streaming service runs in: batches, retry, commit.

A service is a handler: it takes the records of one poll and returns what to publish and what to reject. The
loop publishes, looks at every delivery, and commits only then; whatever fails in between is done again, and
the ids of the messages make that harmless.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from moodstream import telemetry
from moodstream.backoff import backoff
from moodstream.bus import Consumer, Producer, ensure_topics
from moodstream.errors import DataError, TransientError
from moodstream.lifecycle import Stop, patiently
from moodstream.messages import TOPIC_OF, TOPICS, Message
from moodstream.records import Received, Rejected
from moodstream.settings import Settings
from moodstream.telemetry import Health

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
LAG_SECONDS = 5.0


@dataclass(frozen=True)
class Outcome:
    """What a handler makes of a batch. `delivered` is called once the broker has acknowledged all of it."""

    publish: Sequence[Message] = ()
    reject: Sequence[Rejected] = ()
    delivered: Callable[[], None] = field(default=lambda: None)


Handler = Callable[[Sequence[Received]], Outcome]
"""Takes the readable records of one poll, often none; called again with the same ones after a failure.

Raises:
    TransientError: the batch is kept and tried again.
    ConfigurationError: the service ends.
"""


@dataclass(frozen=True)
class Service:
    """A consumer group with a handler. `assigned` is called after each rebalance, before the next batch."""

    name: str
    topics: Sequence[str]
    handle: Handler
    assigned: Callable[[Consumer], None] = field(default=lambda _: None)


def run(service: Service, settings: Settings) -> int:
    """Run a service until it is asked to stop; the exit code.

    Raises:
        ConfigurationError: only a person can help.
    """
    stop = Stop()
    with telemetry.serve(service.name, settings) as health:
        patiently(lambda: ensure_topics(settings), stop, health)
        consumer = None if stop else patiently(lambda: Consumer(settings, service.name, service.topics), stop, health)
        if consumer is not None:
            with consumer:
                _Loop(service, settings, stop, health, consumer).run()
    log.info("%s: stopped", service.name)
    return 0


class _Loop:
    def __init__(self, service: Service, settings: Settings, stop: Stop, health: Health, consumer: Consumer) -> None:
        self._service, self._stop, self._health, self._consumer = service, stop, health, consumer
        self._producer = Producer(settings)
        self._generation = 0
        self._lag_due = 0.0

    def run(self) -> None:
        try:
            while not self._stop:
                self._turn()
        finally:
            self._producer.close()

    def _turn(self) -> None:
        batch: Sequence[Received] = ()
        try:
            batch = self._consumer.poll(POLL_SECONDS)
            self._measure_lag()
        except TransientError as error:
            self._failed(error)
            self._stop.wait(POLL_SECONDS)
        self._deliver(batch)

    def _deliver(self, batch: Sequence[Received]) -> None:
        """Deal with a batch, however long it takes, unless it becomes somebody else's or we are to stop."""
        readable, rejected = _decoded(batch)
        for delay in backoff():
            started = time.monotonic()
            try:
                self._reassigned()
                outcome = self._service.handle(readable)
                self._publish(outcome, [*rejected, *outcome.reject])
                if batch:
                    self._consumer.commit(batch)
                    self._done(batch, time.monotonic() - started)
                return
            except TransientError as error:
                self._failed(error)
            if not self._held(delay):
                return

    def _reassigned(self) -> None:
        generation = self._consumer.generation
        if generation != self._generation:
            self._service.assigned(self._consumer)
            self._generation = generation

    def _publish(self, outcome: Outcome, rejected: Sequence[Rejected]) -> None:
        for letter in rejected:
            record = letter.record
            log.warning("to dead letters: %s/%d/%d: %s", record.topic, record.partition, record.offset, letter.reason)
        self._producer.bury(rejected, self._service.name)
        self._producer.publish(outcome.publish)
        outcome.delivered()
        telemetry.count(telemetry.REJECTED, (letter.record.topic for letter in rejected))
        telemetry.count(telemetry.PUBLISHED, (TOPIC_OF[type(message)] for message in outcome.publish))

    def _held(self, seconds: float) -> bool:
        """Wait before the next attempt while staying in the group; whether the batch is still ours to deal with."""
        generation = self._consumer.generation
        deadline = time.monotonic() + seconds
        self._consumer.hold()
        try:
            while time.monotonic() < deadline and not self._stop and generation == self._consumer.generation:
                self._consumer.poll(min(0.2, seconds))
        except TransientError as error:
            self._failed(error)
            self._stop.wait(max(0.0, deadline - time.monotonic()))
        finally:
            self._consumer.release()
        return not self._stop and generation == self._consumer.generation

    def _failed(self, error: TransientError) -> None:
        if self._health.failing(error):
            log.warning("trying again until it succeeds: %s", error)

    def _done(self, batch: Sequence[Received], seconds: float) -> None:
        self._health.progress()
        telemetry.BATCH_SECONDS.observe(seconds)
        telemetry.count(telemetry.CONSUMED, (record.topic for record in batch))

    def _measure_lag(self) -> None:
        if time.monotonic() < self._lag_due:
            return
        self._lag_due = time.monotonic() + LAG_SECONDS
        for topic, lag in self._consumer.lag().items():
            telemetry.LAG.labels(topic).set(lag)
        self._health.progress()


def _decoded(batch: Sequence[Received]) -> tuple[list[Received], list[Rejected]]:
    """The records that a handler can use, and those that are no message of their topic."""
    readable: list[Received] = []
    rejected: list[Rejected] = []
    for record in batch:
        try:
            if record.topic in TOPICS:
                record.message  # noqa: B018  decodes, once
            readable.append(record)
        except DataError as error:
            rejected.append(Rejected(record, str(error)))
    return readable, rejected
