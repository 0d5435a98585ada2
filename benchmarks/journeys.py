"""Journeys through made-up libraries, between all pairs of moods: whether they keep their limits, and how fast."""

import itertools
import time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figure
from moodstream.moods import Mood
from moodstream.recommend.journeys import Journey, journey
from moodstream.recommend.line import NEAR
from moodstream.recommend.stepping import STEP

LIBRARIES = (10_000, 1_000_000)
SONGS, MINUTES = 20, 60
ARTIST, UNKNOWN = 10, 0.1
"""Songs of an artist, on average; and the share of songs of which one thing or another is not known."""
MILLISECONDS = 100.0
PAIRS = list(itertools.product(Mood, Mood))


class Songs(NamedTuple):
    """Columns of made-up songs, laid out as those of `recommend.library.Library`."""

    plane: NDArray[np.float32]
    tempos: NDArray[np.float32]
    durations: NDArray[np.float32]
    artists: NDArray[np.int64]


def made(number: int) -> Songs:
    """The same songs at every call; louder ones tend to be faster."""
    random = np.random.default_rng(1)
    plane = np.empty((number, 2), np.float32, order="F")
    plane[:, 0], plane[:, 1] = random.beta(2, 2, number), random.beta(2.2, 1.6, number)
    tempos = np.exp(random.normal(np.log(95 + 40 * plane[:, 1]), 0.22)).clip(45, 220).astype(np.float32)
    durations = random.normal(225, 50, number).clip(60, 900).astype(np.float32)
    for column in (plane[:, 0], tempos, durations):
        column[random.random(number) < UNKNOWN / 3] = np.nan
    return Songs(plane, tempos, durations, random.integers(0, number // ARTIST, number))


def figures() -> list[Figure]:
    return [figure for number in LIBRARIES for figure in _figures(made(number))]


def _figures(songs: Songs) -> list[Figure]:
    journey(songs, Mood.SAD, Mood.HAPPY, number=SONGS)  # the first one is slower, as everything's first time is
    timed = [_timed(songs, start, end) for start, end in PAIRS]
    found = [told for told, _ in timed]
    moving = [told for told, (start, end) in zip(found, PAIRS, strict=True) if start != end]
    lasting = [journey(songs, start, end, seconds=MINUTES * 60).seconds or 0.0 for start, end in PAIRS]
    steps = [_largest_step(songs, told) for told in found]
    kept = float(np.mean([not told.notes for told in found]))
    off = max(abs(seconds - MINUTES * 60) for seconds in lasting)
    of = f"journeys of {SONGS} songs through {len(songs.tempos):,}"
    return [
        Figure(f"{of}, always onward", 100 * _share(moving), "%", 100, "every song farther than the one before"),
        Figure(f"{of}, without a note", 100 * kept, "%", 100, "all limits kept"),
        Figure(f"{of}, largest tempo step", 100 * max(steps), "%", 100 * STEP, "allowed"),
        Figure(f"{of}, median way off the line", 100 * _off(found), "% of the plane", 100 * NEAR, "allowed"),
        Figure(f"{of}, median time", 1000 * float(np.median([took for _, took in timed])), "ms", MILLISECONDS, "aim"),
        Figure(f"{of}, longest time", 1000 * max(took for _, took in timed), "ms", MILLISECONDS, "aim of the median"),
        Figure(
            f"journeys of {MINUTES} minutes through {len(songs.tempos):,}, most off", off, "s", 30, "then it says so"
        ),
    ]


def _timed(songs: Songs, start: Mood, end: Mood) -> tuple[Journey, float]:
    started = time.perf_counter()
    told = journey(songs, start, end, number=SONGS)
    return told, time.perf_counter() - started


def _share(found: list[Journey]) -> float:
    return float(np.mean([(np.diff(told.progress) > 0).all() and len(told.slots) == SONGS for told in found]))


def _largest_step(songs: Songs, told: Journey) -> float:
    """Counted anew from the songs' tempos."""
    tempos = np.log(songs.tempos[told.slots].astype(np.float64))
    return float(np.expm1(np.abs(np.diff(tempos)).max()))


def _off(found: list[Journey]) -> float:
    return float(np.median(np.concatenate([told.deviations for told in found])))
