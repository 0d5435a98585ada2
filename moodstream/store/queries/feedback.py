"""What listeners think of the plays of each mood."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from moodstream.moods import UNCLASSIFIED
from moodstream.store.mysql import Database
from moodstream.store.queries.rollups import add_up, cuts, whole_minutes
from moodstream.store.queries.wanted import Wanted, naive

NEWEST = 1_000


class Feedback(NamedTuple):
    """How often each reaction met each mood; where `more`, not all were counted of those that name no play."""

    reactions: Mapping[str, Mapping[str, int]]
    more: bool


def feedback(database: Database, now: datetime, wanted: Wanted) -> Feedback:
    """The reactions of a range, by the mood of the play that they answer.

    Those that name no play count for the mood that their song has now, the newest `NEWEST` of them. They are of no
    source, so where one is chosen they are left out.
    """
    since, until = whole_minutes(now, wanted)
    rows = add_up(database, "reactions", wanted, cuts(since, until), by=("mood", "reaction"))
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        found[row["k0"]][row["k1"]] += int(row["counted"])
    at_large = [] if wanted.source else _at_large(database, since, until, wanted)
    for row in at_large:
        found[row["mood"] or UNCLASSIFIED][row["reaction"]] += 1
    return Feedback({mood: dict(counts) for mood, counts in found.items()}, len(at_large) == NEWEST)


def _at_large(database: Database, since: datetime, until: datetime, wanted: Wanted) -> list[dict[str, Any]]:
    """The newest reactions that name no play."""
    whose, who = (" AND listener = %s", [wanted.listener]) if wanted.listener else ("", [])
    return database.query(
        f"""
        SELECT f.reaction, p.mood
        FROM (SELECT song_id, reaction FROM user_feedback
              WHERE play_id IS NULL AND reacted_at >= %s AND reacted_at < %s{whose} AND reaction IS NOT NULL
              ORDER BY reacted_at DESC LIMIT %s) f
        LEFT JOIN songs_played p ON p.song_id = f.song_id
        """,  # noqa: S608  the names are ours
        (naive(since), naive(until), *who, NEWEST),
    )
