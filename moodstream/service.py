"""The loop that every streaming service runs in: batches, retry, commit.

A service is a handler: it takes the records of one poll and returns what to publish and what to reject. The
loop publishes, looks at every delivery, and commits only then; whatever fails in between is done again, and
the ids of the messages make that harmless.
"""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TypeVar

from moodstream import telemetry
from moodstream.backoff import backoff
from moodstream.bus import Consumer, Offsets, Producer, ensure_topics
from moodstream.errors import DataError, TransientError
from moodstream.health import Health
from moodstream.lifecycle import Stop, patiently
from moodstream.messages import TOPIC_OF, TOPICS, Message
from moodstream.records import Received, Rejected
from moodstream.settings import Settings
from moodstream.watchdog import watched

log = logging.getLogger(__name__)

T = TypeVar("T")

POLL_SECONDS = 0.5
LAG_SECONDS = 5.0
STAY_SECONDS = 0.2
ATTEND_SECONDS = 1.0
"""A handler that takes longer is waited for while polling: a member that does not poll is put out of its group."""


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
    """A consumer group with a handler.

    `assigned` is called after each rebalance, before the next batch, with what tells the watchdog of a sign of life,
    and of what is being done: where it takes long, it is to say so now and then. It gives the offsets to read from
    again, as `Consumer.rewind` takes them, or None.
    """

    name: str
    topics: Sequence[str]
    handle: Handler
    assigned: Callable[[Callable[[str], None]], Offsets | None] = field(default=lambda _: None)


def run(service: Service, settings: Settings) -> int:
    """Run a service until it is asked to stop; the exit code.

    Raises:
        ConfigurationError: only a person can help.
    """
    stop = Stop()
    with telemetry.serve(service.name, settings) as health, watched(health):
        patiently(lambda: ensure_topics(settings), stop, health)
        consumer = None if stop else patiently(lambda: Consumer(settings, service.name, service.topics), stop, health)
        if consumer is not None:
            with consumer:
                _Loop(service, settings, stop, health, consumer).run()
    log.info("%s: stopped", service.name)
    return 0


class _Loop:
    def __init__(self, service: Service, settings: Settings, stop: Stop, health: Health, consumer: Consumer) -> None:
        self._service, self._settings, self._stop, self._health = service, settings, stop, health
        self._consumer = consumer
        self._producer = Producer(settings)
        self._worker = ThreadPoolExecutor(1, "handler")
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
        self._health.beat("waiting for messages")
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
                outcome = self._handled(readable)
                if self._lost():
                    return
                self._publish(outcome, [*rejected, *outcome.reject])
                if batch:
                    self._consumer.commit(batch)
                    self._done(batch, time.monotonic() - started)
                return
            except TransientError as error:
                self._failed(error)
            if not self._held(delay):
                return

    def _handled(self, readable: Sequence[Received]) -> Outcome:
        """What the handler makes of a batch."""
        self._health.beat(f"{len(readable)} messages are in hand")
        return self._attended(lambda: self._service.handle(readable))

    def _attended(self, work: Callable[[], T]) -> T:
        """What comes of work that may take long: it has a thread of its own, so that we stay in the group meanwhile."""
        working = self._worker.submit(work)
        if not wait([working], ATTEND_SECONDS).done:
            self._stay(working.done)
        return working.result()

    def _lost(self) -> bool:
        """Whether a rebalance came since the batch in hand was read: it will be read again, by us or by others."""
        return self._generation != self._consumer.generation

    def _reassigned(self) -> None:
        if self._lost():
            generation = self._consumer.generation
            offsets = self._attended(lambda: self._service.assigned(self._health.beat))
            if offsets is not None and generation == self._consumer.generation:
                self._consumer.rewind(offsets)
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
        """Wait before the next attempt; whether the batch is still ours to deal with."""
        deadline, generation = time.monotonic() + seconds, self._consumer.generation
        self._stay(lambda: bool(self._stop) or time.monotonic() > deadline or generation != self._consumer.generation)
        return not self._stop and generation == self._consumer.generation

    def _stay(self, over: Callable[[], bool]) -> None:
        """Stay in the group, and take nothing from it, until something is over."""
        self._consumer.hold()
        try:
            while not over():
                try:
                    self._consumer.poll(STAY_SECONDS)
                except TransientError as error:
                    log.debug("while staying in the group: %s", error)
                    time.sleep(STAY_SECONDS)
        finally:
            self._consumer.release()

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
        if self._consumer.lacks_topics():
            log.warning("topics are missing: making those that are not there any more")
            ensure_topics(self._settings)
        self._health.lag(self._consumer.lag(), joined=self._consumer.generation > 0)


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
