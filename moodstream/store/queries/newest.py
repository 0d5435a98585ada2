"""The newest plays that pass the filters, by an index whose end is read."""

from datetime import datetime
from typing import Any, Literal

from moodstream.store.queries.wanted import EPOCH, Wanted, naive


def newest(
    table: Literal["song_stream", "mood_classified"],
    columns: str,
    wanted: Wanted,
    until: datetime,
    most: int,
    since: datetime = EPOCH,
) -> tuple[str, list[Any]]:
    """A statement with its parameters: so many rows at most, newest first. Ordered by more, no index would serve."""
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
