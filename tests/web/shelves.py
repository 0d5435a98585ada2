"""Means of the API that answer as they are told to: songs in memory, the history, threads."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from moodstream.errors import MoodstreamError
from moodstream.messages import Song
from moodstream.moods import Mood
from moodstream.recommend.library import Library
from tests.factories import NOON, make_features, make_song


class Shelf:
    """A library, or why there is none."""

    def __init__(self, library: Library | MoodstreamError) -> None:
        self._library = library

    @contextmanager
    def library(self) -> Iterator[Library]:
        if isinstance(self._library, MoodstreamError):
            raise self._library
        yield self._library


class History:
    """Answers by the question that is asked, or fails."""

    def __init__(self, answers: dict[Callable[..., Any], Any] | MoodstreamError) -> None:
        self.answers, self.asked = answers, list[Any]()

    async def ask(self, question: Callable[..., Any], *arguments: Any) -> Any:
        self.asked.append((question, *arguments))
        if isinstance(self.answers, MoodstreamError):
            raise self.answers
        answer = self.answers[question]
        return answer(*arguments) if callable(answer) else answer


def songs(number: int, seed: int = 1) -> list[Song]:
    """Made-up songs all over the plane."""
    random = np.random.default_rng(seed)
    return [
        make_song(
            f"song/{n} ü",
            title=f"Title {n}",
            artist=f"Artist {n % (number // 4 or 1)}",
            genre=("Jazz", "Rock")[n % 2],
            duration_ms=int(random.integers(120_000, 320_000)),
            features=make_features(
                valence=round(random.random(), 3),
                energy=round(random.random(), 3),
                tempo=float(random.integers(70, 160)),
            ),
        )
        for n in range(number)
    ]


def library(songs: list[Song], mood: Mood | None = None) -> Library:
    found = Library()
    for song in songs:
        found.hear(song, mood, NOON, 1)
    return found
