"""Simulated listeners with hidden tastes: whom the recommender is measured on.

A taste has not the form of the recommender's model. It has several regions of the raw features, of which the best
alone counts, each wide in some features and narrow in others, with heavy tails; artists that are loved or disliked;
moods that are sought at some hours; boredom with what came lately; and something of its own for every song. What comes
out is the probability that the listener enjoys a song now. Reactions are noisy, and most enjoyment is silent.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moodstream import rules
from moodstream.classifiers import classifier
from moodstream.messages import Reaction, Song
from moodstream.model import SHIPPED
from moodstream.recommend.library import Library
from moodstream.rules import MOODS

Floats = NDArray[np.float64]

# The features that a listener may have a taste in, and how far apart songs usually lie in them.
SPREAD = {
    "valence": 0.24,
    "energy": 0.22,
    "danceability": 0.18,
    "acousticness": 0.3,
    "instrumentalness": 0.3,
    "speechiness": 0.1,
    "tempo": 28.0,
}
REGIONS, FAVOURITES = (2, 5), (3, 9)
SHARP, THRESHOLD = 7.0, 0.6
"""Enjoyment is a logistic function of the appeal, so steep, and one half at this."""
SONG_BORES, SONG_RESTS = 0.8, 60.0
ARTIST_BORES, ARTIST_RESTS = 0.25, 4.0
"""How much less a song appeals that just came, or its artist, and after how many others 37% of that is left."""
CONFUSED = 0.05
"""How often a reaction is the opposite of what was felt."""
ENJOYED: dict[Reaction | None, float] = {"like": 0.3, "replay": 0.1, None: 0.6}
UNWELCOME: dict[Reaction | None, float] = {"skip": 0.6, "dislike": 0.12, "never": 0.03, None: 0.25}
START = datetime(2026, 1, 1, tzinfo=UTC)


class Catalogue(NamedTuple):
    """Songs, and what tastes are made of: features in units of `SPREAD` (n x 7), numbers of artists, moods (index into
    `rules.MOODS`, -1 none), and how much each appeals to everybody (standard normal).
    """

    songs: Sequence[Song]
    features: Floats
    artists: NDArray[np.int64]
    moods: NDArray[np.int64]
    appeal: Floats

    def library(self) -> Library:
        """The songs as the recommender knows them; the more they appeal, the more they were played, by and large."""
        known = Library(most=len(self.songs))
        for song, mood, appeal in zip(self.songs, self.moods.tolist(), self.appeal.tolist(), strict=True):
            known.hear(song, MOODS[mood] if mood >= 0 else None, START, plays=int(20 * np.exp(appeal)))
        return known


def catalogue(songs: Sequence[Song], seed: int) -> Catalogue:
    """Judge songs by the model in use, and give each an appeal."""
    random = np.random.default_rng(seed)
    by = classifier("trained", SHIPPED.parent)
    moods = by.classify(rules.columns((song.features for song in songs), by.inputs)).mood
    columns = rules.columns((song.features for song in songs), tuple(SPREAD))
    features = np.column_stack([columns[name] / spread for name, spread in SPREAD.items()])
    features = np.where(np.isnan(features), np.nanmedian(features, axis=0), features)
    _, artists = np.unique([song.artist for song in songs], return_inverse=True)
    return Catalogue(songs, features, artists, moods, random.normal(size=len(songs)))


class Simulated:
    """A listener; the same seed makes the same one, who feels the same of the same songs in the same order."""

    def __init__(self, songs: Catalogue, seed: int) -> None:
        self._songs, self._random = songs, np.random.default_rng([seed, 1])
        self._last_song = np.full(len(songs.songs), -np.inf)
        self._last_artist = np.full(songs.artists.max() + 1, -np.inf)
        self._heard = 0
        self._peaks = self._random.uniform(0, 24, 2)
        self._clock, self._left = START, 0
        self.change()

    def change(self) -> None:
        """Have another taste from now on, in all but the hours of listening."""
        number = len(self._songs.songs)
        regions = [self._region() for _ in range(self._random.integers(*REGIONS))]
        appeal = np.max(regions, axis=0) + 0.07 * self._songs.appeal + self._random.normal(0, 0.08, number)
        artists = np.zeros(len(self._last_artist))
        for worth in (0.35, -0.4):
            some = self._random.choice(self._songs.artists, self._random.integers(*FAVOURITES))
            artists[some] = worth
        self._appeal = appeal + artists[self._songs.artists]
        self._hours_of_moods = self._random.uniform(0, 24, len(MOODS))

    def _region(self) -> Floats:
        features = self._songs.features
        centre = features[self._random.integers(len(features))]
        width = self._random.lognormal(-0.35, 0.5, features.shape[1])
        squares = (((features - centre) / width) ** 2).mean(axis=1)
        return np.asarray(self._random.uniform(0.7, 1.0) / (1 + squares**2))

    @property
    def now(self) -> datetime:
        """When the next song plays."""
        return self._clock

    def enjoyment(self) -> Floats:
        """The probability that the listener would enjoy each song now."""
        hour = self._clock.hour + self._clock.minute / 60
        sought = 0.2 * np.cos((hour - self._hours_of_moods) * np.pi / 12)
        appeal = self._appeal + np.append(sought, 0.0)[self._songs.moods]
        appeal -= SONG_BORES * np.exp((self._last_song - self._heard) / SONG_RESTS)
        appeal -= ARTIST_BORES * np.exp((self._last_artist - self._heard) / ARTIST_RESTS)[self._songs.artists]
        return np.asarray(1 / (1 + np.exp(SHARP * (THRESHOLD - appeal))))

    def hear(self, song: int) -> tuple[bool, Reaction | None]:
        """Play a song: whether it was enjoyed, and what the listener says of it."""
        enjoyed = bool(self._random.random() < self.enjoyment()[song])
        shows = enjoyed != (self._random.random() < CONFUSED)
        said = ENJOYED if shows else UNWELCOME
        reaction = list(said)[int(self._random.choice(len(said), p=list(said.values())))]
        self._heard += 1
        self._last_song[song] = self._last_artist[self._songs.artists[song]] = self._heard
        self._pass_time()
        return enjoyed, reaction

    def _pass_time(self) -> None:
        """On to the next song, or to the next day's sitting after some of them."""
        self._clock += timedelta(minutes=4)
        if self._left:
            self._left -= 1
            return
        self._left = int(self._random.integers(8, 25))
        hour = (self._random.choice(self._peaks) + self._random.normal(0, 1)) % 24
        midnight = (self._clock + timedelta(days=1)).replace(hour=0, minute=0)
        self._clock = midnight + timedelta(hours=float(hour))
