"""What is in the songs of each mood."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from moodstream.store.mysql import Database
from moodstream.store.queries.newest import newest
from moodstream.store.queries.wanted import Wanted

# Enough that a mean is known to two hundredths of the scale, and quick however long the history.
NEWEST = 2_000
SOUND = ("valence", "energy", "danceability", "acousticness", "instrumentalness")


class Means(NamedTuple):
    """Of how many plays a mood's features are known, and the mean of each; None where a feature never is."""

    plays: int
    means: Mapping[str, float | None]


class Sound(NamedTuple):
    """The means of each mood, and whether the range has more plays than were looked at."""

    moods: Mapping[str, Means]
    more: bool


def sound(database: Database, now: datetime, wanted: Wanted) -> Sound:
    """The mean features of each mood, over the newest `NEWEST` plays of the range."""
    since, until = wanted.between(now)
    statement, parameters = newest(database, "mood_classified", "song_id, mood", wanted, until, NEWEST, since)
    means = ", ".join(f"AVG(s.{name}) AS {name}" for name in SOUND)
    rows = database.query(
        f"""
        SELECT p.mood, COUNT(s.song_id) AS known, COUNT(*) AS plays, {means}
        FROM ({statement}) p
        LEFT JOIN songs s ON s.song_id = p.song_id
        GROUP BY p.mood
        """,  # noqa: S608  the names are ours
        parameters,
    )
    more = sum(row.pop("plays") for row in rows) >= NEWEST
    moods = {row.pop("mood"): Means(row.pop("known"), row) for row in rows if row["mood"] is not None}
    return Sound({mood: found for mood, found in moods.items() if found.plays}, more)
