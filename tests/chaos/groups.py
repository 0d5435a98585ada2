"""How far the consumer groups are, as the broker says."""

from collections.abc import Collection
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka import errors as kafka_errors

from moodstream.messages import DEAD_LETTERS, TOPICS

READS = {
    "mysql_connector": (*TOPICS, DEAD_LETTERS),
    "mood_classifier": ("song_stream",),
    "user_feedback": ("mood_classified",),
    "playlist_manager": ("mood_classified", "user_feedback"),
}
"""The topics that each group reads."""


class Groups:
    """Asks a broker, which may be away, about its groups. Belongs to one thread."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._admin: Any = None
        self._consumer: Any = None

    def lag(self, names: Collection[str] = tuple(READS)) -> int | None:
        """How many messages these groups have yet to commit; None where nobody can tell."""
        try:
            ends = self.ends()
            found = self._connected().list_group_offsets(list(names))
        except (kafka_errors.KafkaError, OSError):
            self.close()
            return None
        behind = 0
        for name in names:
            offsets = {(at.topic, at.partition): entry.offset for at, entry in found[name].items()}
            behind += sum(
                max(0, end - max(0, offsets.get(place, 0))) for place, end in ends.items() if place[0] in READS[name]
            )
        return behind

    def ends(self) -> dict[tuple[str, int], int]:
        """Where each partition ends.

        Raises:
            KafkaError: the broker is away.
        """
        if self._consumer is None:
            self._consumer = KafkaConsumer(bootstrap_servers=self._address, bootstrap_timeout_ms=2000)
        topics = {*TOPICS, DEAD_LETTERS} & self._consumer.topics()
        places = [TopicPartition(t, p) for t in topics for p in self._consumer.partitions_for_topic(t) or ()]
        found = self._consumer.end_offsets(places, timeout_ms=2000)
        return {(place.topic, place.partition): end for place, end in found.items()}

    def forget(self, names: Collection[str] = tuple(READS)) -> None:
        """Have these groups, none of which may have a member, begin at offset zero again."""
        self._connected().delete_groups(list(names))

    def delete(self, topic: str) -> None:
        self._connected().delete_topics([topic])

    def add_partition(self, topic: str) -> None:
        """Give a topic one partition more."""
        number = len(self._consumer.partitions_for_topic(topic))
        self._connected().create_partitions({topic: number + 1})

    def _connected(self) -> Any:
        if self._admin is None:
            self._admin = KafkaAdminClient(bootstrap_servers=self._address, bootstrap_timeout_ms=2000)
        return self._admin

    def close(self) -> None:
        """Let go of the broker."""
        for client in (self._admin, self._consumer):
            if client is not None:
                client.close()
        self._admin = self._consumer = None
