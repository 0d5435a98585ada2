"""Answers of the database for the cards to draw: sensible defaults, and what matters to the test by name."""

from datetime import UTC, datetime, timedelta
from typing import Any

from moodstream.messages import Track
from moodstream.store.queries.feedback import Feedback
from moodstream.store.queries.hours import CELLS, Week
from moodstream.store.queries.movement import Movement
from moodstream.store.queries.now import Now, Played
from moodstream.store.queries.plane import Plane, Point
from moodstream.store.queries.playlist import Suggested
from moodstream.store.queries.sound import Means, Sound
from moodstream.store.queries.wanted import Wanted, Window
from moodstream.web.charts.card import Look
from moodstream.web.theme import LIGHT
from tests.factories import NOON

LOOKED_AT = Look(Wanted(range="24h"), LIGHT, UTC)
PROBABILITIES = {"Happy": 0.62, "Energetic": 0.2, "Calm": 0.1, "Sad": 0.05, "Dark": 0.03}


def looked_at(**wanted: Any) -> Look:
    return LOOKED_AT._replace(wanted=LOOKED_AT.wanted._replace(**wanted))


def make_played(**known: Any) -> Played:
    defaults: dict[str, Any] = {
        "play_id": "0193a4c0-0000-7000-8000-000000000001",
        "song_id": "song-1",
        "title": "Title",
        "artist": "Artist",
        "listener": "anna",
        "played_at": NOON,
        "heard": True,
        "mood": "Happy",
        "confidence": 0.62,
        "probabilities": {},
        "reason": None,
    }
    return Played(**defaults | known)


def make_now(*plays: Played, playing: bool = True, said: tuple[str, ...] = ()) -> Now:
    return Now(plays or (make_played(),), playing, said)


def make_movement(
    since: datetime = NOON, step: timedelta = timedelta(minutes=30), *, growing: bool = False, **plays: list[int]
) -> Movement:
    plays = plays or {"Happy": [1, 0, 2], "Calm": [0, 0, 5]}
    return Movement(Window(since, step, len(next(iter(plays.values())))), plays, growing)


def make_point(**known: Any) -> Point:
    defaults: dict[str, Any] = {
        "title": "Title",
        "artist": "Artist",
        "listener": "anna",
        "played_at": NOON,
        "mood": "Happy",
        "valence": 0.8,
        "arousal": 0.6,
        "heard": True,
    }
    return Point(**defaults | known)


def make_plane(*points: Point, unplaced: int = 0) -> Plane:
    return Plane(points or (make_point(), make_point(mood="Calm", arousal=0.2)), unplaced)


def make_week(minute: int = 0, *, more: bool = False, **plays: dict[int, int]) -> Week:
    """`plays` by mood, and by the hour of the week, 0..167 from Monday."""
    plays = plays or {"Happy": {0: 1, 30: 4}, "Calm": {30: 5}}
    return Week({mood: [hours.get(n, 0) for n in range(CELLS)] for mood, hours in plays.items()}, minute, more)


def make_means(plays: int = 10, **means: float | None) -> Means:
    defaults = {"valence": 0.8, "danceability": 0.7, "energy": 0.6, "instrumentalness": 0.1, "acousticness": 0.2}
    return Means(plays, defaults | means)


def make_sound(*, more: bool = False, **moods: Means) -> Sound:
    return Sound(moods or {"Happy": make_means(), "Calm": make_means()}, more)


def make_feedback_found(*, more: bool = False, **reactions: dict[str, int]) -> Feedback:
    return Feedback(reactions or {"Happy": {"like": 3, "skip": 1}, "Unclassified": {"dislike": 1}}, more)


def make_suggested(*tracks: Track, listener: str = "anna") -> Suggested:
    first = Track(song_id="song-1", title="Title", artist="Artist", score=1.0, reason="You liked it", mood="Calm")
    return Suggested(listener, NOON, "Calm", tracks or (first,))
