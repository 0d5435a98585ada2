"""How many plays a second the classifier deals with, beside a loop that only decodes and encodes."""

from datetime import UTC, datetime, timedelta

import numpy as np

from benchmarks.figures import Figure, rate
from mood_classifier import classify
from moodstream import rules
from moodstream.classifiers import KINDS, Current, Kind
from moodstream.messages import Features, Play, Song, decode, encode, play_id
from moodstream.model import SHIPPED
from moodstream.records import Received

BATCH = 500
SONGS, PLAYS = 100_000, 20_000


def plays(number: int) -> list[Play]:
    """Made-up plays of made-up songs, the same at every call."""
    random = np.random.default_rng(1)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return [_play(place, start + timedelta(seconds=place), random.random(5)) for place in range(number)]


def _play(place: int, at: datetime, shares: np.ndarray) -> Play:
    valence, energy, danceability, acousticness, speed = map(float, shares)
    features = Features(
        valence=valence, energy=energy, danceability=danceability, acousticness=acousticness, tempo=60 + 120 * speed
    )
    song = Song(
        song_id=f"song-{place % 5000}", title="A title", artist="An artist", features=features, origin="catalogue"
    )
    listener = f"listener-{place % 100}"
    event_id = play_id("bench", listener, song.song_id, at)
    return Play(event_id=event_id, listener=listener, played_at=at, source="bench", song=song)


def batches(number: int) -> list[list[Received]]:
    """Plays as the broker gives them, not decoded yet."""
    values = [encode(play) for play in plays(number)]
    records = [Received("song_stream", 0, offset, 0, b"", value, []) for offset, value in enumerate(values)]
    return [records[start : start + BATCH] for start in range(0, number, BATCH)]


def figures() -> list[Figure]:
    columns = {name: np.random.default_rng(2).random(SONGS) for name in rules.NEEDED}
    songs = list(zip(*(column.tolist() for column in columns.values()), strict=True))
    looped = rate(lambda: [_plainly(*song) for song in songs], SONGS)
    vectorised = rate(lambda: rules.classify(columns), SONGS)
    return [
        *map(_bytes_to_bytes, KINDS),
        Figure(f"rules over {SONGS:,} songs", vectorised, "songs/s", looped, "a plain loop, without confidence"),
    ]


def _bytes_to_bytes(kind: Kind) -> Figure:
    current = Current(kind, SHIPPED.parent)
    values = [record.value for batch in batches(PLAYS) for record in batch]
    bare = rate(lambda: [encode(decode("song_stream", value)) for value in values], PLAYS)
    # New records at each go, since a record decodes only once.
    ours = rate(lambda: [encode(said) for batch in batches(PLAYS) for said in classify(current, batch).publish], PLAYS)
    making = rate(lambda: batches(PLAYS), PLAYS)
    alone = 1 / (1 / ours - 1 / making)
    return Figure(
        f"mood_classifier, {current.classifier.name}, bytes to bytes", alone, "plays/s", bare, "decode and encode alone"
    )


def _plainly(valence: float, energy: float, tempo: float, acousticness: float, danceability: float) -> str:
    """The same rules, a song at a time."""
    if valence < 0.35 and energy < 0.5 and tempo < 100:
        return "Sad"
    if acousticness > 0.5 and energy < 0.6 and tempo < 110:
        return "Calm"
    if valence >= 0.5 and danceability > 0.5:
        return "Happy"
    if energy > 0.6 and tempo > 115 and danceability > 0.5:
        return "Energetic"
    return "Dark" if valence < 0.4 and energy > 0.6 else "Neutral"
