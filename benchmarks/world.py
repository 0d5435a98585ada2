"""A made-up history that could be true: songs with names and features, listeners with habits, plays in order of time.

Few songs are played often and many seldom, listeners have hours and weekdays of their own, and the mood that is
sought depends on the hour and on who seeks it. The same seed makes the same world.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moodstream.classifiers import RULES, Classifier, classifier
from moodstream.model import SHIPPED
from moodstream.moods import Mood
from moodstream.rules import Verdicts
from moodstream.sources import SOURCES
from moodstream.sources.simulate import BANDS, GROUPS, NAMES, PEAK_HOUR, QUALITIES, THINGS

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

PLAYS_A_CHUNK = 100_000
UNHEARD = 50
"""Of every one of so many songs the features are not known."""

MOODS = tuple(Mood)
DAY = 86_400.0
DAY_MICROSECONDS = 86_400_000_000
# valence, energy, danceability, acousticness, tempo (BPM) in the middle of each mood.
MIDDLES = {
    Mood.HAPPY: (0.75, 0.65, 0.68, 0.25, 118.0),
    Mood.ENERGETIC: (0.42, 0.85, 0.66, 0.08, 138.0),
    Mood.CALM: (0.42, 0.28, 0.40, 0.78, 90.0),
    Mood.SAD: (0.20, 0.30, 0.42, 0.45, 84.0),
    Mood.DARK: (0.22, 0.82, 0.42, 0.08, 112.0),
    Mood.NEUTRAL: (0.42, 0.52, 0.50, 0.35, 108.0),
}
NAMED = ("valence", "energy", "danceability", "acousticness", "tempo")


class Plays(NamedTuple):
    """Some plays, in order of time: when (microseconds since 1970, UTC), the number of the listener and the song."""

    at: Integers
    listener: Integers
    song: Integers


class World:
    """So many songs and listeners, and their plays of the last days, up to `now` (aware)."""

    def __init__(self, plays: int, songs: int, listeners: int, days: int, now: datetime, seed: int = 1) -> None:
        self.plays, self.songs, self.listeners, self.days, self.now = plays, songs, listeners, days, now
        self._random = np.random.default_rng(seed)
        self._sought = np.arange(songs) % len(MOODS)  # what the maker of each song had in mind
        self.taste = self._random.gamma(1.5, size=(listeners, len(MOODS)))
        self.source = self._random.choice(len(SOURCES), listeners, p=_falling(len(SOURCES), 1.2))
        self._activity = np.cumsum(_normed(self._random.lognormal(0, 0.8, listeners)))
        self._peak = self._random.normal(18, 3, listeners) % 24
        self._weekend = self._random.lognormal(0.2, 0.4, listeners)

    @property
    def since(self) -> datetime:
        return self.now - timedelta(days=self.days)

    @cached_property
    def features(self) -> dict[str, Floats]:
        """Each feature of each song; NaN where it is not known."""
        noise = self._random.normal(size=(self.songs, len(NAMED))) * (0.13, 0.12, 0.11, 0.13, 14.0)
        table = np.array([MIDDLES[mood] for mood in MOODS])[self._sought] + noise
        found = {name: np.clip(table[:, place], 0.01, 0.99) for place, name in enumerate(NAMED)}
        found["tempo"] = np.clip(table[:, -1], 50.0, 200.0)
        for name, most in (("instrumentalness", 0.6), ("speechiness", 0.2), ("liveness", 0.4)):
            found[name] = self._random.beta(1.2, 4.0, self.songs) * most
        found["loudness"] = -22 + 17 * found["energy"] + self._random.normal(0, 1.5, self.songs)
        found["key"] = self._random.integers(0, 12, self.songs).astype(float)
        found["mode"] = (self._random.random(self.songs) < 0.35 + 0.4 * found["valence"]).astype(float)
        found["time_signature"] = np.where(self._random.random(self.songs) < 0.92, 4.0, 3.0)
        unheard = np.arange(self.songs) % UNHEARD == UNHEARD - 1
        return {name: np.where(unheard, np.nan, column) for name, column in found.items()}

    def verdicts(self, by: Classifier) -> Verdicts:
        """What a judge says of each song."""
        nothing = np.full(self.songs, np.nan)
        return by.classify({name: self.features.get(name, nothing) for name in by.inputs})

    @property
    def judges(self) -> tuple[Classifier, Classifier]:
        """Who told the moods at first, and who tells them by now."""
        return RULES, classifier("trained", SHIPPED.parent)

    def names(self) -> list[tuple[str, str]]:
        """Title and artist of each song; the pair of them is seldom the same twice."""
        draw = self._random.integers(0, 2**31, (self.songs, 4)).tolist()
        return [self._name(MOODS[self._sought[song]], *drawn) for song, drawn in enumerate(draw)]

    def _name(self, mood: Mood, quality: int, thing: int, group: int, number: int) -> tuple[str, str]:
        qualities = QUALITIES[mood]
        again = f", Pt. {number % 9 + 1}" if number % 5 == 0 else ""
        title = f"{qualities[quality % len(qualities)]} {THINGS[thing % len(THINGS)]}{again}"
        return title, GROUPS[group % len(GROUPS)].format(f"{BANDS[number % len(BANDS)]} {THINGS[quality % 7]}")

    def listener(self, number: int) -> str:
        again, name = divmod(number, len(NAMES))
        return NAMES[name] + (f"-{again + 1}" if again else "")

    def chunks(self) -> Iterator[Plays]:
        """All plays, oldest first, in chunks of whole days; the newest is now."""
        sizes = self._sizes()
        start = 0
        while start < self.days:
            end = start + 1
            while end < self.days and sizes[start : end + 1].sum() <= PLAYS_A_CHUNK:
                end += 1
            made = self._made(np.repeat(np.arange(start, end), sizes[start:end]))
            if end == self.days and len(made.at):
                made.at[-1] = microseconds(self.now)
            yield made
            start = end

    def _sizes(self) -> Integers:
        """How many plays each day has: more and more, and more at weekends."""
        day = np.arange(self.days)
        weight = (0.6 + 0.4 * day / self.days) * np.where(self._is_weekend(day), 1.25, 1.0)
        whole = np.floor(np.cumsum(_normed(weight)) * self.plays + 1e-6).astype(np.int64)
        return np.diff(whole, prepend=0)

    def _is_weekend(self, day: Integers) -> NDArray[np.bool_]:
        weekday = (microseconds(self.since) // DAY_MICROSECONDS + day) % 7
        return np.isin(weekday, (2, 3))  # 1970 began on a Thursday

    def _made(self, day: Integers) -> Plays:
        number = len(day)
        listener = np.minimum(np.searchsorted(self._activity, self._random.random(number)), self.listeners - 1)
        width = np.where(self._is_weekend(day), 4.5 * self._weekend[listener], 3.5)
        hour = (self._peak[listener] + self._random.normal(size=number) * width) % 24
        # A day here lasts from one `now` to the next, so that every hour comes once in each, and the last ends now.
        begins = (self.since - self.since.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
        at = microseconds(self.since) + ((day * DAY + (hour * 3600 - begins) % DAY) * 1e6).astype(np.int64)
        order = np.argsort(at, kind="stable")
        return Plays(at[order], listener[order], self._songs(listener[order], hour[order]))

    def _songs(self, listener: Integers, hour: Floats) -> Integers:
        """What each plays: a mood by the hour and the listener's taste, and few songs of that mood rather than many."""
        apart = np.abs((hour[:, None] - [PEAK_HOUR[mood] for mood in MOODS] + 12) % 24 - 12)
        weight = np.cumsum(self.taste[listener] * np.exp(-apart / 5.2), axis=1)
        mood = (self._random.random((len(hour), 1)) * weight[:, -1:] > weight).sum(axis=1)
        rank = np.searchsorted(self._popularity, self._random.random(len(hour)))
        song = rank * len(MOODS) + mood
        found: Integers = np.where(song < self.songs, song, mood % self.songs)
        return found

    @cached_property
    def _popularity(self) -> Floats:
        return np.cumsum(_falling(-(-self.songs // len(MOODS)), 0.9))


def _falling(number: int, power: float) -> Floats:
    """Zipf's law, a little flatter at its head."""
    return _normed(np.power(np.arange(number, dtype=np.float64) + 3.0, -power))


def _normed(weights: Floats) -> Floats:
    normed: Floats = weights / weights.sum()
    return normed


def microseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
