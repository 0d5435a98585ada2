"""The songs that can be recommended: what they are called, how they sound, which mood they have."""

import itertools
import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from moodstream.messages import Features, Song
from moodstream.moods import Mood
from moodstream.recommend.entries import Songs, written
from moodstream.recommend.listener import MOODS
from moodstream.recommend.names import Marks, Numbers, called, folded
from moodstream.recommend.sounds import SOUND, plane, sound, tempo

MOST = 1_000_000
"""How many songs are kept: about 450 MB (see `Library`). Beyond them, the one named longest ago gives way."""

FIRST_ROWS = 1024
Slots = NDArray[np.int64]


class Column(NamedTuple):
    """A value, or a row of them, for each slot, and what stands there while nothing is known."""

    kind: type
    unknown: float
    width: tuple[int, ...] = ()


COLUMNS = {
    "sounds": Column(np.float32, math.nan, (len(SOUND),)),
    "plane": Column(np.float32, math.nan, (2,)),
    "tempos": Column(np.float32, math.nan),
    "durations": Column(np.float32, math.nan),
    "milliseconds": Column(np.int32, 0),
    "genres": Column(np.int32, 0),
    "artists": Column(np.int64, 0),
    "moods": Column(np.int8, -1),
    "plays": Column(np.int64, 0),
    "revisions": Column(np.int64, 0),
    # When each song was last named, its features and its mood last told (Unix time): the newest word counts.
    "named": Column(np.float64, -math.inf),
    "heard": Column(np.float64, -math.inf),
    "felt": Column(np.float64, -math.inf),
}


class Library:
    """Up to `most` songs, each in a slot 0..n-1, with columns of n values beside them.

    `sounds` n x 7, the coordinates of `sounds.SOUND` (a row is known as a whole, or all NaN); `plane` n x 2, valence
    and arousal (energy where that was not heard) in 0..1; `tempos` in BPM; `durations` in seconds; each NaN where not
    known. `genres` a number that songs of one genre share, 0 where not known; `artists` likewise; both are below
    2 * `most`. `moods` index into `listener.MOODS` (-1: none), `plays` how often each was played.

    What is given out are views, to be used before the library learns more. A song takes about 450 bytes: 120 in the
    columns, 200 for its id and where it is, 130 for its texts; more where these are long (500 characters at most).
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._slots: dict[str, int] = {}
        self._calls = Marks()
        self._artists, self._genres = Numbers(2 * most), Numbers(2 * most)
        self._columns = {name: _empty(column, 0) for name, column in COLUMNS.items()}
        self._ids: list[str] = []
        self._texts: list[bytes] = []
        self.revision = 0
        """How many changes of sounds there were; `revisions` tells for each song the last that was of its own."""

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def songs(self) -> Songs:
        """The entry of each slot."""
        return Songs(self._ids, self._texts, self._columns["milliseconds"])

    @property
    def sounds(self) -> NDArray[np.float32]:
        return self._columns["sounds"][: len(self)]

    @property
    def plane(self) -> NDArray[np.float32]:
        return self._columns["plane"][: len(self)]

    @property
    def tempos(self) -> NDArray[np.float32]:
        return self._columns["tempos"][: len(self)]

    @property
    def durations(self) -> NDArray[np.float32]:
        return self._columns["durations"][: len(self)]

    @property
    def genres(self) -> NDArray[np.int32]:
        return self._columns["genres"][: len(self)]

    @property
    def artists(self) -> NDArray[np.int64]:
        return self._columns["artists"][: len(self)]

    @property
    def moods(self) -> NDArray[np.int8]:
        return self._columns["moods"][: len(self)]

    @property
    def plays(self) -> NDArray[np.int64]:
        return self._columns["plays"][: len(self)]

    @property
    def revisions(self) -> NDArray[np.int64]:
        return self._columns["revisions"][: len(self)]

    def genre_numbers(self, names: Iterable[str]) -> set[int]:
        """The numbers of those genres that any song has, however they are written."""
        return self._genres.known(map(folded, names))

    def slots(self, song_ids: Iterable[str]) -> Slots:
        """The slot of each song; -1 where it is not here."""
        return np.fromiter(map(self._slots.get, song_ids, itertools.repeat(-1)), np.int64)

    def find(self, title: str, artist: str) -> int:
        """The slot of the song that is called so, however it is written; of several the most played; -1 where none is.

        A song without a title is not found.
        """
        call, songs = called(title, artist), self.songs
        if call is None:
            return -1
        found = [slot for slot in self._calls.slots(hash(call)) if call == called(*songs[slot][1:3])]
        return max(found, key=lambda slot: (self.plays[slot], -slot), default=-1)

    def hear(self, song: Song, mood: Mood | None, at: datetime, plays: int) -> None:
        """Learn of a song that was played `plays` more times, last at `at` (aware). The newest word on it counts."""
        slot, moment, columns = self._slot(song.song_id), at.timestamp(), self._columns
        if moment >= columns["named"][slot]:
            columns["named"][slot] = moment
            self._name(slot, song)
        if song.features is not None and moment >= columns["heard"][slot]:
            columns["heard"][slot] = moment
            self._sound(slot, song.features)
        if mood is not None and moment >= columns["felt"][slot]:
            columns["felt"][slot] = moment
            columns["moods"][slot] = MOODS.index(mood)
        columns["plays"][slot] += plays

    def count(self, song_ids: Iterable[str]) -> None:
        """Count a play of each song."""
        slots = self.slots(song_ids)
        np.add.at(self.plays, slots[slots >= 0], 1)

    def _slot(self, song_id: str) -> int:
        known = self._slots.get(song_id)
        if known is not None:
            return known
        slot = self._added() if len(self) < self._most else self._cleared()
        self._ids[slot] = song_id
        self._slots[song_id] = slot
        return slot

    def _added(self) -> int:
        slot = len(self)
        if slot == len(self._columns["named"]):
            self._grow()
        self._ids.append("")
        self._texts.append(b"")
        self._calls.put(slot, 0)
        return slot

    def _grow(self) -> None:
        here = len(self._columns["named"])
        more = min(max(here, FIRST_ROWS), self._most - here)
        for name, column in COLUMNS.items():
            self._columns[name] = np.concatenate([self._columns[name], _empty(column, more)])

    def _cleared(self) -> int:
        """The slot of the song that was named longest ago, empty."""
        slot = int(self._columns["named"].argmin())
        del self._slots[self._ids[slot]]
        for name, column in COLUMNS.items():
            self._columns[name][slot] = column.unknown
        self._changed(slot)
        return slot

    def _name(self, slot: int, song: Song) -> None:
        columns, artist = self._columns, folded(song.artist)
        self._call(slot, song)
        # Those who have no name are not one artist.
        columns["artists"][slot] = self._artists.of(artist or f"\0{song.song_id}", self.artists)
        columns["genres"][slot] = self._genres.of(folded(song.genre or ""), self.genres)
        columns["milliseconds"][slot] = song.duration_ms or 0
        columns["durations"][slot] = math.nan if song.duration_ms is None else song.duration_ms / 1000

    def _call(self, slot: int, song: Song) -> None:
        texts = written(song.title, song.artist, song.genre or "")
        if texts != self._texts[slot]:
            self._texts[slot] = texts
            self._calls.take(slot)
            self._calls.put(slot, hash(called(song.title, song.artist) or song.song_id))

    def _sound(self, slot: int, features: Features) -> None:
        columns, new = self._columns, np.array(sound(features), np.float32)
        if new.tobytes() != columns["sounds"][slot].tobytes():
            columns["sounds"][slot] = new
            self._changed(slot)
        columns["plane"][slot] = plane(features)
        columns["tempos"][slot] = tempo(features)

    def _changed(self, slot: int) -> None:
        self.revision += 1
        self._columns["revisions"][slot] = self.revision


def _empty(column: Column, rows: int) -> NDArray[Any]:
    # A feature's values lie side by side, since that is how they are compared.
    return np.full((rows, *column.width), column.unknown, column.kind, order="F")
