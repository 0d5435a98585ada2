"""Where the newest plays lie between sad and glad, quiet and loud."""

from datetime import datetime
from typing import NamedTuple

from moodstream.store.mysql import Database
from moodstream.store.queries.newest import newest
from moodstream.store.queries.wanted import Wanted, aware

NEWEST = 100


class Point(NamedTuple):
    """A play and its place; `valence` and `arousal` in 0..1, the latter its energy where the audio was not `heard`."""

    title: str
    artist: str
    listener: str
    played_at: datetime
    mood: str | None
    valence: float
    arousal: float
    heard: bool


class Plane(NamedTuple):
    """The newest plays that have a place, newest first, and how many more of them have none."""

    points: tuple[Point, ...]
    unplaced: int


def plane(database: Database, now: datetime, wanted: Wanted) -> Plane:
    """The newest `NEWEST` plays that the classifier has heard of, on the plane of valence and arousal."""
    columns = "event_id, song_id, listener, played_at, mood"
    statement, parameters = newest(database, "mood_classified", columns, wanted, now, NEWEST)
    rows = database.query(
        f"""
        SELECT COALESCE(s.title, p.song_id) AS title, COALESCE(s.artist, '') AS artist, p.listener, p.played_at, p.mood,
               s.valence, COALESCE(s.arousal, s.energy) AS arousal, s.arousal IS NOT NULL AS heard
        FROM ({statement}) p
        LEFT JOIN songs s ON s.song_id = p.song_id
        ORDER BY p.played_at DESC, p.event_id DESC
        """,  # noqa: S608  the names are ours
        parameters,
    )
    placed = [row for row in rows if row["valence"] is not None and row["arousal"] is not None]
    points = tuple(Point(**row | {"played_at": aware(row["played_at"]), "heard": bool(row["heard"])}) for row in placed)
    return Plane(points, len(rows) - len(points))
