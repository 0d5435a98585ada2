"""Rows into tables: in statements of bounded size, and, where it matters, knowing which rows are new."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from moodstream.errors import TransientError
from moodstream.store.mysql import Cursor, Row
from moodstream.store.tables import Table, Values

ROWS_A_STATEMENT = 500
BYTES_A_STATEMENT = 4 * 2**20
"""Below every server's default of max_allowed_packet, also when each byte is escaped."""


def write(cursor: Cursor, table: Table, rows: Sequence[Values]) -> int:
    """Upsert any number of rows, in statements that a server takes whatever its settings.

    Returns:
        How many rows the server counts as affected: 1 for a new row, 2 for one that changed, 0 for one that did not.
    """
    affected = 0
    for part in _parts(rows):
        cursor.execute(table.upsert(len(part)), [value for values in part for value in values])
        affected += cursor.rowcount
    return affected


def write_new(cursor: Cursor, table: Table, rows: Sequence[Values]) -> list[Values]:
    """Insert the rows whose id, their first column, is not there yet, and give them back, each once.

    Rows are never deleted, so what is inserted was not there before; where as many are inserted as were not there, it
    is these. Where fewer are, another connector has stored some of them in between.

    Raises:
        TransientError: another connector was storing the same rows; nothing of this transaction may be committed.
    """
    new: dict[Any, Values] = {}
    for values in rows:
        new.setdefault(values[0], values)
    found = select(cursor, f"SELECT {table.columns[0]} AS id FROM {table.name} WHERE {table.columns[0]} IN", new)  # noqa: S608
    for row in found:
        del new[row["id"]]
    if write(cursor, table, list(new.values())) != len(new):
        raise TransientError(f"another connector is storing the same rows of {table.name}")
    return list(new.values())


def select(cursor: Cursor, statement: str, values: Iterable[Any], end: str = "") -> list[Row]:
    """The rows of a statement that ends in `IN`, for any number of values; `end` follows them. Ids come as bytes."""
    found: list[Row] = []
    wanted = list(values)
    for start in range(0, len(wanted), ROWS_A_STATEMENT):
        part = wanted[start : start + ROWS_A_STATEMENT]
        cursor.execute(f"{statement} ({', '.join(['%s'] * len(part))}) {end}", part)
        found += cursor.fetchall()  # type: ignore[arg-type]
    return [{name: bytes(value) if isinstance(value, bytearray) else value for name, value in r.items()} for r in found]


def _parts(rows: Sequence[Values]) -> Iterator[list[Values]]:
    part: list[Values] = []
    size = 0
    for values in rows:
        weight = sum(len(value) for value in values if isinstance(value, (str, bytes)))
        if part and (len(part) == ROWS_A_STATEMENT or size + weight > BYTES_A_STATEMENT):
            yield part
            part, size = [], 0
        part.append(values)
        size += weight
    if part:
        yield part
