"""Which songs of a large library a journey is looked for among: for every stage and every tempo, those that fit best.

Sorting a million songs would take most of the time, so they are counted into cells first, and only the best of each
cell are sorted.
"""

import math
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from moodstream.recommend.line import NEAR, PLACES, Floats, Line

SLOWEST, FASTEST, TEMPOS = 40.0, 250.0, 13
"""Tempos are told apart in so many ranges of 15% each, so that every stage has songs to go on to, fast or slow."""
LEVELS = 64
"""How finely the costs of the songs of a cell are told apart before the best of them are sorted."""
CHEAPEST, DEAREST = -2.0, 2.0

Flags = NDArray[np.bool_]
Slots = NDArray[np.int64]


class Songs(Protocol):
    """Columns of n songs, as `library.Library` has them: see there for units. NaN is what is not known."""

    @property
    def plane(self) -> NDArray[np.float32]: ...
    @property
    def tempos(self) -> NDArray[np.float32]: ...
    @property
    def durations(self) -> NDArray[np.float32]: ...
    @property
    def artists(self) -> NDArray[np.int64]: ...


class Wishes(NamedTuple):
    """What a journey over n songs may take, and what it should prefer.

    `usable` (n) may be taken; `bonus` (n, about -1..1, or None) makes a song worth a detour: one of 1 is as good at the
    edge of `line.NEAR` as one of 0 in the middle.
    """

    usable: Flags
    bonus: NDArray[np.floating] | None = None


class Candidates(NamedTuple):
    """m songs, by columns: `slots`, `progress` (whole `PLACES`, rising on the way), `points` (m x 2), `tempos` (BPM),
    `artists`, `seconds` (NaN: not known), `bonus`, `deviations` from the line."""

    slots: Slots
    progress: Slots
    points: Floats
    tempos: Floats
    artists: NDArray[np.int64]
    seconds: Floats
    bonus: Floats
    deviations: Floats

    def at(self, places: Slots | Flags) -> "Candidates":
        """Some of them."""
        return Candidates._make(column[places] for column in self)


def near(songs: Songs, wishes: Wishes, line: Line, stages: int, each: int) -> Candidates:
    """For each stage of the line and each range of tempos, the `each` songs that fit best, of those near the line."""
    progress, half = line.progress(songs.plane), 0.5 / max(1, stages - 1)
    # NaN compares as False: who has no place on the plane, or no tempo, is out.
    fits = (np.abs(_across(songs, line)) <= NEAR) & (progress >= -half) & (progress < 1 + half)
    fits &= wishes.usable & (songs.tempos > 0)
    return _best(songs, np.flatnonzero(fits), wishes, line, stages, each)


def anywhere(songs: Songs, wishes: Wishes, line: Line, stages: int, most: int) -> Candidates:
    """All songs, however far from the line; where they are more than `most`, the best of each stage and tempo."""
    slots = np.flatnonzero(~np.isnan(line.progress(songs.plane)) & wishes.usable & (songs.tempos > 0))
    if len(slots) <= most:
        return _gathered(songs, slots, wishes, line)
    coarse = min(stages, most // TEMPOS) if line.length else 1
    return _best(songs, slots, wishes, line, coarse, most // (coarse * TEMPOS))


def stage_of(progress: NDArray[np.floating], stages: int) -> Slots:
    """The stage, 0 to `stages` - 1, that lies nearest to each progress."""
    return np.asarray(np.floor(progress * (stages - 1) + 0.5).clip(0, stages - 1), np.int64)


def _across(songs: Songs, line: Line) -> NDArray[np.float32]:
    """How far each song lies from the endless line through both moods; where they are the same, along either axis."""
    (x, y), length = line.start, line.length
    if not length:
        return np.asarray(np.abs(songs.plane - np.array((x, y), np.float32)).max(axis=1))
    a, b = np.float32((line.end[1] - y) / length), np.float32((line.end[0] - x) / length)
    return np.asarray(songs.plane[:, 0] * a - songs.plane[:, 1] * b - np.float32(x * a - y * b))


def _best(songs: Songs, slots: Slots, wishes: Wishes, line: Line, stages: int, each: int) -> Candidates:
    plane, tempos = songs.plane[slots], songs.tempos[slots]
    stage = stage_of(line.progress(plane), stages)
    cost = (line.distance(plane, stage / max(1, stages - 1)) / NEAR) ** 2
    if wishes.bonus is not None:
        cost -= wishes.bonus[slots]
    speed = (np.log(tempos / SLOWEST) * (TEMPOS / math.log(FASTEST / SLOWEST))).clip(0, TEMPOS - 1).astype(np.int64)
    best = _cheapest(stage * TEMPOS + speed, cost, stages * TEMPOS, each)
    return _gathered(songs, slots[best], wishes, line)


def _cheapest(cells: Slots, costs: Floats, number: int, each: int) -> Slots:
    """The places of the `each` cheapest of every cell, cells in order, cheapest first."""
    span = (LEVELS - 1) / (DEAREST - CHEAPEST)
    levels = ((costs - CHEAPEST) * span).clip(0, LEVELS - 1).astype(np.int64)
    counts = np.bincount(cells * LEVELS + levels, minlength=number * LEVELS).reshape(number, LEVELS)
    enough = (counts.cumsum(axis=1) < each).sum(axis=1)  # the level at which a cell has so many, or LEVELS
    some = np.flatnonzero(levels <= enough[cells])
    order = some[np.lexsort((costs[some], cells[some]))]
    first = np.searchsorted(cells[order], cells[order])
    return np.asarray(order[np.arange(len(order)) - first < each])


def _gathered(songs: Songs, slots: Slots, wishes: Wishes, line: Line) -> Candidates:
    points, tempos = songs.plane[slots].astype(np.float64), songs.tempos[slots].astype(np.float64)
    return Candidates(
        slots=slots,
        progress=_places(points, tempos, line),
        points=points,
        tempos=tempos,
        artists=songs.artists[slots],
        seconds=songs.durations[slots].astype(np.float64),
        bonus=np.zeros(len(slots)) if wishes.bonus is None else wishes.bonus[slots].astype(np.float64),
        deviations=line.deviation(points),
    )


def _places(points: Floats, tempos: Floats, line: Line) -> Slots:
    """What rises on the way: the progress or, where a journey stays in one mood, the rank by tempo."""
    if line.length:
        return np.round(line.progress(points) * PLACES).astype(np.int64)
    rank = np.empty(len(tempos), np.int64)
    rank[np.lexsort((np.arange(len(tempos)), tempos))] = np.arange(len(tempos))
    return rank
