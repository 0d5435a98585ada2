"""Candidates -> which of them to play, in which order: what is expected, a fair chance for what is not known, variety.

Thompson sampling (Thompson 1933; with a Gaussian model: Agrawal & Goyal 2013): songs are ranked not by what is
expected of them, but by one draw of what they may well be worth. So what is little known comes up as often as it may
be the best, and what is known to be good comes up mostly. A posterior that is narrowed by `BOLDNESS` costs less and
learns about as fast (Chapelle & Li 2011).
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moodstream.recommend.candidates import nearness
from moodstream.recommend.library import Library
from moodstream.recommend.preference import Points, Preference
from moodstream.recommend.taste import Slots, Taste

BOLDNESS = 0.1
MOOD_PULL = 0.05
"""What a song of the present mood is worth more than one of another, beside what the listener has said of moods."""
STALE, STALE_FADES = 1.0, 100.0
"""What a song that was just played is worth less, and after how many others 37% of that is left."""
SAME_ARTIST = 0.1
"""What each further song of an artist loses in one playlist."""
SHORTLIST, BEST = 256, 192
"""Of so many songs the welcome is drawn: of those of which most is expected, and for the rest of any others."""

Floats = NDArray[np.float64]


class Ranked(NamedTuple):
    """Songs in playing order, and what each is thought to be worth, falling."""

    slots: list[int]
    worth: list[float]


def rank(taste: Taste, library: Library, slots: Slots, length: int, seed: int) -> Ranked:
    """Choose up to `length` of the candidates in `slots` and put them in order.

    Args:
        seed: what is drawn follows from it, and from the songs.
    """
    worth = _worth(taste, library, slots, seed)
    order = np.argsort(-worth, kind="stable")
    short = order[: max(SHORTLIST, 4 * length)]
    places = list(_sequence(worth[short], library.artists[slots[short]], length))
    if len(places) < length < len(slots):
        short, places = order, list(_sequence(worth[order], library.artists[slots[order]], length))
    chosen = short[places]
    return Ranked(slots[chosen].tolist(), np.minimum.accumulate(worth[chosen]).tolist())


def _worth(taste: Taste, library: Library, slots: Slots, seed: int) -> Floats:
    """What each song is thought to be worth now."""
    known, here = taste.evidence, np.array([taste.evidence.hour])
    usual = float(_popularity(library, slots).mean()) if len(slots) else 0.0
    points = _points(slots, here, taste, library, usual)
    preference = Preference(_points(known.slots, known.hours, taste, library, usual), known.welcome, known.noise)
    worth = preference.means(points) + MOOD_PULL * nearness(taste.mood)[points.moods] - _stale(taste, slots)
    if len(known.slots):
        short = _shortlist(worth, seed)
        normal = np.random.default_rng(seed).standard_normal(len(short))
        worth[short] += BOLDNESS * preference.doubt(points.take(short), normal)
    return worth


def _shortlist(worth: Floats, seed: int) -> NDArray[np.int64]:
    """Places of the songs whose welcome is drawn, in their order."""
    if len(worth) <= SHORTLIST:
        return np.arange(len(worth))
    order = np.argsort(-worth, kind="stable")
    others = np.random.default_rng(seed + 1).choice(order[BEST:], SHORTLIST - BEST, replace=False)
    return np.sort(np.concatenate([order[:BEST], others]))


def _points(slots: Slots, hours: Floats, taste: Taste, library: Library, usual: float) -> Points:
    return Points(
        slots,
        library.sounds[slots],
        taste.moods_of[slots],
        library.artists[slots],
        (_popularity(library, slots) - usual).astype(np.float32),
        hours.astype(np.float32),
    )


def _popularity(library: Library, slots: Slots) -> Floats:
    """How often songs are played by everybody, on a logarithmic scale, in 0..1."""
    return np.asarray(np.log1p(library.plays[slots]) / np.log1p(max(1, library.plays.max())))


def _stale(taste: Taste, slots: Slots) -> Floats:
    lost = STALE * np.exp(-np.arange(len(taste.recent)) / STALE_FADES)
    _, places, recent = np.intersect1d(slots, taste.recent, return_indices=True)
    stale = np.zeros(len(slots))
    stale[places] = lost[recent]
    return stale


def _sequence(worth: Floats, artists: NDArray[np.integer], length: int) -> Iterator[int]:
    """Places, always the best that is left by another artist than the one before."""
    worth = worth.copy()
    free = np.ones(len(worth), np.bool_)
    for _ in range(length):
        if not free.any():
            return
        best = int(np.where(free, worth, -np.inf).argmax())
        yield best
        same = artists == artists[best]
        worth[best] = -np.inf
        worth[same] -= SAME_ARTIST
        free = ~same & (worth > -np.inf)
