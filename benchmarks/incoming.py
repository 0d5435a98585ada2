"""So many plays and their moods a second, through the sink, until it is ended: `python -m benchmarks.incoming 500`."""

import moodstream  # noqa: F401, I001  before all else, so that the database driver's C extension can be loaded

import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from moodstream.messages import Classification, Message, Play, Song, TOPIC_OF, derived_id, encode, play_id
from moodstream.moods import Mood
from moodstream.records import Received
from moodstream.settings import load
from moodstream.store.mysql import Database
from moodstream.store.sink import Sink

BATCHES_A_SECOND = 5
SONGS = "SELECT song_id, title, artist FROM songs LIMIT 5000"
LISTENERS = "SELECT listener FROM plays_by_day WHERE listener > '' GROUP BY listener LIMIT 1000"


def main(a_second: int) -> None:
    """Write what is played, by listeners and of songs that are known, as it would be played now."""
    database = Database(load(), "connector")
    songs = [Song(**row) for row in database.query(SONGS)]
    listeners = [row["listener"] for row in database.query(LISTENERS)]
    sink = Sink(database)
    due = time.monotonic()
    while True:
        sink.write([_received(message) for message in _played(a_second // BATCHES_A_SECOND, songs, listeners)])
        due += 1 / BATCHES_A_SECOND
        time.sleep(max(0.0, due - time.monotonic()))


def _played(number: int, songs: list[Song], listeners: list[str]) -> Iterator[Message]:
    for _ in range(number):
        now, song, listener = datetime.now(UTC), random.choice(songs), random.choice(listeners)
        event = play_id("simulate", listener, song.song_id, now)
        common = {"listener": listener, "played_at": now, "source": "simulate", "song": song}
        yield Play(event_id=event, **common)
        said = {"classified_at": now, "mood": random.choice(tuple(Mood)), "confidence": 0.5, "model": "rules-1"}
        yield Classification(event_id=derived_id(event, "mood"), play_id=event, **common, **said)


def _received(message: Message) -> Received:
    return Received(TOPIC_OF[type(message)], 0, 0, 0, b"", encode(message), [])


if __name__ == "__main__":
    main(int(sys.argv[1]))
