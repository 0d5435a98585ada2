"""Made-up histories of a feature: what moves it is known, so that what is said of it can be told right from wrong."""

from datetime import date, timedelta
from typing import Literal

import numpy as np

from moodstream.trends.filtering import ALIKE, Floats

TODAY = date(2026, 11, 21)
DEVIATION = 0.15
"""Of single plays, around the level of the day."""

Kind = Literal["noise", "walk", "drift"]


def levels(kind: Kind, days: int, random: np.random.Generator) -> Floats:
    """A level that stays, one that wanders, one that rises by 0.4 all in all."""
    if kind == "walk":
        return 0.5 + np.cumsum(random.normal(0, 0.03, days))
    return np.full(days, 0.5) if kind == "noise" else np.linspace(0.3, 0.7, days)


def series(kind: Kind, days: int, seed: int, missing: float = 0.2) -> tuple[Floats, Floats]:
    """Daily means, NaN on days without plays, and how many plays; the first day has some. A walk has little noise."""
    random = np.random.default_rng(seed)
    plays = np.where(random.random(days) < missing, 0, 1 + random.poisson(20, days)).astype(float)
    plays[0] = 20
    deviation = DEVIATION * np.sqrt(ALIKE + (1 - ALIKE) / np.maximum(plays, 1)) * (0.1 if kind == "walk" else 1)
    values = levels(kind, days, random) + deviation * random.normal(size=days)
    return np.where(plays > 0, values, np.nan), plays


def observed(values: Floats, plays: Floats, today: date = TODAY) -> list[tuple[date, float, int]]:
    """The days with plays, of which the last one may be yesterday."""
    first = today - timedelta(days=len(values))
    days = zip(range(len(values)), values.tolist(), plays.tolist(), strict=True)
    return [(first + timedelta(days=place), value, int(number)) for place, value, number in days if number]
