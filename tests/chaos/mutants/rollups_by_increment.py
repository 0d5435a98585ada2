"""Roll-ups grow with each message rather than with each new row: what comes twice counts twice."""

from collections.abc import Sequence

from moodstream.store import sink
from moodstream.store.mysql import Cursor
from moodstream.store.tables import Table, Values
from moodstream.store.writing import write

FAULTS = ("kill -9 after the database commit", "plays come twice")


def plant() -> None:
    def every(cursor: Cursor, table: Table, rows: Sequence[Values]) -> list[Values]:
        write(cursor, table, rows)
        return list(rows)

    sink.write_new = every
