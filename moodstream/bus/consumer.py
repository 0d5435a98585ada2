"""Consuming, with offsets committed only when told to."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Self

from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka import errors as kafka_errors
from kafka.consumer.subscription_state import ConsumerRebalanceListener

from moodstream.bus.client import connection, translated
from moodstream.bus.greeting import greet
from moodstream.errors import TransientError
from moodstream.records import Received, received
from moodstream.settings import Settings

log = logging.getLogger(__name__)

Offsets = Mapping[tuple[str, int], int]
"""An offset of each (topic, partition)."""


class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """One member of a consumer group, that commits only what it is told to. Not thread-safe.

    `generation` counts the assignments: a batch that was read under an earlier one is not ours any more.
    """

    def __init__(self, settings: Settings, group: str, topics: Sequence[str]) -> None:
        self._settings, self._topics = settings, topics
        self.generation = 0
        self._held = False
        greet(settings)
        with translated(settings):
            self._consumer = KafkaConsumer(
                **connection(settings),
                group_id=group,
                client_id=group,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                allow_auto_create_topics=False,
                max_poll_records=500,
                # A member that was killed is missed for so long; heartbeats come from a thread of their own.
                session_timeout_ms=6_000,
                heartbeat_interval_ms=2_000,
                # So long a rebalance waits for a member that is not heard of; ours poll all the time.
                max_poll_interval_ms=30_000,
                # New partitions, and topics that were made anew, are noticed within so long.
                metadata_max_age_ms=10_000,
            )
            self._consumer.subscribe(topics, listener=self)

    def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Called by the client, before a rebalance; what was read stays ours until it is over, often polls later."""

    def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Called by the client, after a rebalance, before anything is read."""
        self.generation += 1
        if self._held:
            self.hold()  # nobody would see what is read now
        log.info("assigned %s", ", ".join(f"{p.topic}/{p.partition}" for p in sorted(assigned)) or "nothing")

    def poll(self, seconds: float) -> list[Received]:
        """The next records, in order within each partition; none where nothing came within `seconds`."""
        with translated(self._settings):
            polled = self._consumer.poll(timeout_ms=int(seconds * 1000))
        return [received(record) for records in polled.values() for record in records]

    def commit(self, batch: Sequence[Received]) -> None:
        """Say that a batch is dealt with. After a rebalance it is somebody else's, and this does nothing."""
        ends: dict[TopicPartition, OffsetAndMetadata] = {}
        for record in batch:  # in order, so the last one of a partition stays
            ends[TopicPartition(record.topic, record.partition)] = OffsetAndMetadata(record.offset + 1, "", -1)
        try:
            with translated(self._settings):
                self._consumer.commit(ends, timeout_ms=5000)
        except TransientError as error:
            if not isinstance(error.__cause__, kafka_errors.CommitFailedError):
                raise
            log.warning("a rebalance came between a batch and its commit: the batch will be read again")

    def hold(self) -> None:
        """Take no new records, while polling goes on to stay in the group."""
        self._held = True
        self._consumer.pause(*self._consumer.assignment())

    def release(self) -> None:
        """Take records again."""
        self._held = False
        self._consumer.resume(*self._consumer.paused())

    def rewind(self, offsets: Offsets) -> None:
        """Go back to the given offset of each assigned partition (0 where none is given), if it is behind."""
        with translated(self._settings):
            for place in self._consumer.assignment():
                offset = offsets.get((place.topic, place.partition), 0)
                position = self._consumer.position(place, timeout_ms=5000)
                if position is None or offset < position:
                    self._consumer.seek(place, offset)

    def lacks_topics(self) -> bool:
        """Whether a topic is gone, so that nothing of it would ever come.

        Raises:
            TransientError: the broker does not answer.
        """
        with translated(self._settings):
            return not all(self._consumer.partitions_for_topic(topic) for topic in self._topics)

    def lag(self) -> dict[str, int]:
        """How many messages of each topic this member has yet to read.

        Raises:
            TransientError: the broker does not answer.
        """
        places = list(self._consumer.assignment())
        lags: dict[str, int] = {}
        with translated(self._settings):
            ends = self._consumer.end_offsets(places, timeout_ms=2000) if places else {}
            for place, end in ends.items():
                position = self._consumer.position(place, timeout_ms=2000) or 0
                lags[place.topic] = lags.get(place.topic, 0) + max(0, end - position)
        return lags

    def close(self) -> None:
        """Leave the group, so that the others need not wait for a time-out."""
        try:
            self._consumer.close(autocommit=False, timeout_ms=2000)
        except kafka_errors.KafkaError as error:
            log.debug("while closing the consumer: %s", error)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def follow(settings: Settings, topic: str) -> Iterator[Received | None]:
    """What comes into a topic from now on, outside of any group; None after each second without a message."""
    greet(settings)
    with translated(settings):
        consumer = KafkaConsumer(**connection(settings), auto_offset_reset="latest", allow_auto_create_topics=False)
        try:
            consumer.assign([TopicPartition(topic, p) for p in sorted(consumer.partitions_for_topic(topic) or ())])
            while True:
                polled = consumer.poll(timeout_ms=1000)
                if not polled:
                    yield None
                for records in polled.values():
                    yield from map(received, records)
        finally:
            consumer.close(autocommit=False, timeout_ms=1000)
