"""The roll-ups counted anew from the base tables, in SQL, part by part: what `verify` and `rebuild` ask and write.

The listeners are taken in the order of their names, so many plays at a time; what is everybody's in the order of time;
the songs in the order of their ids.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from moodstream.store.mysql import Row
from moodstream.store.parts import Ask, Part, ids, texts, times, within
from moodstream.store.rollups import ROLLUPS, SONGS_PLAYED, STEPS, Kind, Rollup, Step
from moodstream.store.weights import sums, weight

# Grouping by a temporary table takes three times as long, since there are about as many groups as rows.
BY_SORTING = "SQL_BIG_RESULT"


class Subject(NamedTuple):
    """A table that can be counted anew; a row whose `number` is 0 is as good as none.

    `value` is all that a row says but for its keys, as one value; `weight` what a row weighs, as `weight` tells of it;
    `counted` the SELECT of what a part of the table should hold; `weighed` that of its sums; `updates` how what is
    counted meets the rows that are there; `parts` all parts of it, of so many rows of the base or a few more;
    `totals` the sums of everything, in rows to be added up.
    """

    table: str
    keys: tuple[str, ...]
    number: str
    value: str
    weight: str
    updates: str
    counted: Callable[[Part], str]
    weighed: Callable[[Part], str]
    parts: Callable[[Ask, int], Iterator[Part]]
    totals: Callable[[Ask, int], Iterator[Row]]

    def kept(self, part: Part) -> str:
        """The SELECT of how many `held` rows a part has, and of their sums; it takes `between`."""
        columns = sums(f"SUM({self.number})", weight=[self.weight])
        return f"SELECT COUNT(*) AS held, {columns} FROM {self.table} r WHERE {part.kept} AND {self.number} > 0"  # noqa: S608

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
    kept_weight = weight("r.listener", "TO_SECONDS(r.starts_at)", *(f"r.{name}" for name in kind.parts))

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
        for between in texts(ask, kind.base, "listener", rows):
            yield Part(f"r.listener <> '' AND {within('r.listener')}", within("b.listener"), between, "b.listener")

    def totals(ask: Ask, rows: int) -> Iterator[Row]:
        # The same question for every step, so that who remembers answers asks it once.
        question = _weighed(kind, within("b.event_id"), ("b.listener", "''"), **{f"by_{s.name}": s for s in STEPS})
        for between in ids(ask, kind.base, rows):
            [found] = ask(question, between)
            yield {"number": found["number"], "weight": found[f"by_{rollup.step.name}"]}

    return Subject(
        table=rollup.table,
        keys=rollup.keys,
        number=count,
        value=count,
        weight=f"CAST(r.{count} AS DECIMAL(10)) * {kept_weight}",
        updates=f"{count} = VALUES({count})",
        counted=counted,
        weighed=lambda part: _weighed(kind, part.base, [part.listener], weight=rollup.step),
        parts=parts,
        totals=totals,
    )


def _weighed(kind: Kind, where: str, listeners: Sequence[str], **steps: Step) -> str:
    """The SELECT of the sums of rows of a base, where each counts for all these listeners."""
    parts, moment = kind.parts.values(), f"b.{kind.moment}"
    weights = {name: [weight(who, step.seconds(moment), *parts) for who in listeners] for name, step in steps.items()}
    columns = sums(f"{len(listeners)} * COUNT(*)", **weights)
    return f"SELECT {columns} FROM {kind.base} b {kind.joined} WHERE {where} AND {kind.only}"  # noqa: S608


def _songs() -> Subject:
    keys, values = SONGS_PLAYED.columns[:1], SONGS_PLAYED.columns[1:]
    value = "CONCAT_WS(' ', plays, played_at, COALESCE(mood, '-'), HEX(mood_id))"
    row_weight = weight(*keys, value)

    def counted(part: Part) -> str:
        return f"""
        SELECT s.song_id, s.plays, s.played_at, m.mood, m.event_id AS mood_id
          FROM (SELECT b.song_id, COUNT(*) AS plays, MAX(b.played_at) AS played_at, MAX(b.event_id) AS event_id
                  FROM mood_classified b WHERE {part.base} GROUP BY b.song_id) s
          JOIN mood_classified m ON m.event_id = s.event_id
        """  # noqa: S608

    def weighed(part: Part) -> str:
        return f"SELECT {sums('SUM(plays)', weight=[row_weight])} FROM ({counted(part)}) c"  # noqa: S608

    def parts(ask: Ask, rows: int) -> Iterator[Part]:
        for between in texts(ask, "mood_classified", "song_id", rows):
            yield Part(within("r.song_id"), within("b.song_id"), between, "")

    def totals(ask: Ask, rows: int) -> Iterator[Row]:
        return (ask(weighed(part), part.between)[0] for part in parts(ask, rows))

    return Subject(
        table=SONGS_PLAYED.name,
        keys=keys,
        number="plays",
        value=value,
        weight=row_weight,
        updates=", ".join(f"{name} = VALUES({name})" for name in values),
        counted=counted,
        weighed=weighed,
        parts=parts,
        totals=totals,
    )


SUBJECTS = (*map(_rollup, ROLLUPS), _songs())
