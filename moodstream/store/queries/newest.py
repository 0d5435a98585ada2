"""The newest plays that pass the filters, by an index whose end is read."""

from datetime import datetime, timedelta
from typing import Any, Literal

from moodstream.store.mysql import Database
from moodstream.store.queries.wanted import EPOCH, Wanted, aware, naive

# What was not classified yet is in no roll-up; it is looked for on the last day.
UNCOUNTED = timedelta(days=1)
DAYS = """
SELECT starts_at, SUM(plays) AS plays FROM plays_by_day
 WHERE listener = %s AND source = %s AND starts_at >= %s AND starts_at <= %s AND plays > 0
 GROUP BY starts_at ORDER BY starts_at DESC
"""


def newest(
    database: Database,
    table: Literal["song_stream", "mood_classified"],
    columns: str,
    wanted: Wanted,
    until: datetime,
    most: int,
    since: datetime = EPOCH,
) -> tuple[str, list[Any]]:
    """A statement with its parameters: so many rows at most, newest first. Ordered by more, no index would serve."""
    if wanted.listener and wanted.source:
        since = max(since, _enough(database, wanted, until, most, since))
    conditions, parameters = ["played_at >= %s", "played_at <= %s"], [naive(max(since, EPOCH)), naive(until)]
    for name in ("listener", "source"):
        if value := getattr(wanted, name):
            conditions.append(f"{name} = %s")
            parameters.append(value)
    statement = (
        f"SELECT {columns} FROM {table} WHERE {' AND '.join(conditions)} "  # noqa: S608  the names are ours
        "ORDER BY played_at DESC LIMIT %s"
    )
    return statement, [*parameters, most]


def _enough(database: Database, wanted: Wanted, until: datetime, most: int, since: datetime) -> datetime:
    """From when on there are so many plays of a listener from a source: no index has both, and neither ends soon where
    they seldom meet."""
    # Days that have ended by then, so that all of their plays count.
    given = (wanted.listener, wanted.source, naive(max(since, EPOCH) - UNCOUNTED), naive(until - UNCOUNTED))
    found, first = 0, until - UNCOUNTED
    for row in database.query(DAYS, given):
        found, first = found + int(row["plays"]), min(first, aware(row["starts_at"]))
        if found >= most:
            break
    return first
