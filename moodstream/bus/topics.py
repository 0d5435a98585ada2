"""The topics themselves: making them, and how far a consumer group has come."""

import logging
from typing import Any

from kafka import KafkaAdminClient
from kafka import errors as kafka_errors

from moodstream.bus.client import MAX_LETTER, MAX_MESSAGE, connection, translated
from moodstream.bus.greeting import greet
from moodstream.messages import DEAD_LETTERS, TOPICS
from moodstream.settings import Settings

log = logging.getLogger(__name__)


def ensure_topics(settings: Settings) -> None:
    """Make the topics that do not exist yet. Repeatable."""
    greet(settings)
    sizes = dict.fromkeys(TOPICS, MAX_MESSAGE) | {DEAD_LETTERS: MAX_LETTER}
    with translated(settings):
        admin = KafkaAdminClient(**connection(settings))
        try:
            missing = sizes.keys() - set(admin.list_topics())
            for topic in sorted(missing):
                _create(admin, topic, settings.kafka_partitions, sizes[topic])
        finally:
            admin.close()


def _create(admin: Any, topic: str, partitions: int, size: int) -> None:
    # Uncompressed by the broker, whoever sends: what it cannot unpack would leave the client spinning for ever.
    configs = {"max.message.bytes": str(size), "retention.ms": "-1", "compression.type": "uncompressed"}
    options = {"num_partitions": partitions, "configs": configs}
    try:
        admin.create_topics({topic: options}, wait_for_metadata=True)
        log.info("made the topic %s with %d partitions", topic, partitions)
    except kafka_errors.TopicAlreadyExistsError:
        log.debug("another service made the topic %s first", topic)


def committed(settings: Settings, group: str) -> dict[tuple[str, int], int]:
    """The offset that a consumer group has committed, for each (topic, partition) that it has one of."""
    greet(settings)
    with translated(settings):
        admin = KafkaAdminClient(**connection(settings))
        try:
            offsets = admin.list_group_offsets([group])[group]
        finally:
            admin.close()
    return {(place.topic, place.partition): entry.offset for place, entry in offsets.items()}
