"""What comes out of a topic: records, and those that can never be used."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from moodstream.messages import Message, decode

Headers = list[tuple[str, bytes]]


@dataclass(frozen=True)
class Received:
    """One record of a topic, as the broker gave it."""

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
            "timestamp": datetime.fromtimestamp(record.timestamp_ms / 1000, UTC).isoformat(),
        }
        return [(name, value.encode("utf-8", "replace")) for name, value in origin.items()]


def received(record: Any) -> Received:
    """A record of the client as one of ours."""
    return Received(
        record.topic, record.partition, record.offset, record.timestamp, record.key, record.value, list(record.headers)
    )
