"""How many plays come in."""

from datetime import datetime
from typing import NamedTuple

from moodstream.store.mysql import Database
from moodstream.store.queries.rollups import MINUTE, add_up, cuts
from moodstream.store.queries.wanted import Wanted, aware, floor

MINUTES = 60


class Throughput(NamedTuple):
    """Classified plays of everybody in each whole minute from `since` on; the last minute is still going on."""

    since: datetime
    plays: tuple[int, ...]


def throughput(database: Database, now: datetime, _: Wanted) -> Throughput:
    """The plays of the last hour, minute by minute, and those of the minute that has begun."""
    until = floor(now, MINUTE) + MINUTE
    since = until - (MINUTES + 1) * MINUTE
    rows = add_up(database, "plays", Wanted(), cuts(since, until, MINUTE), by=("starts_at",))
    plays = [0] * (MINUTES + 1)
    for row in rows:
        plays[(aware(row["k0"]) - since) // MINUTE] = int(row["counted"])
    return Throughput(since, tuple(plays))
