"""What a reader of the page thinks of a song, on its way to Kafka."""

import threading
from datetime import datetime
from typing import Any, get_args

import msgspec

from moodstream.bus import Producer, ensure_topics
from moodstream.errors import DataError, TransientError
from moodstream.messages import Feedback, Reaction, derived_id
from moodstream.moods import Mood
from moodstream.settings import Settings

PATIENCE_SECONDS = 2.0
"""How long each step to Kafka may take: somebody waits, who can try again."""


class Publisher:
    """Publishes to `user_feedback`, from any thread. It connects when first needed, and anew after a failure."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._place = settings, settings.kafka_bootstrap_servers
        self._topics_known = False
        self._producer = Producer(settings, PATIENCE_SECONDS)
        self._lock = threading.Lock()

    def publish(self, *said: Feedback) -> None:
        """Publish, and wait until Kafka has it. Publishing the same again makes no second row.

        Raises:
            TransientError: it may not have arrived; known within about 5 s.
            ConfigurationError: Kafka refuses us.
        """
        if not self._lock.acquire(timeout=2 * PATIENCE_SECONDS):
            raise TransientError(f"Kafka at {self._place} is slow to answer: try again.")
        try:
            if not self._topics_known:
                ensure_topics(self._settings)
                self._topics_known = True
            self._producer.publish(said)
        except TransientError as error:
            raise TransientError(f"Kafka did not take it ({error}): try again once it is there.") from error
        finally:
            self._lock.release()

    def close(self) -> None:
        """Let go of the broker."""
        self._producer.close()


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
