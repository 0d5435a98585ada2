"""What is played: by as many listeners, and as many songs, as make every service work."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

from moodstream.messages import Play, Song
from tests.factories import make_features, make_play, make_song

LISTENERS, SONGS = 40, 300


def plays(seed: int, listeners: int = LISTENERS) -> Iterator[Play]:
    """Plays of now, by simulated listeners, without end. One song in ten lacks a feature, and so has no mood.

    The songs of another seed are other songs, so that the history tells of each play what was heard.
    """
    random = Random(seed)
    songs = [_song(random, seed, number) for number in range(SONGS)]
    last = datetime.now(UTC)
    while True:
        last = max(datetime.now(UTC), last + datetime.resolution)  # no two at once, so no two of one id
        yield make_play(random.choice(songs), listener=f"listener-{random.randrange(listeners)}", played_at=last)


def _song(random: Random, seed: int, number: int) -> Song:
    told = {name: round(random.random(), 3) for name in ("valence", "energy", "danceability", "acousticness")}
    features = make_features(**told, tempo=None if number % 10 == 0 else round(random.uniform(60, 180), 1))
    return make_song(
        f"song-{number}-{seed}", title=f"Song {number} ♪", artist=f"Artist {number % 50}", features=features
    )
