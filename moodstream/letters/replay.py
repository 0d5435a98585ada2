"""Sending dead letters again: the original key and bytes, to the topic that they came from.

A batch is sent, every delivery looked at, and only then noted in the database. What is cut off in between sends
the batch again when it is asked to, and the ids of the messages make that harmless.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing

from moodstream.bus import Archive, Producer
from moodstream.errors import DataError
from moodstream.messages import TOPICS
from moodstream.records import Received
from moodstream.settings import Settings
from moodstream.store.letters import original, replayed
from moodstream.store.mysql import Database

LETTERS_A_BATCH = 100
BYTES_A_BATCH = 16 * 2**20
PATIENCE = 30.0
"""Seconds that the broker may take for each step: a batch of the largest messages needs more than others."""

Batch = list[tuple[bytes, Received]]
Failed = defaultdict[str, list[bytes]]
"""Which letters could not be sent again, by the reason."""


def replay(settings: Settings, database: Database, letter_ids: Sequence[bytes], failed: Failed) -> Iterator[int]:
    """Send letters again, in their order, and put what cannot be sent into `failed`.

    Yields:
        How many were sent and noted, batch after batch.

    Raises:
        TransientError, ConfigurationError: a server is away, or refuses; what was counted stays noted.
    """
    with closing(Producer(settings, PATIENCE)) as producer, closing(Archive(settings)) as archive:
        for batch in _batches(_records(database, archive, letter_ids, failed)):
            yield _send(producer, database, batch, failed)


def _records(
    database: Database, archive: Archive, letter_ids: Sequence[bytes], failed: Failed
) -> Iterator[tuple[bytes, Received]]:
    for letter_id in letter_ids:
        try:
            yield letter_id, _record(database, archive, letter_id)
        except DataError as error:
            failed[str(error)].append(letter_id)


def _record(database: Database, archive: Archive, letter_id: bytes) -> Received:
    record = original(database, letter_id)
    if record.topic not in TOPICS:
        raise DataError("came from no topic of ours, so there is none to send it to")
    if record.value is not None:
        return record
    there = archive.at(record.topic, record.partition, record.offset)
    if there is None or there.letter_id.bytes != letter_id:
        raise DataError("was stored without its bytes, and its topic does not have them any more")
    return there


def _batches(records: Iterator[tuple[bytes, Received]]) -> Iterator[Batch]:
    batch: Batch = []
    size = 0
    for letter_id, record in records:
        weight = len(record.value or b"") + len(record.key or b"")
        if batch and (len(batch) == LETTERS_A_BATCH or size + weight > BYTES_A_BATCH):
            yield batch
            batch, size = [], 0
        batch.append((letter_id, record))
        size += weight
    if batch:
        yield batch


def _send(producer: Producer, database: Database, batch: Batch, failed: Failed) -> int:
    """Send a batch and note it; how many of it the broker has."""
    try:
        producer.resend(record for _, record in batch)
    except DataError as error:
        if len(batch) > 1:
            return sum(_send(producer, database, [each], failed) for each in batch)
        failed[f"is {error}"].append(batch[0][0])
        return 0
    replayed(database, [letter_id for letter_id, _ in batch])
    return len(batch)
