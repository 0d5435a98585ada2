"""The best way through candidates: a shortest path over stages, exact over what it is given.

Each stage takes one song. Progress must rise from song to song, which no song can do twice; a tempo step of `STEP` or
more, two songs of an artist in a row and a song away from the line or from its stage cost so much that they are taken
only where there is no way without them, and then as few and as small as can be.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from moodstream.recommend.corridor import Candidates, Slots
from moodstream.recommend.line import NEAR, PLACES, Floats, Line

STEP = 0.15
"""Tempos of neighbours differ by less than this share of the slower one."""
LOG_STEP = math.log1p(STEP) - 1e-4
"""The same as a difference of logarithms, with room for tempos that are written down rounded."""
SMOOTH = 0.3
"""What a step just below `STEP` costs beside a song at the edge of `NEAR`, which costs 1."""
EVEN, UNEVEN = 0.1, 10.0
"""What a step costs that goes twice as far along the line as an even one, and how uneven a step can count as."""
BROKEN = 1000.0
ASTRAY, ARRIVING = 2 * NEAR, 3.0
"""A song that lies farther from where its stage is breaks a limit, too, and one that counts so many times as much as a
step of tempo: what stays where it began is no journey."""
LONG, LENGTH_MATTERS, LONGEST = 60.0, 0.1, 5.0
"""What a song costs that is a minute longer or shorter than the mean of a journey in minutes; so many minutes count."""
CLOSE = 5.0
"""Seconds that are not worth a song that fits less well."""

Layers = Sequence[Slots]
Way = list[int]


def worth(candidates: Candidates, line: Line, share: float, mean_seconds: float | None) -> Floats:
    """What each of some candidates costs at the stage that lies at `share` (0..1) of the line."""
    off = line.distance(candidates.points, np.full(len(candidates.slots), share))
    cost = (off / NEAR) ** 2 - candidates.bonus
    away = candidates.deviations > NEAR
    cost[away] += BROKEN * (candidates.deviations[away] / NEAR) ** 2
    astray = off > ASTRAY
    cost[astray] += ARRIVING * BROKEN * (off[astray] / ASTRAY) ** 2
    if mean_seconds is not None:
        cost += LENGTH_MATTERS * ((candidates.seconds - mean_seconds) / LONG).clip(-LONGEST, LONGEST) ** 2
    return np.asarray(cost)


def steps(before: Candidates, after: Candidates, even: float) -> Floats:
    """What each step from one of m songs to one of n costs, m x n: infinite where it does not lead on.

    `even` is the progress of an even step.
    """
    size = np.abs(np.log(before.tempos)[:, None] - np.log(after.tempos)) / LOG_STEP
    progress = after.progress - before.progress[:, None]
    cost = SMOOTH * size**2
    cost[size >= 1] *= BROKEN
    cost[before.artists[:, None] == after.artists] += BROKEN
    cost += EVEN * (progress / even - 1).clip(-UNEVEN, UNEVEN) ** 2
    cost[progress <= 0] = np.inf
    return np.asarray(cost)


def way(candidates: Candidates, layers: Layers, line: Line, mean_seconds: float | None = None) -> tuple[Way, float]:
    """The cheapest way through layers of candidates (places in them), one of each, and its cost.

    No way where a layer is empty, or where none rises all along.
    """
    if not layers or not all(map(len, layers)):
        return [], math.inf
    even = PLACES / max(1, len(layers) - 1)
    total, back = worth(candidates.at(layers[0]), line, 0.0, mean_seconds), []
    for number, (before, layer) in enumerate(pairwise(layers), start=1):
        here = candidates.at(layer)
        if number == 1 or layer is not before:  # the same layer again has the same steps
            between = steps(candidates.at(before), here, even)
        costs = total[:, None] + between
        back.append(costs.argmin(axis=0))
        total = costs.min(axis=0) + worth(here, line, number / (len(layers) - 1), mean_seconds)
    if not np.isfinite(total).any():
        return [], math.inf
    last = int(total.argmin())
    return _followed(layers, back, last), float(total[last])


def _followed(layers: Layers, back: list[NDArray[np.int64]], last: int) -> Way:
    found = [last]
    for pointers in reversed(back):
        found.append(int(pointers[found[-1]]))
    return [int(layer[place]) for layer, place in zip(layers, reversed(found), strict=True)]


def lasting(candidates: Candidates, layers: Layers, taken: Way, seconds: float, goes: int = 8) -> Way:
    """A way with songs exchanged, one by one, so that it takes as near to `seconds` as can be, and keeps its limits."""
    for _ in range(goes):
        missing = seconds - float(candidates.seconds[taken].sum())
        swaps = [
            (abs(missing - candidates.seconds[new] + candidates.seconds[taken[stage]]), stage, new)
            for stage in range(len(taken))
            if (new := _exchanged(candidates, layers[stage], taken, stage, missing)) is not None
        ]
        left, stage, new = min(swaps, default=(math.inf, 0, 0))
        if abs(missing) <= CLOSE or left >= abs(missing):
            return taken
        taken = [*taken[:stage], new, *taken[stage + 1 :]]
    return taken


def _exchanged(candidates: Candidates, layer: Slots, taken: Way, stage: int, missing: float) -> int | None:
    """The song of a layer whose length comes nearest to what is missing, of those that go with both neighbours."""
    fits = candidates.deviations[layer] <= NEAR
    here = candidates.at(layer)
    if stage:
        fits &= _kept(steps(candidates.at(np.array([taken[stage - 1]])), here, PLACES)[0])
    if stage + 1 < len(taken):
        fits &= _kept(steps(here, candidates.at(np.array([taken[stage + 1]])), PLACES)[:, 0])
    if not fits.any():
        return None
    wished = candidates.seconds[taken[stage]] + missing
    return int(layer[np.where(fits, np.abs(here.seconds - wished), np.inf).argmin()])


def _kept(costs: Floats) -> NDArray[np.bool_]:
    return costs < SMOOTH * BROKEN
