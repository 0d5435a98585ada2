"""Which songs can be recommended at all, and of a large library, a part of it that is fresh every time."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moodstream.moods import LOOKS, Mood
from moodstream.recommend.library import Library
from moodstream.recommend.listener import MOODS
from moodstream.recommend.taste import Slots, Taste

POOL = 4096
"""How many songs are scored. Of a million, there are on average four among them that are of the best 0.1%."""
RESTING = 30
"""The last so many songs are not recommended (at most a quarter of all)."""
FACTORS = tuple(map(np.uint64, (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)))
"""Large odd numbers that mix bits well (those of SplitMix64)."""
MOOD_WIDTH = 0.3
"""The distance on the plane of moods at which nearness has fallen to 0.61."""


class Wish(NamedTuple):
    """What a playlist shall be like: of one `mood` alone, of at most `length` songs, each from `shortest` to `longest`
    seconds, of no genre of `without_genres`. A song whose length is not known is left out where one is asked for.
    """

    mood: Mood | None = None
    length: int = 20
    shortest: float | None = None
    longest: float | None = None
    without_genres: frozenset[str] = frozenset()


def candidates(taste: Taste, library: Library, wish: Wish, seed: int) -> Slots:
    """The slots of up to about `POOL` songs that a playlist may be made of, in the order of their ids.

    What the listener praised and what is by the artists of that is always among them; of all others a part is drawn.
    """
    usable = allowed(taste, library, wish)
    slots = np.flatnonzero(usable)
    if len(slots) <= POOL:
        return _in_order(library, slots)
    known = np.fromiter(taste.praised, np.int64)[: POOL // 8]
    theirs = np.flatnonzero(np.isin(library.artists, library.artists[known]))[: POOL // 8]
    kept = np.concatenate([known, theirs])
    drawn = slots[_luck(library, seed)[slots] < int(POOL / len(slots) * 2**32)]
    if not POOL // 2 < len(drawn) < 2 * POOL:  # too many have nothing that tells them apart
        drawn = slots[:POOL]
    return _in_order(library, np.union1d(kept[usable[kept]], drawn))


def _in_order(library: Library, slots: Slots) -> Slots:
    """By song id, so that nothing depends on who came into the library first."""
    songs = library.songs
    return np.array(sorted(slots.tolist(), key=songs.song_id), np.int64)


def _luck(library: Library, seed: int) -> NDArray[np.uint64]:
    """A number below 2^32 for each song that looks drawn at random, and follows from the seed and the song alone.

    It is mixed from its place on the plane and its length; songs that share these share their luck.
    """
    place = np.ascontiguousarray(library.plane).view(np.uint64)[:, 0]
    mixed = (place ^ np.uint64(seed)) * FACTORS[0] + library.durations.view(np.uint32) * FACTORS[1]
    return np.asarray(((mixed ^ (mixed >> np.uint64(29))) * FACTORS[2]) >> np.uint64(32))


def nearness(mood: Mood | None) -> NDArray[np.float32]:
    """How near each of `listener.MOODS`, and after them an unknown one, is to a mood: 1 the same, 0 unknown or far."""
    if mood is None:
        return np.zeros(len(MOODS) + 1, np.float32)
    here = LOOKS[mood]
    squares = np.array([(LOOKS[m].valence - here.valence) ** 2 + (LOOKS[m].arousal - here.arousal) ** 2 for m in MOODS])
    return np.append(np.exp(-squares / (2 * MOOD_WIDTH**2)), 0.0).astype(np.float32)


def allowed(taste: Taste, library: Library, wish: Wish) -> NDArray[np.bool_]:
    """Of n songs, which a wish and a taste leave."""
    left = np.ones(len(library), np.bool_)
    if wish.mood is not None:
        left = taste.moods_of == MOODS.index(wish.mood)
    if wish.shortest is not None:
        left &= library.durations >= wish.shortest
    if wish.longest is not None:
        left &= library.durations <= wish.longest
    if wish.without_genres:
        left &= ~np.isin(library.genres, list(library.genre_numbers(wish.without_genres)))
    left[taste.out] = False
    resting = taste.recent[:RESTING]
    left[resting[left[resting]][: int(np.count_nonzero(left)) // 4]] = False
    return left
