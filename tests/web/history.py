"""Putting messages and batch results into a database, as the connector and the batch processor would."""

from typing import Any
from uuid import UUID

from moodstream.messages import TOPIC_OF, Message, Playlist, Track, derived_id
from moodstream.moods import Mood
from moodstream.settings import Settings
from moodstream.store.mysql import Database
from moodstream.store.sink import Sink
from tests.factories import NOON, make_play, make_record


def store(settings: Settings, *messages: Message) -> None:
    """Store messages."""
    database = Database(settings, "connector")
    assert Sink(database).write([make_record(message, TOPIC_OF[type(message)]) for message in messages]) == []
    database.close()


def store_batch(settings: Settings, moods: dict[str, Mood | None], model: str = "rules-1", run: int = 1) -> None:
    """Store what a run of the batch processor calls each song; later runs have higher numbers."""
    database = Database(settings, "batch")
    with database.transaction() as cursor:
        for song_id, mood in moods.items():
            cursor.execute(
                "INSERT INTO batch_classified (song_id, model, run_id, mood) VALUES (%s, %s, %s, %s)",
                (song_id, model, UUID(int=run).bytes, mood),
            )
    database.close()


def make_playlist(*tracks: Track, listener: str = "anna", **more: Any) -> Playlist:
    tracks = tracks or (Track(song_id="song-1", title="Title", artist="Artist", score=1.0, reason="You liked it"),)
    play = make_play(listener=listener, played_at=more.setdefault("made_at", NOON))
    return Playlist(event_id=derived_id(play.event_id, "playlist"), listener=listener, tracks=tracks, **more)
