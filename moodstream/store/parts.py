"""Tables in parts that are small enough for one statement; all parts of a table together are all of it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from moodstream.store.mysql import Row
from moodstream.store.rollups import Rollup

ROWS_A_PART = 100_000
FIRST, LAST = datetime(1000, 1, 1), datetime(9999, 12, 31)
LEAST, GREATEST = "\0" * 129, "\U0010ffff" * 128
"""Every text comes after the one and none after the other. '' is as spaces: control characters come before it."""
LEAST_ID, GREATEST_ID = b"", b"\xff" * 16

Ask = Callable[[str, tuple[Any, ...]], list[Row]]
Between = tuple[Any, Any]


class Part(NamedTuple):
    """Some rows of a roll-up (`r`): those where `kept` holds, which count the rows of its base (`b`) where `base` does.

    Both conditions have two holes, for the two values of `between`. `listener` is whose rows they are, in SQL.
    """

    kept: str
    base: str
    between: Between
    listener: str


def within(column: str) -> str:
    """That a column is in a part as `ids` and `texts` give them."""
    return f"{column} > %s AND {column} <= %s"


def texts(ask: Ask, table: str, column: str, rows: int) -> Iterator[Between]:
    """From where, exclusively, to where, inclusively, the parts of a column of names go."""
    return _between(ask, table, column, rows, (LEAST, GREATEST))


def ids(ask: Ask, table: str, rows: int) -> Iterator[Between]:
    """The same of event_id, in whose order the rows are stored: the quickest way to read all."""
    return _between(ask, table, "event_id", rows, (LEAST_ID, GREATEST_ID))


def times(ask: Ask, rollup: Rollup, rows: int) -> Iterator[Between]:
    """From where, inclusively, to where, exclusively, the parts of a time go: whole steps."""
    since, moment = FIRST, rollup.kind.moment
    while bound := _bound(ask, rollup.kind.base, f"{moment} >= %s", moment, since, rows):
        until = rollup.step.start(bound) + rollup.step.length
        yield since, until
        since = until
    yield since, LAST


def _between(ask: Ask, table: str, column: str, rows: int, ends: Between) -> Iterator[Between]:
    after, last = ends
    while bound := _bound(ask, table, f"{column} > %s", column, after, rows):
        yield after, bound
        after = bound
    yield after, last


def _bound(ask: Ask, table: str, beyond: str, column: str, after: Any, rows: int) -> Any:
    """What comes so many rows after, if anything does."""
    found = ask(
        f"SELECT {column} AS bound FROM {table} WHERE {beyond} ORDER BY {column} LIMIT 1 OFFSET %s",  # noqa: S608
        (after, rows),
    )
    bound = found[0]["bound"] if found else None
    return bytes(bound) if isinstance(bound, bytearray) else bound
