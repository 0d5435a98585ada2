"""Messages -> rows and what they count for: a batch is one transaction.

A row that the database refuses is found by halving the batch.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence

from moodstream.errors import DataError
from moodstream.messages import DEAD_LETTERS as DEAD_LETTERS_TOPIC
from moodstream.records import Received, Rejected, buried
from moodstream.store import counting, tables
from moodstream.store.mysql import Database
from moodstream.store.tables import Table, Values
from moodstream.store.writing import write, write_new

log = logging.getLogger(__name__)

Rows = list[tuple[Table, Values]]

LONGEST_SERVICE, LONGEST_REASON = 64, 500
"""Characters of the columns of `dead_letters`, whose headers anybody may have written."""


class Sink:
    """Writes batches of records, each once, however often it is given them. Not thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, batch: Sequence[Received]) -> list[Rejected]:
        """Store a batch; what is given back can never be stored, and everything else is.

        Raises:
            TransientError, ConfigurationError: nothing of this call may be taken as stored.
        """
        try:
            self._store([row for record in batch for row in _rows(record)])
        except DataError as error:
            return self._refused(batch, error)
        return []

    def _refused(self, batch: Sequence[Received], error: DataError) -> list[Rejected]:
        if len(batch) > 1:
            middle = len(batch) // 2
            return self.write(batch[:middle]) + self.write(batch[middle:])
        record = batch[0]
        if record.topic != DEAD_LETTERS_TOPIC:
            return [Rejected(record, str(error))]
        # The end of the line: the bytes stay in the topic, and the row says where.
        log.error("a dead letter is stored without its bytes (%s): see %s", error, _place(record))
        self._store([(table, (*values[:-2], None, None)) for table, values in _rows(record)])
        return []

    def _store(self, rows: Rows) -> None:
        by_table: dict[Table, list[Values]] = defaultdict(list)
        for table, values in rows:
            by_table[table].append(values)
        with self._database.transaction() as cursor:
            counting.begin(cursor)
            new: dict[Table, list[Values]] = {}
            for table in tables.ORDER:
                # In the order of the keys, so that two writers do not wait for each other.
                ordered = sorted(by_table[table], key=lambda values: values[0])
                if table in tables.COUNTED:
                    new[table] = write_new(cursor, table, ordered)
                else:
                    write(cursor, table, ordered)
            counting.count(cursor, new[tables.CLASSIFICATIONS], new[tables.FEEDBACK])


def _rows(record: Received) -> Rows:
    return [_letter(record)] if record.topic == DEAD_LETTERS_TOPIC else tables.rows(record.message)


def _letter(record: Received) -> tuple[Table, Values]:
    letter, service = buried(record)
    origin = letter.record
    place = (origin.topic, origin.partition, origin.offset, origin.sent_at.replace(tzinfo=None))
    said = (service[:LONGEST_SERVICE], letter.reason[:LONGEST_REASON])
    return tables.DEAD_LETTERS, (origin.letter_id.bytes, *place, *said, origin.key, origin.value)


def _place(record: Received) -> str:
    return f"{record.topic}/{record.partition}/{record.offset}"
