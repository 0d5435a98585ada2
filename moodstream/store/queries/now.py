"""What plays, and what was played just before."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from moodstream.errors import DataError
from moodstream.store.mysql import Database
from moodstream.store.queries.newest import newest
from moodstream.store.queries.wanted import Wanted, aware

RECENT_PLAYS = 7
MOST_SAID = 50
PLAYED = "event_id, listener, song_id, played_at"
STILL_PLAYING = timedelta(minutes=10)


class Played(NamedTuple):
    """A play. Without `heard` the classifier has not spoken yet; with it, there is a mood or a reason for none.

    `confidence` and `probabilities` (by mood) are in 0..1; only a trained model gives the latter.
    """

    play_id: str
    song_id: str
    title: str
    artist: str
    listener: str
    played_at: datetime
    heard: bool
    mood: str | None
    confidence: float | None
    probabilities: Mapping[str, float]
    reason: str | None


class Now(NamedTuple):
    """The newest plays, newest first, whether the first may still be sounding, and what its listener said of it.

    `said` has reactions, and moods where the listener corrected, in the order of time.
    """

    plays: tuple[Played, ...]
    playing: bool
    said: tuple[str, ...]


def now_playing(database: Database, now: datetime, wanted: Wanted) -> Now:
    """The newest plays.

    Raises:
        DataError: probabilities are not what the classifier writes.
    """
    statement, parameters = newest(database, "song_stream", PLAYED, wanted, now, RECENT_PLAYS)
    rows = database.query(
        f"""
        SELECT p.event_id AS play_id, p.song_id, COALESCE(s.title, p.song_id) AS title,
               COALESCE(s.artist, '') AS artist, p.listener, p.played_at, m.event_id IS NOT NULL AS heard,
               m.mood, m.confidence, m.probabilities, m.reason, s.duration_ms
        FROM ({statement}) p
        LEFT JOIN songs s ON s.song_id = p.song_id
        LEFT JOIN mood_classified m ON m.play_id = p.event_id
        ORDER BY p.played_at DESC, p.event_id DESC
        """,  # noqa: S608  the names are ours
        parameters,
    )
    if not rows:
        return Now((), False, ())
    lasts = [row.pop("duration_ms") for row in rows]
    plays = tuple(map(_played, rows))
    length = timedelta(milliseconds=lasts[0]) if lasts[0] else STILL_PLAYING
    return Now(plays, now - plays[0].played_at <= length, _said(database, plays[0]))


def _played(row: dict[str, Any]) -> Played:
    try:
        probabilities = msgspec.json.decode(row["probabilities"] or "{}", type=dict[str, float])
    except msgspec.DecodeError as error:
        raise DataError(f"The mood of the newest play of {row['title']} cannot be read: {error}") from error
    told = {"play_id": str(UUID(bytes=bytes(row["play_id"]))), "played_at": aware(row["played_at"])}
    return Played(**row | told | {"heard": bool(row["heard"]), "probabilities": probabilities})


def _said(database: Database, play: Played) -> tuple[str, ...]:
    rows = database.query(
        """
        SELECT reaction, mood FROM user_feedback
        WHERE play_id = %s AND listener = %s ORDER BY reacted_at, event_id LIMIT %s
        """,
        (UUID(play.play_id).bytes, play.listener, MOST_SAID),
    )
    words = (word for row in rows for word in (row["reaction"], row["mood"]) if word)
    return tuple(dict.fromkeys(words))
