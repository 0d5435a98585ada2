"""The roll-ups made anew from the base tables, part by part, beside running connectors.

Each part is one transaction, and holds the one row of `rollup_state` alone, which whoever stores a batch holds shared:
so no batch is half way while a part is counted, what was stored before is in the count, and what comes after adds to
it. A connector waits for a part, which takes a second or so. A part that is right, as its sums tell, stays as it is.
Nothing is deleted: what should not be there becomes 0.
Cut off and run again, it begins anew; nothing counts twice, since a part is set and not added to.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from moodstream.store.counting import ISOLATION
from moodstream.store.mysql import Cursor, Database, Row
from moodstream.store.parts import ROWS_A_PART, Part, times
from moodstream.store.recount import SUBJECTS, Subject
from moodstream.store.rollups import ROLLUPS
from moodstream.store.weights import summed

log = logging.getLogger(__name__)

ALONE = "SELECT id FROM rollup_state WHERE id = 1 FOR UPDATE"
UNFILLED = "SELECT id FROM rollup_state WHERE filled_at IS NULL"
FILLED = "UPDATE rollup_state SET filled_at = UTC_TIMESTAMP(6)"
# Classifications from before the column was there, or that an older connector stored.
SOURCES = """
UPDATE mood_classified m JOIN song_stream s ON s.event_id = m.play_id SET m.source = s.source
 WHERE m.source = '' AND m.played_at >= %s AND m.played_at < %s
"""


def fill(database: Database, alive: Callable[[str], None]) -> None:
    """Count the history that was there before the roll-ups were, if there is any that is not counted yet.

    Args:
        alive: called before each part with what is done.

    Raises:
        TransientError: the server is away.
    """
    if database.query(UNFILLED):
        rebuild(database, alive=alive)


def rebuild(database: Database, rows: int = ROWS_A_PART, alive: Callable[[str], None] = lambda _: None) -> None:
    """Make every roll-up what the base tables say, so many rows of a base at a time.

    Args:
        alive: as `fill`.

    Raises:
        TransientError: the server is away.
    """
    for between in times(database.query, ROLLUPS[0], rows):
        alive("the sources of classifications are filled in")
        with _alone(database) as cursor:
            cursor.execute(SOURCES, between)
    for subject in SUBJECTS:
        for part in subject.parts(database.query, rows):
            alive(f"{subject.table} is counted anew")
            with _alone(database) as cursor:
                if _differs(cursor, subject, part):
                    cursor.execute(subject.emptied(part), part.between)
                    cursor.execute(subject.filled(part), part.between)
        log.info("%s is counted anew", subject.table)
    with _alone(database) as cursor:
        cursor.execute(FILLED)


def _differs(cursor: Cursor, subject: Subject, part: Part) -> bool:
    cursor.execute(subject.kept(part), part.between)
    kept: list[Row] = cursor.fetchall()  # type: ignore[assignment]
    if not kept[0]["held"]:
        return True
    cursor.execute(subject.weighed(part), part.between)
    return summed(kept) != summed(cursor.fetchall())  # type: ignore[arg-type]


@contextmanager
def _alone(database: Database) -> Iterator[Cursor]:
    with database.transaction() as cursor:
        cursor.execute(ISOLATION)
        cursor.execute(ALONE)
        cursor.fetchall()
        yield cursor
