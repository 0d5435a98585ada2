"""How the plays of each mood went over time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from moodstream.store.mysql import Database
from moodstream.store.queries.rollups import add_up, cuts, played_minutes
from moodstream.store.queries.wanted import Wanted, Window, naive, window


class Movement(NamedTuple):
    """How many plays each mood has in each step of a window, and whether the last step is still growing."""

    window: Window
    plays: Mapping[str, list[int]]
    growing: bool


def movement(database: Database, now: datetime, wanted: Wanted) -> Movement:
    """Plays over time by mood; what has no mood counts as unclassified.

    Plays of the first step that lie before the range do not count, as those of the last one that lie behind it.
    """
    since, until = played_minutes(database, now, wanted)
    start, step, buckets = found = window(since, until - timedelta.resolution)
    width = int(step.total_seconds())
    rows = add_up(
        *(database, "plays", wanted, cuts(since, until, step)),
        by=("mood", "TIMESTAMPDIFF(SECOND, %s, starts_at) DIV %s"),
        given=lambda _: (naive(start), width),
    )
    plays: dict[str, list[int]] = {}
    for row in rows:
        plays.setdefault(row["k0"], [0] * buckets)[row["k1"]] += int(row["counted"])
    return Movement(found, plays, start + step * buckets > now)
