"""Reading a single message again, by its place: the topics keep everything."""

import logging
import time
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka import errors as kafka_errors

from moodstream.bus.client import connection, translated
from moodstream.bus.greeting import greet
from moodstream.errors import TransientError
from moodstream.records import Received, received
from moodstream.settings import Settings

log = logging.getLogger(__name__)

SECONDS = 10.0


class Archive:
    """What lies in the topics, outside of any group. Connects when first asked. Not thread-safe."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._consumer: Any = None

    def at(self, topic: str, partition: int, offset: int) -> Received | None:
        """The record at a place; None where there is none, or not any more.

        Raises:
            TransientError: the broker does not answer in time.
        """
        place = TopicPartition(topic, partition)
        with translated(self._settings):
            consumer = self._consumer or self._connect()
            if partition not in (consumer.partitions_for_topic(topic) or ()):
                return None
            first = consumer.beginning_offsets([place], timeout_ms=5000)[place]
            if not first <= offset < consumer.end_offsets([place], timeout_ms=5000)[place]:
                return None
            consumer.assign([place])
            consumer.seek(place, offset)
            return self._read(place, offset)

    def _read(self, place: TopicPartition, offset: int) -> Received | None:
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            for record in self._consumer.poll(timeout_ms=500, max_records=1).get(place, ()):
                return received(record) if record.offset == offset else None
            if self._consumer.position(place, timeout_ms=5000) > offset:
                return None  # what was there is not a message
        raise TransientError(
            f"Kafka at {self._settings.kafka_bootstrap_servers}: no answer on {place.topic}/{place.partition}/{offset}"
        )

    def _connect(self) -> Any:
        greet(self._settings)
        self._consumer = KafkaConsumer(
            **connection(self._settings),
            auto_offset_reset="latest",
            enable_auto_commit=False,
            allow_auto_create_topics=False,
        )
        return self._consumer

    def close(self) -> None:
        """Let go of the broker."""
        if self._consumer is None:
            return
        try:
            self._consumer.close(autocommit=False, timeout_ms=1000)
        except kafka_errors.KafkaError as error:
            log.debug("while closing the archive: %s", error)
