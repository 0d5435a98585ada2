"""The dead letters one by one: which there are, what is in them, and that one was sent again.

They may be large, so no question takes the bytes of more than one.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from moodstream.errors import MoodstreamError
from moodstream.messages import TOPICS
from moodstream.records import Received
from moodstream.store.mysql import Database, Row

ID_DIGITS = 32
ORIGIN = "letter_id, topic, partition_number, message_offset, sent_at, service, reason, replayed_at"
# Reasons that differ by numbers alone, such as the place of the fault in the message, are of one kind.
KINDS = """
SELECT d.topic, MIN(d.reason) AS reason, COUNT(*) AS letters, COUNT(d.replayed_at) AS replayed,
       COUNT(*) OVER () AS kinds, SUM(COUNT(*)) OVER () AS total
  FROM dead_letters d GROUP BY d.topic, REGEXP_REPLACE(d.reason, '[0-9][0-9,.]*', '0')
 ORDER BY letters DESC, d.topic, MIN(d.reason) LIMIT %s
"""
MARKS = ", ".join(["%s"] * len(TOPICS))
WAITING = f"""
SELECT letter_id FROM dead_letters WHERE replayed_at IS NULL AND topic IN ({MARKS})
 ORDER BY topic, partition_number, message_offset, letter_id
"""  # noqa: S608


class Letter(NamedTuple):
    """A dead letter without its bytes: where its message lies, who refused it, and why. Times are UTC."""

    letter_id: bytes
    topic: str
    partition: int
    offset: int
    sent_at: datetime
    service: str
    reason: str
    replayed_at: datetime | None

    @property
    def place(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"


class Kind(NamedTuple):
    """How many `letters` of a topic have a `reason` like this one, and how many of these were replayed."""

    topic: str
    reason: str
    letters: int
    replayed: int


class Kinds(NamedTuple):
    """All the letters and the kinds that there are, and the most frequent of these."""

    letters: int
    kinds: int
    most: tuple[Kind, ...]


class Opened(NamedTuple):
    """What is in a letter: its key, the `size` of its payload in bytes, and where that begins; None: not stored."""

    letter: Letter
    key: bytes | None
    size: int | None
    begins: bytes | None


def newest(database: Database, most: int) -> list[Letter]:
    """The newest letters by when they were sent, newest first."""
    statement = f"SELECT {ORIGIN} FROM dead_letters ORDER BY sent_at DESC, letter_id DESC LIMIT %s"  # noqa: S608
    return [_letter(row) for row in database.query(statement, (most,))]


def kinds(database: Database, most: int) -> Kinds:
    """How many letters there are of which topic, and for which reason."""
    rows = database.query(KINDS, (most,))
    found = tuple(Kind(row["topic"], row["reason"], row["letters"], row["replayed"]) for row in rows)
    return Kinds(int(rows[0]["total"]), rows[0]["kinds"], found) if rows else Kinds(0, 0, ())


def find(database: Database, digits: str) -> bytes:
    """The id that begins with so many hexadecimal digits.

    Raises:
        MoodstreamError: none does, or several do.
    """
    ends = [bytes.fromhex(digits.ljust(ID_DIGITS, fill)) for fill in "0f"]
    rows = database.query("SELECT letter_id FROM dead_letters WHERE letter_id BETWEEN %s AND %s LIMIT 2", ends)
    if not rows:
        raise MoodstreamError(f"No dead letter has the id {digits}: `--dead-letters list` shows the newest.")
    if len(rows) > 1:
        raise MoodstreamError(f"Several dead letters have ids that begin with {digits}: give more of its digits.")
    return bytes(rows[0]["letter_id"])


def opened(database: Database, letter_id: bytes, most: int) -> Opened:
    """A letter, with so many bytes of its payload at most."""
    begins = "message_key, LENGTH(payload) AS size, LEFT(payload, %s) AS begins"
    [row] = database.query(f"SELECT {ORIGIN}, {begins} FROM dead_letters WHERE letter_id = %s", (most, letter_id))  # noqa: S608
    return Opened(_letter(row), _bytes(row["message_key"]), row["size"], _bytes(row["begins"]))


def waiting(database: Database) -> list[bytes]:
    """The ids of all letters that came from one of our topics and were never replayed, in the order of the topics."""
    return [bytes(row["letter_id"]) for row in database.query(WAITING, tuple(TOPICS))]


def original(database: Database, letter_id: bytes) -> Received:
    """The message as it came, without its headers; its value is None where it was null, or too large to be stored."""
    columns = "topic, partition_number, message_offset, sent_at, message_key, payload"
    [row] = database.query(f"SELECT {columns} FROM dead_letters WHERE letter_id = %s", (letter_id,))  # noqa: S608
    sent = round(row["sent_at"].replace(tzinfo=UTC).timestamp() * 1000)
    place = (row["topic"], row["partition_number"], row["message_offset"])
    return Received(*place, sent, _bytes(row["message_key"]), _bytes(row["payload"]), [])


def replayed(database: Database, letter_ids: Sequence[bytes]) -> None:
    """Note that letters were sent again just now."""
    places = ", ".join(["%s"] * len(letter_ids))
    database.query(
        f"UPDATE dead_letters SET replayed_at = UTC_TIMESTAMP(6) WHERE letter_id IN ({places})",  # noqa: S608
        letter_ids,
    )


def _letter(row: Row) -> Letter:
    return Letter(bytes(row["letter_id"]), *(row[name] for name in ORIGIN.split(", ")[1:]))


def _bytes(value: bytes | bytearray | None) -> bytes | None:
    return None if value is None else bytes(value)
