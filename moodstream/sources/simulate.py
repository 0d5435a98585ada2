"""Simulated listeners with habits, who play short pieces of music composed here (the default)."""

import argparse
import math
import random
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from functools import cached_property

from moodstream.audio import EXTRACTOR
from moodstream.audio.library import Analysis, Library
from moodstream.messages import Play, Song
from moodstream.moods import Mood
from moodstream.settings import Settings
from moodstream.sources import Clock, Report, make_play

PIECES_A_MOOD = 8
PIECES = PIECES_A_MOOD * len(Mood)
ARTISTS = 12
MEMORY = 200
"""How many plays back a listener remembers."""

# When in the day each mood is sought most, as an hour; twelve hours off it is sought a tenth as much.
PEAK_HOUR = {
    Mood.NEUTRAL: 10.0,
    Mood.HAPPY: 13.0,
    Mood.ENERGETIC: 18.0,
    Mood.CALM: 21.5,
    Mood.DARK: 23.0,
    Mood.SAD: 1.0,
}
LISTENING_PEAK_HOUR = 17.0

NAMES = (
    "anna", "bela", "chidi", "dana", "emil", "farah", "goran", "hana", "ivo", "jun", "kofi", "lena",
    "milo", "nora", "omar", "pia", "quinn", "rosa", "sven", "tara", "uma", "vito", "wren", "yuki",
)  # fmt: skip
QUALITIES = {
    Mood.HAPPY: ("Sunlit", "Easy", "Golden", "Open", "Bright", "Lemon"),
    Mood.ENERGETIC: ("Electric", "Running", "Neon", "Rapid", "Red", "Loud"),
    Mood.CALM: ("Quiet", "Soft", "Floating", "Gentle", "Slow", "Still"),
    Mood.SAD: ("Empty", "Late", "Faded", "Distant", "Lost", "Grey"),
    Mood.DARK: ("Black", "Iron", "Hollow", "Buried", "Cold", "Broken"),
    Mood.NEUTRAL: ("Paper", "Second", "Plain", "Monday", "Even", "Middle"),
}
THINGS = (
    "Harbour", "Letters", "Orchard", "Windows", "Avenue", "River", "Signal", "Garden", "Engine", "Mirror", "Stations",
    "Weather", "Machines", "Island", "Lanterns", "Corridor", "Fields", "Staircase",
)  # fmt: skip
BANDS = (
    "Atlas", "Birch", "Cinder", "Delta", "Ember", "Falcon", "Granite", "Heron", "Indigo", "Juniper", "Kestrel", "Lumen",
    "Meridian", "Nimbus", "Opal", "Pilot", "Quarry", "Rowan",
)  # fmt: skip
GROUPS = ("{} Quartet", "{} Parade", "{} & Daughters", "{} Radio", "Little {}", "{} Ensemble")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing of its own: how many listeners, and which of all possible worlds (the seed), is asked of every source."""


def plays(arguments: argparse.Namespace, settings: Settings, report: Report, clock: Clock) -> Iterator[Play]:  # noqa: ARG001
    with closing(Library(settings.cache_dir)) as library:
        pieces = Pieces(arguments.seed, library)
        listeners = [Listener(arguments.seed, number) for number in range(arguments.listeners)]
        chance = random.Random(f"{arguments.seed}/plays")
        order = iter(chance.sample(range(PIECES), PIECES)) if arguments.once else None
        while True:
            now = clock()
            listener = chance.choices(listeners, [each.awake(now) for each in listeners])[0]
            piece = listener.choose(now) if order is None else next(order, None)
            if piece is None:
                return
            yield make_play("simulate", listener.name, pieces.song(piece), now)


class Pieces:
    """The pieces of a seed; each is composed and listened to when first played, and then remembered."""

    def __init__(self, seed: int, library: Library) -> None:
        self._seed, self._library = seed, library
        self._songs: dict[int, Song] = {}

    def song(self, number: int) -> Song:
        """A piece, from 0 to below `PIECES`; of each six that follow each other, one aims at each mood."""
        if number not in self._songs:
            title, artist = self._names[number]
            analysis = self._analysis(number)
            self._songs[number] = Song(
                song_id=f"sim-{self._seed}-{number:02d}",
                title=title,
                artist=artist,
                duration_ms=analysis.duration_ms,
                features=analysis.features,
                origin="audio",
                extractor=EXTRACTOR,
                modelled=analysis.modelled,
                estimates=analysis.estimates,
            )
        return self._songs[number]

    def _analysis(self, number: int) -> Analysis:
        # These take seconds to import, which a second run with the same seed need not pay.
        import numpy as np

        from moodstream.audio import composer

        content = f"sim-{composer.VERSION}-{self._seed}-{number}"
        analysis = self._library.analysis(content)
        if analysis is None:
            from moodstream.audio.decode import sound
            from moodstream.audio.descriptors import RATE
            from moodstream.audio.listen import listen

            samples = composer.compose(aim(number), np.random.default_rng([self._seed % 2**32, number]))
            analysis = listen(sound(samples, RATE, content, 1000 * composer.SECONDS))
            self._library.keep(content, analysis)
        return analysis

    @cached_property
    def _names(self) -> list[tuple[str, str]]:
        chance = random.Random(f"{self._seed}/names")
        bands = chance.sample(BANDS, ARTISTS)
        artists = [chance.choice(GROUPS).format(band) for band in bands]
        titles = {mood: [f"{quality} {thing}" for quality in QUALITIES[mood] for thing in THINGS] for mood in Mood}
        drawn = {mood: chance.sample(titles[mood], PIECES_A_MOOD) for mood in Mood}
        return [(drawn[aim(number)][number // len(Mood)], chance.choice(artists)) for number in range(PIECES)]


class Listener:
    """Somebody with favourite moods, hours of their own, and songs that they come back to."""

    def __init__(self, seed: int, number: int) -> None:
        again, name = divmod(number, len(NAMES))
        self.name = NAMES[name] + (f"-{again + 1}" if again else "")
        self._chance = random.Random(f"{seed}/{self.name}")
        self._liking = {mood: self._chance.gammavariate(0.7, 1.0) + 0.05 for mood in Mood}
        self._lateness = self._chance.uniform(-3, 3)
        self._loyalty = self._chance.uniform(0.15, 0.5)
        self._played: deque[int] = deque(maxlen=MEMORY)

    def awake(self, now: datetime) -> float:
        """How likely they are to play something at this time, beside others."""
        return _daily(now, LISTENING_PEAK_HOUR + self._lateness)

    def choose(self, now: datetime) -> int:
        """The number of the piece that they play now: an old one, the likelier the more often played, or another."""
        known = [piece for piece in self._played if piece != self._played[-1]]
        if known and self._chance.random() < self._loyalty:
            piece = self._chance.choice(known)
        else:
            sought = [self._liking[mood] * _daily(now, PEAK_HOUR[mood] + self._lateness) for mood in Mood]
            mood = self._chance.choices(range(len(Mood)), sought)[0]
            piece = mood + len(Mood) * self._chance.randrange(PIECES_A_MOOD)
        self._played.append(piece)
        return piece


def aim(number: int) -> Mood:
    """The mood that a piece aims at."""
    return list(Mood)[number % len(Mood)]


def _daily(now: datetime, peak: float) -> float:
    """1 at the peak hour, a tenth twelve hours off."""
    hours = now.hour + now.minute / 60 - peak
    return 0.55 + 0.45 * math.cos(2 * math.pi * hours / 24)
