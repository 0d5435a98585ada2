"""Rows into tables: in statements of bounded size, and, where it matters, knowing which rows are new."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from moodstream.errors import DataError, TransientError
from moodstream.store.mysql import Cursor, Row
from moodstream.store.tables import Table, Values

ROWS_A_STATEMENT = 500
BYTES_A_STATEMENT = 16 * 2**20
A_VALUE = 32
"""Bytes that a number or a time takes at most, and whatever is around any value: a comma, quotes, `_binary`."""
A_CHARACTER = 4
"""Bytes that a character or a byte takes at most, also when it is escaped."""
ESCAPED = b"\0\n\r\"'\\\x1a"


def write(cursor: Cursor, table: Table, rows: Sequence[Values]) -> int:
    """Upsert any number of rows, in statements that the server takes: what is larger, it would hang up on, or not.

    Returns:
        How many rows the server counts as affected: 1 for a new row, 2 for one that changed, 0 for one that did not.

    Raises:
        DataError: a row is larger than a statement may be.
    """
    affected = 0
    for part in _parts(rows, cursor.packet - len(table.upsert(1))):
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
    for part in _parts([(value,) for value in values], cursor.packet - len(statement) - len(end)):
        cursor.execute(f"{statement} ({', '.join(['%s'] * len(part))}) {end}", [value for (value,) in part])
        found += cursor.fetchall()  # type: ignore[arg-type]
    return [{name: bytes(value) if isinstance(value, bytearray) else value for name, value in r.items()} for r in found]


def _parts(rows: Sequence[Values], space: int) -> Iterator[list[Values]]:
    """The rows, so many at a time that they fit into so many bytes of a statement."""
    part: list[Values] = []
    size, most = 0, min(space, BYTES_A_STATEMENT)
    for values in rows:
        length = sum(len(value) for value in values if isinstance(value, (str, bytes)))
        weight = length * A_CHARACTER + len(values) * A_VALUE
        if part and (len(part) == ROWS_A_STATEMENT or size + weight > most):
            yield part
            part, size = [], 0
        if weight > space:
            _look(values, space)
        part.append(values)
        size += weight
    if part:
        yield part


def _look(values: Values, space: int) -> None:
    """Weigh a row that may not fit, byte by byte."""
    needed = sum(_weight(value) for value in values)
    if needed > space:
        raise DataError(f"a row of {needed:,} bytes: max_allowed_packet of the database leaves it {space:,}")


def _weight(value: Any) -> int:
    if not isinstance(value, (str, bytes)):
        return A_VALUE
    written = value.encode() if isinstance(value, str) else value
    return 2 * len(written) - len(written.translate(None, ESCAPED)) + A_VALUE
