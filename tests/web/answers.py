"""Answers of the database for the cards to draw: sensible defaults, and what matters to the test by name."""

from datetime import UTC, datetime, timedelta
from typing import Any

from moodstream.messages import Track
from moodstream.store.queries import Movement, Now, Played, Sound, Suggested, Window
from moodstream.web.charts.card import View
from moodstream.web.theme import LIGHT
from tests.factories import NOON

LOOKED_AT = View("24h", LIGHT, UTC)


def make_played(**known: Any) -> Played:
    defaults: dict[str, Any] = {
        "title": "Title",
        "artist": "Artist",
        "listener": "anna",
        "played_at": NOON,
        "heard": True,
        "mood": "Happy",
        "confidence": 0.62,
        "reason": None,
    }
    return Played(**defaults | known)


def make_now(*plays: Played, playing: bool = True) -> Now:
    return Now(plays or (make_played(),), playing)


def make_movement(since: datetime = NOON, step: timedelta = timedelta(minutes=30), **plays: list[int]) -> Movement:
    plays = plays or {"Happy": [1, 0, 2], "Calm": [0, 0, 5]}
    return Movement(Window(since, step, len(next(iter(plays.values())))), plays)


def make_sound(plays: int = 10, **means: float | None) -> Sound:
    defaults = {"valence": 0.8, "danceability": 0.7, "energy": 0.6, "instrumentalness": 0.1, "acousticness": 0.2}
    return Sound(plays, defaults | means)


def make_suggested(*tracks: Track, listener: str = "anna") -> Suggested:
    first = Track(song_id="song-1", title="Title", artist="Artist", score=1.0, reason="You liked it", mood="Calm")
    return Suggested(("anna", "ben"), listener, NOON, "Calm", tracks or (first,))
