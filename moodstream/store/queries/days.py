"""How the songs that a listener plays sound, day by day."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from moodstream.store.mysql import Database
from moodstream.store.queries.wanted import aware, naive

SOUND = (
    *("valence", "energy", "danceability", "acousticness", "instrumentalness", "speechiness", "liveness"),
    *("tempo", "loudness"),
)
COUNTED_DAYS, COUNTED_PLAYS = 730, 30_000
"""So far back it is looked, and at no more than so many plays, of which the newest count."""

COLUMNS = ", ".join(f"COUNT(s.{name}) AS {name}_plays, AVG(s.{name}) AS {name}" for name in SOUND)
DAILY = f"""
SELECT DATE(p.played_at) AS day, COUNT(*) AS plays, {COLUMNS}
FROM (SELECT song_id, played_at FROM song_stream FORCE INDEX (listener_played_at)
      WHERE listener = %s AND played_at >= %s AND played_at < %s ORDER BY played_at DESC LIMIT {COUNTED_PLAYS}) p
LEFT JOIN songs s ON s.song_id = p.song_id
GROUP BY DATE(p.played_at) ORDER BY day
"""  # noqa: S608


class Mean(NamedTuple):
    """The mean of a feature over the plays of a day (UTC), and over how many of them: those where it is known."""

    day: date
    value: float
    plays: int


class Days(NamedTuple):
    """The means of each of `SOUND`, oldest first, of `plays` plays up to the end of the day before `today`."""

    means: dict[str, list[Mean]]
    plays: int
    today: date


def days(database: Database, listener: str, now: datetime) -> Days:
    """The days of a listener that have ended. A day counts from its first play that is looked at, so the first of a
    long history may be a part of one."""
    today = naive(now).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = database.query(DAILY, (listener, today - timedelta(days=COUNTED_DAYS), today))
    means = {
        name: [
            Mean(aware(row["day"]).date(), float(row[name]), int(row[f"{name}_plays"]))
            for row in rows
            if row[f"{name}_plays"]
        ]
        for name in SOUND
    }
    return Days(means, sum(int(row["plays"]) for row in rows), today.date())
