"""How many plays come in."""

from datetime import datetime, timedelta
from typing import NamedTuple

from moodstream.store.mysql import Database
from moodstream.store.queries.wanted import Wanted, aware, naive

MINUTES = 60
MINUTE = timedelta(minutes=1)


class Throughput(NamedTuple):
    """Classified plays of everybody in each whole minute from `since` on; the last minute is still going on."""

    since: datetime
    plays: tuple[int, ...]


def throughput(database: Database, now: datetime, _: Wanted) -> Throughput:
    """The plays of the last hour, minute by minute, and those of the minute that has begun."""
    since = now.replace(second=0, microsecond=0) - MINUTES * MINUTE
    rows = database.query(
        """
        SELECT starts_at, SUM(plays) AS plays FROM plays_by_minute
        WHERE listener = '' AND starts_at >= %s AND starts_at <= %s GROUP BY starts_at
        """,
        (naive(since), naive(now)),
    )
    plays = [0] * (MINUTES + 1)
    for row in rows:
        plays[(aware(row["starts_at"]) - since) // MINUTE] = int(row["plays"])
    return Throughput(since, tuple(plays))
