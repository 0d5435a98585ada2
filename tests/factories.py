"""Songs, plays and records for tests: sensible defaults, and what matters to the test by name."""

from datetime import UTC, datetime
from typing import Any

from moodstream.messages import Classification, Features, Feedback, Message, Play, Song, derived_id, encode, play_id
from moodstream.moods import Mood
from moodstream.records import Received

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def make_features(**known: Any) -> Features:
    defaults = {"valence": 0.8, "energy": 0.7, "danceability": 0.7, "acousticness": 0.1, "tempo": 120.0}
    return Features(**{**defaults, **known})


def make_song(song_id: str = "song-1", *, title: str = "Title", artist: str = "Artist", **more: Any) -> Song:
    more.setdefault("features", make_features())
    if more["features"] is not None:
        more.setdefault("origin", "catalogue")
    return Song(song_id=song_id, title=title, artist=artist, **more)


def make_play(
    song: Song | None = None, *, listener: str = "anna", played_at: datetime = NOON, source: str = "simulate"
) -> Play:
    song = song or make_song()
    event_id = play_id(source, listener, song.song_id, played_at)
    return Play(event_id=event_id, listener=listener, played_at=played_at, source=source, song=song)


def make_classification(play: Play | None = None, *, mood: Mood | None = Mood.HAPPY, **more: Any) -> Classification:
    play = play or make_play()
    verdict = {"mood": mood, "confidence": 0.75} if mood else {"reason": "not known: tempo"}
    return Classification(
        event_id=derived_id(play.event_id, "mood"),
        play_id=play.event_id,
        listener=play.listener,
        played_at=play.played_at,
        source=play.source,
        song=play.song,
        **{"classified_at": play.played_at, "model": "rules-1", **verdict, **more},
    )


def make_feedback(
    *, listener: str = "anna", song_id: str = "song-1", reacted_at: datetime = NOON, **more: Any
) -> Feedback:
    more.setdefault("reaction", "like")
    event_id = play_id(f"feedback-{more}", listener, song_id, reacted_at)
    return Feedback(event_id=event_id, listener=listener, song_id=song_id, reacted_at=reacted_at, **more)


def make_record(message: Message | bytes | None, topic: str = "song_stream", offset: int = 0, **more: Any) -> Received:
    value = message if message is None or isinstance(message, bytes) else encode(message)
    defaults = {"partition": 0, "timestamp_ms": 1_795_000_000_000, "key": b"anna", "headers": []}
    return Received(topic=topic, offset=offset, value=value, **{**defaults, **more})
