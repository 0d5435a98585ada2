"""Are the roll-ups what the base tables say? Answered within one snapshot, so also while connectors go on writing."""

from collections.abc import Iterator
from functools import cache, partial
from typing import Any, NamedTuple

from moodstream.store.mysql import Cursor, Database, Row
from moodstream.store.parts import ROWS_A_PART, Ask, Part
from moodstream.store.recount import SUBJECTS, Subject
from moodstream.store.weights import summed

NAMED = 5
"""How many differences of a table are named."""

SNAPSHOT = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
)


class Verified(NamedTuple):
    """How many rows of a table were compared, how many differ, and the first of these in words."""

    table: str
    rows: int
    differences: int
    examples: tuple[str, ...]

    def __str__(self) -> str:
        found = f"{self.table}: {self.rows:,} rows compared, {self.differences:,} differences"
        return "\n".join((found, *(f"  {example}" for example in self.examples)))


def verify(database: Database, rows: int = ROWS_A_PART) -> Iterator[Verified]:
    """Compare every table with its base, so many rows of the base at a time.

    First by sums (see `weights`: a difference goes unnoticed with a chance of less than 1 in 10^14); only where those
    of a table differ, by those of its parts, and only of parts that differ are all rows counted anew and named.

    Raises:
        TransientError: the server is away.
    """
    with database.transaction() as cursor:
        for statement in SNAPSHOT:
            cursor.execute(statement)
        # Within one snapshot an answer stays the same: tables of one base share questions about its parts and totals.
        ask = cache(partial(_ask, cursor))
        for subject in SUBJECTS:
            yield _verified(ask, subject, rows)


def _verified(ask: Ask, subject: Subject, rows_a_part: int) -> Verified:
    parts = list(subject.parts(ask, rows_a_part))
    kept = [ask(subject.kept(part), part.between)[0] for part in parts]
    if summed(kept) == summed(subject.totals(ask, rows_a_part)):
        return Verified(subject.table, sum(sums["held"] for sums in kept), 0, ())
    rows = differences = 0
    examples: list[str] = []
    for part, sums in zip(parts, kept, strict=True):
        if summed([sums]) == summed(ask(subject.weighed(part), part.between)):
            rows += sums["held"]
            continue
        found = _compared(ask, subject, part)
        rows += int(found["compared"])
        differences += int(found["differing"])
        examples += _examples(ask, subject, part, NAMED - len(examples))
    return Verified(subject.table, rows, differences, tuple(examples))


def _compared(ask: Ask, subject: Subject, part: Part) -> Row:
    totals = "SELECT COUNT(*) AS compared, COALESCE(SUM(NOT (kept <=> counted)), 0) AS differing"
    return ask(f"{totals} FROM ({subject.compared(part)}) p", part.between * 2)[0]


def _examples(ask: Ask, subject: Subject, part: Part, most: int) -> list[str]:
    query = f"{subject.compared(part)} HAVING NOT (kept <=> counted) LIMIT %s"
    return [_words(subject, row) for row in ask(query, (*part.between * 2, most))]


def _words(subject: Subject, row: Row) -> str:
    key = ", ".join(f"{name} {str(row[name])!r}" for name in subject.keys)
    return f"{key}: kept {row['kept'] or 'nothing'}, counted {row['counted'] or 'nothing'}"


def _ask(cursor: Cursor, statement: str, values: tuple[Any, ...]) -> list[Row]:
    cursor.execute(statement, values)
    return cursor.fetchall()  # type: ignore[return-value]
