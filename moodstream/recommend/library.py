"""The songs that can be recommended: what they are called, how they sound, which mood they have."""

import itertools
import math
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moodstream.messages import Features, Song
from moodstream.moods import Mood
from moodstream.recommend.listener import MOODS

MOST = 100_000
"""How many songs are kept: about 50 MB. Beyond them, the song that was named longest ago gives way."""

SOUND = {"valence": 1.0, "energy": 1.0, "danceability": 1.0, "acousticness": 1.0, "tempo": 1 / 200}
"""The features that songs are compared by, and what brings each to about 0..1. Who lacks one is not compared."""

Floats = NDArray[np.float32]


class Entry(NamedTuple):
    """What a playlist says of a song."""

    song_id: str
    title: str
    artist: str
    duration_ms: int | None


class Library:
    """Up to `most` songs, each in a slot 0..n-1, with columns of n values beside them.

    `sounds` n x 5 (NaN: not known), `moods` index into `listener.MOODS` (-1: none), `artists` a number below
    2 * `most` that songs of one artist share, `plays` how often each was played.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._slots: dict[str, int] = {}
        self._numbers: dict[str, int] = {}  # of artists, by folded name
        self.songs: list[Entry] = []
        self._sounds = np.full((most, len(SOUND)), np.nan, np.float32)
        self._moods = np.full(most, -1, np.int8)
        self._artists = np.zeros(most, np.int64)
        self._plays = np.zeros(most, np.int64)
        # When each song was last named, its features and its mood last told (Unix time): the newest word counts.
        self._named, self._heard, self._felt = np.full((3, most), -math.inf)

    def __len__(self) -> int:
        return len(self.songs)

    @property
    def sounds(self) -> Floats:
        return self._sounds[: len(self)]

    @property
    def moods(self) -> NDArray[np.int8]:
        return self._moods[: len(self)]

    @property
    def artists(self) -> NDArray[np.int64]:
        return self._artists[: len(self)]

    @property
    def plays(self) -> NDArray[np.int64]:
        return self._plays[: len(self)]

    def slots(self, song_ids: Iterable[str]) -> NDArray[np.int64]:
        """The slot of each song; -1 where it is not here."""
        return np.fromiter(map(self._slots.get, song_ids, itertools.repeat(-1)), np.int64)

    def hear(self, song: Song, mood: Mood | None, at: datetime, plays: int) -> None:
        """Learn of a song that was played `plays` more times, last at `at` (aware). The newest word on it counts."""
        slot, moment = self._slot(song.song_id), at.timestamp()
        if moment >= self._named[slot]:
            self._named[slot] = moment
            self.songs[slot] = Entry(song.song_id, song.title, song.artist, song.duration_ms)
            # Those who have no name are not one artist.
            self._artists[slot] = self._number(song.artist.strip().casefold() or f"\0{song.song_id}")
        if song.features is not None and moment >= self._heard[slot]:
            self._heard[slot] = moment
            self._sounds[slot] = _sound(song.features)
        if mood is not None and moment >= self._felt[slot]:
            self._felt[slot] = moment
            self._moods[slot] = MOODS.index(mood)
        self._plays[slot] += plays

    def count(self, song_ids: Iterable[str]) -> None:
        """Count a play of each song."""
        slots = self.slots(song_ids)
        np.add.at(self._plays, slots[slots >= 0], 1)

    def _slot(self, song_id: str) -> int:
        known = self._slots.get(song_id)
        if known is not None:
            return known
        slot = len(self) if len(self) < self._most else self._cleared()
        if slot == len(self):
            self.songs.append(Entry(song_id, "", "", None))
        self._slots[song_id] = slot
        return slot

    def _cleared(self) -> int:
        """The slot of the song that was named longest ago, empty."""
        slot = int(self._named.argmin())
        del self._slots[self.songs[slot].song_id]
        self._sounds[slot], self._moods[slot], self._plays[slot] = np.nan, -1, 0
        self._named[slot] = self._heard[slot] = self._felt[slot] = -math.inf
        return slot

    def _number(self, artist: str) -> int:
        if artist not in self._numbers and len(self._numbers) >= 2 * self._most:
            self._renumber()
        return self._numbers.setdefault(artist, len(self._numbers))

    def _renumber(self) -> None:
        """Forget the artists that no song is by any more."""
        kept, self._artists[: len(self)] = np.unique(self.artists, return_inverse=True)
        names = {number: name for name, number in self._numbers.items()}
        self._numbers = {names[old]: new for new, old in enumerate(kept.tolist())}


def _sound(features: Features) -> list[float]:
    known = ((getattr(features, name), scale) for name, scale in SOUND.items())
    return [math.nan if value is None else value * scale for value, scale in known]
