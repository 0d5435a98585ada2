"""What is to be expected of the next days, and how far off that may be."""

from typing import NamedTuple

import numpy as np

from moodstream.trends.filtering import RATIOS, TOLD_BY, Floats, Past, weight

SHARES = (0.80, 0.95)
RECENT = 28
"""The number of plays of a day is taken to be as it was in the middle on so many days with plays."""


class Ahead(NamedTuple):
    """Of each of h days the mean, and of each of `SHARES` the bounds that hold so much of what may come: (2, h, 2)."""

    mean: Floats
    bounds: Floats


class Drift(NamedTuple):
    """A change a day, with the bounds of its 95% interval."""

    change: float
    low: float
    high: float


def ahead(past: Past, plays: Floats, day: int, days: int, limits: tuple[float, float]) -> Ahead:
    """The forecast of `days` days from `day` on, by what was known before it, within the limits of the feature."""
    best = past.best(day)
    (level, drift), spread = past.state[best, day], past.spread[best, day]
    steps = np.arange(days)
    wander = spread[0, 0] + 2 * steps * spread[0, 1] + steps**2 * spread[1, 1] + steps * RATIOS[best]
    usual = float(np.median(plays[:day][plays[:day] > 0][-RECENT:]))
    deviation = np.sqrt(past.noise[best, day] * (wander + 1 / weight(np.array(usual))))
    mean = level + drift * steps
    bounds = [mean + np.array([[-1], [1]]) * _reach(past, day, share) * deviation for share in SHARES]
    return Ahead(mean.clip(*limits), np.stack(bounds).transpose(0, 2, 1).clip(*limits))


def drift(past: Past, day: int) -> Drift:
    """Which way it goes, by what was known before `day`."""
    best = past.best(day)
    change = float(past.state[best, day, 1])
    half = _reach(past, day, SHARES[-1]) * float(np.sqrt(past.noise[best, day] * past.spread[best, day, 1, 1]))
    return Drift(change, change - half, change + half)


def _reach(past: Past, day: int, share: float) -> float:
    """Deviations on either side that hold a share: by Student's t, since the noise itself is estimated."""
    from scipy.special import stdtrit  # beside statsmodels, which takes seconds

    return float(stdtrit(past.seen[day] - TOLD_BY - 1, (1 + share) / 2))
