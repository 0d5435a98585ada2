"""The roll-ups counted anew from the base tables, in SQL, part by part: what `verify` and `rebuild` ask and write.

A part is small enough for one statement, and all parts together are everything. The listeners are taken in the order
of their names, so many plays at a time; what is everybody's in the order of time; the songs in the order of their ids.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from moodstream.store.mysql import Row
from moodstream.store.rollups import ROLLUPS, SONGS_PLAYED, Rollup

ROWS_A_PART = 100_000
FIRST, LAST = datetime(1000, 1, 1), datetime(9999, 12, 31)
LEAST, GREATEST = "\0" * 129, "\U0010ffff" * 128
"""Every id comes after the one and none after the other. '' is as spaces: control characters come before it."""

# Grouping by a temporary table takes three times as long, since there are about as many groups as rows.
BY_SORTING = "SQL_BIG_RESULT"

Ask = Callable[[str, Sequence[Any]], list[Row]]


class Part(NamedTuple):
    """Some rows of a roll-up (`r`): those where `kept` holds, which count the rows of its base (`b`) where `base` does.

    Both conditions have two holes, for the two values of `between`. `listener` is whose rows they are, in SQL.
    """

    kept: str
    base: str
    between: tuple[str, str] | tuple[datetime, datetime]
    listener: str


class Subject(NamedTuple):
    """A table that can be counted anew; a row whose `number` is 0 is as good as none.

    `value` is all that a row says but for its keys, as one value; `counted` the SELECT of what a part of the table
    should hold; `updates` how that meets the rows that are there; `parts` all parts of it, of so many
    rows of the base or a few more.
    """

    table: str
    keys: tuple[str, ...]
    number: str
    value: str
    updates: str
    counted: Callable[[Part], str]
    parts: Callable[[Ask, int], Iterator[Part]]

    def compared(self, part: Part) -> str:
        """The SELECT of a part's keys with what is `kept` and what is `counted`; it takes `between` twice."""
        keys = ", ".join(self.keys)
        return f"""
        SELECT {BY_SORTING} {keys}, MAX(IF(is_kept, value, NULL)) AS kept, MAX(IF(is_kept, NULL, value)) AS counted
          FROM (SELECT {keys}, {self.value} AS value, 1 AS is_kept FROM {self.table} r
                 WHERE {part.kept} AND {self.number} > 0
                UNION ALL
                SELECT {keys}, {self.value}, 0 FROM ({self.counted(part)}) c) both_sides
         GROUP BY {keys}
        """  # noqa: S608

    def emptied(self, part: Part) -> str:
        """The UPDATE that sets the counts of a part to 0; it takes `between`."""
        return f"UPDATE {self.table} r SET {self.number} = 0 WHERE {part.kept} AND {self.number} > 0"  # noqa: S608

    def filled(self, part: Part) -> str:
        """The INSERT of what a part should hold; it takes `between`."""
        return f"INSERT INTO {self.table} {self.counted(part)} ON DUPLICATE KEY UPDATE {self.updates}"


def _rollup(rollup: Rollup) -> Subject:
    kind, count = rollup.kind, rollup.kind.name
    starts_at = rollup.step.sql.format(f"b.{kind.moment}")

    def counted(part: Part) -> str:
        columns = {"listener": part.listener, "starts_at": starts_at, **kind.parts}
        return f"""
        SELECT {BY_SORTING} {", ".join(f"{sql} AS {name}" for name, sql in columns.items())}, COUNT(*) AS {count}
          FROM {kind.base} b {kind.joined} WHERE {part.base} AND {kind.only}
         GROUP BY {", ".join(str(place) for place in range(1, len(columns) + 1))}
        """  # noqa: S608

    def parts(ask: Ask, rows: int) -> Iterator[Part]:
        kept, base = "r.listener = '' AND r.starts_at >= %s AND r.starts_at < %s", f"b.{kind.moment}"
        for since in times(ask, rollup, rows):
            yield Part(kept, f"{base} >= %s AND {base} < %s", since, "''")
        for between in _ids(ask, kind.base, "listener", rows):
            yield Part(f"r.listener <> '' AND {_within('r.listener')}", _within("b.listener"), between, "b.listener")

    return Subject(rollup.table, rollup.keys, count, count, f"{count} = VALUES({count})", counted, parts)


def _songs() -> Subject:
    keys, values = SONGS_PLAYED.columns[:1], SONGS_PLAYED.columns[1:]

    def counted(part: Part) -> str:
        return f"""
        SELECT s.song_id, s.plays, s.played_at, m.mood, m.event_id AS mood_id
          FROM (SELECT b.song_id, COUNT(*) AS plays, MAX(b.played_at) AS played_at, MAX(b.event_id) AS event_id
                  FROM mood_classified b WHERE {part.base} GROUP BY b.song_id) s
          JOIN mood_classified m ON m.event_id = s.event_id
        """  # noqa: S608

    def parts(ask: Ask, rows: int) -> Iterator[Part]:
        for between in _ids(ask, "mood_classified", "song_id", rows):
            yield Part(_within("r.song_id"), _within("b.song_id"), between, "")

    value = "CONCAT_WS(' ', plays, played_at, COALESCE(mood, '-'), HEX(mood_id))"
    updates = ", ".join(f"{name} = VALUES({name})" for name in values)
    return Subject(SONGS_PLAYED.name, keys, "plays", value, updates, counted, parts)


def _within(column: str) -> str:
    return f"{column} > %s AND {column} <= %s"


def _ids(ask: Ask, table: str, column: str, rows: int) -> Iterator[tuple[str, str]]:
    """From where, exclusively, to where, inclusively, the parts of a column of ids go."""
    after = LEAST
    while bound := _bound(ask, table, f"{column} > %s", column, after, rows):
        yield after, bound
        after = bound
    yield after, GREATEST


def times(ask: Ask, rollup: Rollup, rows: int) -> Iterator[tuple[datetime, datetime]]:
    """From where, inclusively, to where, exclusively, the parts of a time go: whole steps."""
    since, moment = FIRST, rollup.kind.moment
    while bound := _bound(ask, rollup.kind.base, f"{moment} >= %s", moment, since, rows):
        until = rollup.step.start(bound) + rollup.step.length
        yield since, until
        since = until
    yield since, LAST


def _bound(ask: Ask, table: str, beyond: str, column: str, after: Any, rows: int) -> Any:
    """What comes so many rows after, if anything does."""
    found = ask(
        f"SELECT {column} AS bound FROM {table} WHERE {beyond} ORDER BY {column} LIMIT 1 OFFSET %s",  # noqa: S608
        (after, rows),
    )
    return found[0]["bound"] if found else None


SUBJECTS = (*map(_rollup, ROLLUPS), _songs())
