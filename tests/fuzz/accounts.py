"""Sends a corpus, and says what became of each record of it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from kafka import KafkaProducer

from moodstream.bus.client import MAX_LETTER
from moodstream.errors import DataError
from moodstream.messages import DEAD_LETTERS, TOPICS, Message, decode
from tests.fuzz.corpus import Fate, Record
from tests.integration.system import System

Place = tuple[str, int, int]
"""Topic, partition, offset."""
TABLES = (
    *("songs", *TOPICS, "dead_letters", "songs_played"),
    *(f"{kind}_by_{step}" for kind in ("plays", "reactions") for step in ("minute", "hour", "day")),
)
"""Whatever a message can change."""
Letter = tuple[bytes | None, bytes | None]
"""The key and the bytes of a dead letter."""


class Sent(NamedTuple):
    """A record, and where the broker says that it is."""

    record: Record
    place: Place


class Stored(NamedTuple):
    """What the database has: the ids in each topic's table, and the dead letters by where they came from."""

    ids: dict[str, set[UUID]]
    letters: dict[Place, list[Letter]]


def send(address: str, records: Sequence[Record], singly: int) -> list[Sent]:
    """Send records in their order, so many of them each in a batch of its own."""
    producer = KafkaProducer(
        bootstrap_servers=address, max_request_size=MAX_LETTER, linger_ms=20, batch_size=128 * 1024, acks="all"
    )
    futures = []
    for number, record in enumerate(records):
        # A record without key and value is more than this client sends, though others do.
        key = b"" if record.value is None and record.key is None else record.key
        futures.append(producer.send(record.topic, record.value, key, record.headers, timestamp_ms=record.timestamp_ms))
        if number < singly:
            producer.flush()
    producer.flush()
    sent = [future.get(10) for future in futures]
    producer.close()
    return [Sent(record, (at.topic, at.partition, at.offset)) for record, at in zip(records, sent, strict=True)]


def stored(system: System) -> Stored:
    """What is in the database now."""
    ids = {
        topic: {UUID(bytes=bytes(row["event_id"])) for row in system.rows(f"SELECT event_id FROM {topic}")}
        for topic in TOPICS
    }
    letters: dict[Place, list[Letter]] = {}
    for row in system.rows("SELECT topic, partition_number, message_offset, message_key, payload FROM dead_letters"):
        place = (row["topic"], row["partition_number"], row["message_offset"])
        letters.setdefault(place, []).append((_bytes(row["message_key"]), _bytes(row["payload"])))
    return Stored(ids, letters)


def checksums(system: System) -> dict[str, int]:
    """A number for each table that tells whether any row of it has changed."""
    tables = ", ".join(f"`{system.settings.mysql_database}`.{table}" for table in TABLES)
    return {row["Table"].partition(".")[2]: row["Checksum"] for row in system.rows(f"CHECKSUM TABLE {tables}")}


def unaccounted(sent: Iterable[Sent], found: Stored) -> Iterator[str]:
    """Every record that did not become what it had to: a row, or a dead letter of its own with its key and bytes."""
    for record, place in sent:
        message = read(record)
        row = message is not None and message.event_id in found.ids[record.topic]
        letters = found.letters.get(place, [])
        kept = letters == [(record.key, record.value)]
        fits = {Fate.STORED: row and not letters, Fate.REFUSED: kept and not row, Fate.EITHER: row != bool(letters)}
        if not fits[record.fate] or (letters and not kept):
            yield f"{record.kind} at {place}: {'a row' if row else 'no row'}, letters {letters!r:.200}"


def read(record: Record) -> Message | None:
    """The message in a record, where there is one."""
    if record.topic == DEAD_LETTERS:
        return None
    try:
        return decode(record.topic, record.value)
    except DataError:
        return None


def _bytes(value: bytes | bytearray | None) -> bytes | None:
    return None if value is None else bytes(value)
