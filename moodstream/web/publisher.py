"""What a reader of the page thinks of a song, and what programs say was played, on its way to Kafka."""

import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Any, get_args

import msgspec

from moodstream.bus import Producer
from moodstream.errors import DataError, TransientError
from moodstream.messages import Feedback, Play, Reaction, Song, decode, derived_id, encode, play_id
from moodstream.moods import Mood
from moodstream.settings import Settings

PATIENCE_SECONDS = 2.0
"""How long each step to Kafka may take: somebody waits, who can try again."""
WAITING = 16
"""So many may wait for it at once, each in a thread that other requests need too."""


class Publisher:
    """Publishes to `user_feedback` and `song_stream`, from any thread. It connects when first needed, and anew after a
    failure."""

    def __init__(self, settings: Settings) -> None:
        self._place = settings.kafka_bootstrap_servers
        self._producer = Producer(settings, PATIENCE_SECONDS)
        self._lock, self._room = threading.Lock(), threading.BoundedSemaphore(WAITING)

    def publish(self, *said: Feedback | Play) -> None:
        """Publish, and wait until Kafka has it. Publishing the same again makes no second row.

        Raises:
            TransientError: it may not have arrived; known within about 5 s.
            ConfigurationError: Kafka refuses us.
        """
        slow = TransientError(f"Kafka at {self._place} is slow to answer: try again.")
        if not self._room.acquire(blocking=False):
            raise slow
        try:
            if not self._lock.acquire(timeout=1.5 * PATIENCE_SECONDS):
                raise slow
            try:
                self._send(said)
            finally:
                self._lock.release()
        finally:
            self._room.release()

    def _send(self, said: Sequence[Feedback | Play]) -> None:
        try:
            self._producer.publish(said)
        except TransientError as error:
            raise TransientError(f"Kafka did not take it ({error}): try again once it is there.") from error

    def close(self) -> None:
        """Let go of the broker."""
        self._producer.close()


def play(source: str, listener: str, identity: str, song: Song, played_at: datetime) -> Play:
    """A play with the id that follows from who played what and when, whatever else is known of the song by then.

    Args:
        identity: the song's id, or the one that follows from its name, as whoever sends the play knows it.

    Raises:
        DataError: this is nothing that can be published.
    """
    try:
        event_id = play_id(source, listener, identity, played_at)
        made = Play(event_id=event_id, listener=listener, played_at=played_at, source=source, song=song)
        decode("song_stream", encode(made))
    except ValueError as error:  # a time that cannot be, text that is no Unicode
        raise DataError(f"This cannot have been played: {error}.") from error
    return made


def feedback(play_id: Any, listener: str, song_id: str, said: str, now: datetime) -> Feedback:
    """What a listener says of a play: a reaction, or the name of the mood that it really has.

    Its id follows from the play and from what is said, so that a double click is one row.

    Raises:
        DataError: this cannot be said, or not of such a play.
    """
    meant = "reaction" if said in get_args(Reaction) else "mood"
    try:
        told = msgspec.convert(
            {"event_id": play_id, "play_id": play_id, "listener": listener, "song_id": song_id, meant: said}
            | {"reacted_at": now},
            Feedback,
        )
        msgspec.json.encode(told)  # text that is no Unicode passes everything but this
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        moods = ", ".join(Mood)
        raise DataError(
            f"{said!r} cannot be said of the play {play_id!r} ({error}): "
            f"it takes the id of a play, and one of {', '.join(get_args(Reaction))}, {moods}."
        ) from error
    assert told.play_id is not None  # noqa: S101
    return msgspec.structs.replace(told, event_id=derived_id(told.play_id, f"page {said}"))
