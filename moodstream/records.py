"""What comes out of a topic: records, and those that can never be used."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from moodstream.messages import Message, decode

Headers = list[tuple[str, bytes]]

LATEST_MS = 253_402_300_799_999
"""The last millisecond of the year 9999, in Unix time: the last that a date can have."""
MOST_PARTITIONS, LONGEST_TOPIC = 2**31, 249
"""The limits of Kafka."""


@dataclass(frozen=True)
class Received:
    """One record of a topic, as the broker gave it; `timestamp_ms` between 1970 and the year 9999."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Headers

    @cached_property
    def message(self) -> Message:
        """The message in it.

        Raises:
            DataError: the value is no message of this topic.
        """
        return decode(self.topic, self.value)

    @property
    def sent_at(self) -> datetime:
        """Its time stamp, in UTC."""
        return datetime.fromtimestamp(self.timestamp_ms / 1000, UTC)

    @property
    def letter_id(self) -> UUID:
        """The same record always makes the same dead letter, whoever refuses it and however often."""
        origin = f"{self.topic}\0{self.partition}\0{self.offset}\0{self.timestamp_ms}\0".encode()
        return UUID(bytes=hashlib.sha256(origin + (self.value or b"")).digest()[:16])


@dataclass(frozen=True)
class Rejected:
    """A record that can never be used, and why."""

    record: Received
    reason: str

    def headers(self, service: str) -> Headers:
        """Where the record came from and what was wrong with it; dates as ISO 8601, numbers in decimal."""
        record = self.record
        origin = {
            "id": str(record.letter_id),
            "service": service,
            "reason": self.reason[:500],
            "topic": record.topic,
            "partition": str(record.partition),
            "offset": str(record.offset),
            "timestamp": record.sent_at.isoformat(),
        }
        return [(name, value.encode("utf-8", "replace")) for name, value in origin.items()]


def buried(letter: Received) -> tuple[Rejected, str]:
    """The record that a dead letter was made of, and who refused it, from the headers that `Rejected.headers` wrote.

    What somebody else wrote among the dead letters is kept as a record of its own, refused by "unknown". The id tells:
    it follows from the rest, so that nobody's letter takes the place of another.
    """
    said = {name: value.decode("utf-8", "replace") for name, value in letter.headers}
    try:
        record = _origin(said, letter)
        if said["id"] != str(record.letter_id):
            raise ValueError("its id is not that of this record")
        return Rejected(record, said["reason"]), said["service"]
    except (KeyError, ValueError, OverflowError) as error:
        return Rejected(letter, f"written by somebody else: {error!r}"), "unknown"


def _origin(said: dict[str, str], letter: Received) -> Received:
    partition, offset = int(said["partition"]), int(said["offset"])
    if not (0 <= partition < MOST_PARTITIONS and 0 <= offset < 2**63 and len(said["topic"]) <= LONGEST_TOPIC):
        raise ValueError("no record is there")
    milliseconds = round(datetime.fromisoformat(said["timestamp"]).timestamp() * 1000)
    return Received(said["topic"], partition, offset, milliseconds, letter.key, letter.value, [])


def received(record: Any) -> Received:
    """A record of the client as one of ours. A broker takes any time stamp of the past, and headers without a value."""
    milliseconds = min(max(record.timestamp, 0), LATEST_MS)
    headers = [(name, value or b"") for name, value in record.headers]
    return Received(record.topic, record.partition, record.offset, milliseconds, record.key, record.value, headers)
