"""A million songs in memory: what they take, their nearest neighbours exactly and by the index, and recommending."""

import os
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks.figures import Figure
from benchmarks.world import MOODS, World
from moodstream.messages import Features, Song
from moodstream.recommend.library import Library
from moodstream.recommend.listener import Event, Listener
from moodstream.recommend.similar import Index, nearest
from moodstream.recommend.suggest import suggest

SONGS, LISTENERS = 1_000_000, 100_000
BYTES_A_SONG, BYTES_A_LISTENER = 500, 20_000
COUNT, RECALL = 10, 0.99
EXACT_SECONDS, INDEX_SECONDS, BUILD_SECONDS, RECOMMEND_SECONDS = 0.1, 0.005, 30.0, 0.05
QUERIES, RECOMMENDATIONS = 300, 100
PLAYS, REACTIONS = 200, 40
Given, Found = TypeVar("Given"), TypeVar("Found")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def figures() -> list[Figure]:
    listeners = _listeners()
    world = World(0, SONGS, 1, 1, NOW)
    names, features = world.names(), {name: column.tolist() for name, column in world.features.items()}
    before, library = _memory(), Library(SONGS)
    for place, (name, *values) in enumerate(zip(names, *features.values(), strict=True)):
        song = _song(place, name, dict(zip(features, values, strict=True)))
        library.hear(song, MOODS[place % len(MOODS)], NOW, SONGS // (place + 1))
    a_song = (_memory() - before) / SONGS
    return [
        Figure(f"memory of {SONGS:,} songs", a_song, "bytes/song", BYTES_A_SONG, "what is stated, and some room"),
        listeners,
        *_neighbours(library),
        *_recommending(library),
    ]


def _song(number: int, names: tuple[str, str], features: dict[str, float]) -> Song:
    known = {name: value for name, value in features.items() if name not in ("key", "mode", "time_signature")}
    heard = Features(**known) if known["valence"] == known["valence"] else None  # NaN
    return Song(
        song_id=f"{number:022}",
        title=names[0],
        artist=f"{names[1]} {number // 12}",
        genre=f"genre {number % 40}",
        duration_ms=120_000 + number * 7919 % 180_000,
        features=heard,
        origin="catalogue" if heard else None,
    )


def _neighbours(library: Library) -> list[Figure]:
    started = time.perf_counter()
    index = Index(library.sounds, library.revision)
    built = time.perf_counter() - started
    asked = np.random.default_rng(1).choice(np.flatnonzero(~np.isnan(library.sounds[:, 0])), QUERIES, replace=False)
    queries = [(library.sounds[slot : slot + 1], [int(slot)]) for slot in asked]
    exact, exactly = _timed(lambda query: nearest(library.sounds, query[0], COUNT, query[1]), queries)
    quick, nearly = _timed(lambda query: index.nearest(library, query[0], COUNT, query[1]), queries)
    pairs = zip(exactly, nearly, strict=True)
    found = np.mean([len({*a.places.tolist()} & {*b.places.tolist()}) / COUNT for a, b in pairs])
    return [
        *_median_and_p99(f"the {COUNT} nearest of {SONGS:,}, exactly", exact, EXACT_SECONDS),
        *_median_and_p99(f"the {COUNT} nearest of {SONGS:,}, by index", quick, INDEX_SECONDS),
        Figure(f"recall@{COUNT} of the index", float(found), "of 1", RECALL, "at least"),
        Figure("building the index", built, "s", BUILD_SECONDS, "aside, on one core"),
    ]


def _recommending(library: Library) -> list[Figure]:
    listeners = [_listener(number, PLAYS, REACTIONS) for number in range(RECOMMENDATIONS)]
    seconds, _ = _timed(lambda listener: suggest(listener, library), listeners)
    return _median_and_p99(f"a playlist out of {SONGS:,} songs", seconds, RECOMMEND_SECONDS)


def _listeners() -> Figure:
    """What is remembered of many listeners who have played and said something, as the playlist manager holds it."""
    before = _memory()
    held = [_listener(number, 40, 10) for number in range(LISTENERS)]
    taken = (_memory() - before) / len(held)
    return Figure(f"memory of {LISTENERS:,} listeners", taken, "bytes/listener", BYTES_A_LISTENER, "what is stated")


def _listener(number: int, plays: int, reactions: int) -> Listener:
    random, listener = np.random.default_rng(number), Listener()
    songs = (random.integers(0, 1000, plays + reactions) ** 2).tolist()  # what is popular is played more
    kinds = ["play"] * plays + random.choice(["like", "dislike", "skip", "replay"], reactions).tolist()
    listener.fold(
        Event(random.bytes(16), NOW.replace(tzinfo=None) + timedelta(minutes=minute), f"{song:022}", kind, None)
        for minute, (song, kind) in enumerate(zip(songs, kinds, strict=True))
    )
    return listener


def _timed(work: Callable[[Given], Found], given: Iterable[Given]) -> tuple[list[float], list[Found]]:
    seconds, found = [], []
    for each in given:
        started = time.perf_counter()
        found.append(work(each))
        seconds.append(time.perf_counter() - started)
    return seconds, found


def _median_and_p99(what: str, seconds: list[float], limit: float) -> list[Figure]:
    shares = {"median": 0.5, "p99": 0.99}
    return [
        Figure(f"{what}, {name}", float(np.quantile(seconds, share)) * 1000, "ms", limit * 1000, "at most")
        for name, share in shares.items()
    ]


def _memory() -> float:
    """The bytes of memory that this process has."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * float(os.sysconf("SC_PAGE_SIZE"))
