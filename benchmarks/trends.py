"""Forecasts of what somebody plays: how long they take, whether their intervals hold, and what they are worth."""

from collections.abc import Callable
from typing import get_args

import numpy as np

from benchmarks.figures import Figure, rate
from moodstream.trends.checking import Check, check
from moodstream.trends.filtering import filtered
from moodstream.trends.trend import LIMITS, trends
from tests.trends.made import TODAY, Kind, observed, series

DAYS, WEEK, SERIES = 730, 7, 60
ASKED_SECONDS = 2.0
KINDS: tuple[Kind, ...] = get_args(Kind)


def figures() -> list[Figure]:
    """Nine features of two years; and made-up histories of noise alone, of a walk without aim, and of a drift."""
    history = {name: observed(*series(KINDS[place % 3], DAYS, place)) for place, name in enumerate(LIMITS)}
    seconds = 1 / rate(lambda: trends(history, TODAY, WEEK), 1)
    found = {kind: [_checked(kind, seed) for seed in range(SERIES)] for kind in KINDS}
    everything = [one for checks in found.values() for one in checks]
    return [
        Figure("trends of nine features over two years", seconds, "s", ASKED_SECONDS, "asked for"),
        Figure("days within the 80% interval", _mean(everything, lambda one: one.coverage80), "", 0.80, "nominal"),
        Figure("days within the 95% interval", _mean(everything, lambda one: one.coverage95), "", 0.95, "nominal"),
        *(_beside(kind, checks) for kind, checks in found.items()),
        *(_claimed(kind, checks) for kind, checks in found.items()),
    ]


def _checked(kind: Kind, seed: int) -> Check:
    values, plays = series(kind, DAYS // 2, seed)
    held = check(filtered(values, plays), values, plays, WEEK, (-np.inf, np.inf))
    assert held is not None  # noqa: S101
    return held


def _mean(checks: list[Check], figure: Callable[[Check], float]) -> float:
    return float(np.mean([figure(one) for one in checks]))


def _beside(kind: Kind, checks: list[Check]) -> Figure:
    rivals = {
        "the last value": _mean(checks, lambda one: one.last_value_mae),
        "the mean so far": _mean(checks, lambda one: one.mean_mae),
    }
    best = min(rivals, key=rivals.__getitem__)
    return Figure(f"{kind}: mean absolute error", _mean(checks, lambda one: one.mae), "", rivals[best], best)


def _claimed(kind: Kind, checks: list[Check]) -> Figure:
    share = _mean(checks, lambda one: bool(one.better))
    return Figure(f"{kind}: forecasts that are called better", share, "", 1.0, "all")
