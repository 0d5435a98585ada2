"""Are the roll-ups what the base tables say? Answered within one snapshot, so also while connectors go on writing."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from moodstream.store.mysql import Cursor, Database, Row
from moodstream.store.recount import ROWS_A_PART, SUBJECTS, Part, Subject

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
    """Count everything anew from the base tables, and compare, table by table, so many rows of a base at a time.

    Raises:
        TransientError: the server is away.
    """
    with database.transaction() as cursor:
        for statement in SNAPSHOT:
            cursor.execute(statement)
        for subject in SUBJECTS:
            yield _verified(cursor, subject, rows)


def _verified(cursor: Cursor, subject: Subject, rows_a_part: int) -> Verified:
    rows = differences = 0
    examples: list[str] = []
    for part in subject.parts(partial(_ask, cursor), rows_a_part):
        found = _compared(cursor, subject, part)
        rows += int(found["compared"])
        differences += int(found["differing"])
        if found["differing"]:
            examples += _examples(cursor, subject, part, NAMED - len(examples))
    return Verified(subject.table, rows, differences, tuple(examples))


def _compared(cursor: Cursor, subject: Subject, part: Part) -> Row:
    totals = "SELECT COUNT(*) AS compared, COALESCE(SUM(NOT (kept <=> counted)), 0) AS differing"
    return _ask(cursor, f"{totals} FROM ({subject.compared(part)}) p", part.between * 2)[0]


def _examples(cursor: Cursor, subject: Subject, part: Part, most: int) -> list[str]:
    query = f"{subject.compared(part)} HAVING NOT (kept <=> counted) LIMIT %s"
    return [_words(subject, row) for row in _ask(cursor, query, (*part.between * 2, most))]


def _words(subject: Subject, row: Row) -> str:
    key = ", ".join(f"{name} {str(row[name])!r}" for name in subject.keys)
    return f"{key}: kept {row['kept'] or 'nothing'}, counted {row['counted'] or 'nothing'}"


def _ask(cursor: Cursor, statement: str, values: Sequence[Any]) -> list[Row]:
    cursor.execute(statement, values)
    return cursor.fetchall()  # type: ignore[return-value]
