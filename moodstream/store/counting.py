"""What a batch adds to the roll-ups, within the transaction that stores it: each new row counts once.

A reaction counts under the source and the mood of the play that it answers. Where it comes before the classification
of that play, it counts as unclassified, and moves when the classification comes. Both sides first insert and then look
for the other with a locking read, which waits for whoever is just inserting it: so two connectors cannot both miss it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

from moodstream.moods import UNCLASSIFIED
from moodstream.store import rollups
from moodstream.store.mysql import Cursor
from moodstream.store.rollups import PLAYS, REACTIONS, Classified, Counted, Kind, Rollup
from moodstream.store.tables import CLASSIFICATIONS, FEEDBACK, Values
from moodstream.store.writing import select, write

# Locks of rows, and not of the gaps between them where other connectors insert: nothing here relies on a gap.
ISOLATION = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED"
# Whoever counts anew holds this row alone, and then no batch is half way.
ADDING = "SELECT id FROM rollup_state WHERE id = 1 LOCK IN SHARE MODE"

VERDICTS = "SELECT play_id, event_id, source, mood FROM mood_classified FORCE INDEX (play_id) WHERE play_id IN"
ANSWERS = (
    "SELECT event_id, play_id, listener, reacted_at, reaction FROM user_feedback FORCE INDEX (play_id)"
    " WHERE reaction IS NOT NULL AND play_id IN"
)
LOCKED = "LOCK IN SHARE MODE"

Verdicts = Mapping[bytes, Mapping[bytes, tuple[str, str]]]
"""What is said of each play: by the id of who says it, the source and the mood that it counts under."""


class Answer(NamedTuple):
    """What of a row of user_feedback counts, where it answers a play."""

    event_id: bytes
    play_id: bytes
    listener: str
    reacted_at: datetime
    reaction: str


_classified = itemgetter(*(CLASSIFICATIONS.columns.index(name) for name in Classified._fields))
_answer = itemgetter(*(FEEDBACK.columns.index(name) for name in Answer._fields))


def begin(cursor: Cursor) -> None:
    """Start a transaction that adds to the roll-ups; to be called before its first statement."""
    cursor.execute(ISOLATION)
    cursor.execute(ADDING)
    cursor.fetchall()


def count(cursor: Cursor, classifications: Sequence[Values], feedback: Sequence[Values]) -> None:
    """Add to the roll-ups what these rows count for, all of which this transaction has inserted."""
    plays = [Classified(*_classified(row)) for row in classifications]
    answers = [answer for row in feedback if (answer := Answer(*_answer(row))).play_id and answer.reaction]
    _add(cursor, PLAYS, (Counted(play.listener, play.played_at, play.verdict) for play in plays))
    _add(cursor, REACTIONS, _met(cursor, plays, answers))
    write(cursor, rollups.SONGS_PLAYED, rollups.songs_played(plays))


def _met(cursor: Cursor, plays: Sequence[Classified], answers: Sequence[Answer]) -> Iterator[Counted]:
    """Where new answers count, and from where to where older ones move, since their play is classified anew."""
    new = {answer.event_id for answer in answers}
    found = select(cursor, ANSWERS, sorted({play.play_id for play in plays}), LOCKED)
    older = [Answer(**row) for row in found if row["event_id"] not in new]
    verdicts = _verdicts(cursor, {answer.play_id for answer in (*answers, *older)})
    ours = {play.event_id for play in plays}
    for answer in answers:
        yield _counted(answer, verdicts, frozenset(), 1)
    for answer in older:
        yield _counted(answer, verdicts, ours, -1)
        yield _counted(answer, verdicts, frozenset(), 1)


def _verdicts(cursor: Cursor, plays: Iterable[bytes]) -> Verdicts:
    said: dict[bytes, dict[bytes, tuple[str, str]]] = {}
    for row in select(cursor, VERDICTS, sorted(plays), LOCKED):
        said.setdefault(row["play_id"], {})[row["event_id"]] = (row["source"], row["mood"] or UNCLASSIFIED)
    return said


def _counted(answer: Answer, verdicts: Verdicts, without: Iterable[bytes], times: int) -> Counted:
    """An answer under the newest verdict on its play, but for the verdicts of some ids."""
    said = verdicts.get(answer.play_id, {})
    newest = max(said.keys() - set(without), default=None)
    source, mood = said[newest] if newest is not None else ("", UNCLASSIFIED)
    return Counted(answer.listener, answer.reacted_at, (source, mood, answer.reaction), times)


def _add(cursor: Cursor, kind: Kind, counted: Iterable[Counted]) -> None:
    for rollup, sums in rollups.increments(kind, counted):
        for key, times in sums:
            if times < 0:
                _take(cursor, rollup, key, -times)
        write(cursor, rollup.sums, [(*key, times) for key, times in sums if times > 0])


def _take(cursor: Cursor, rollup: Rollup, key: rollups.Key, times: int) -> None:
    """Count less; never below 0, so that a count that is wrong already does not stop what is stored."""
    column = rollup.kind.name
    places = " AND ".join(f"{name} = %s" for name in rollup.keys)
    cursor.execute(
        f"UPDATE {rollup.table} SET {column} = {column} - LEAST({column}, %s) WHERE {places}",  # noqa: S608
        (times, *key),
    )
