"""Forecasts of the past, each by what was known before it, beside two that need no model (rolling origin)."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from moodstream.trends.filtering import Floats, Past, weight
from moodstream.trends.forecasting import ahead

LEAST_DAYS = 28
"""A forecast needs so many days with plays before it."""
LEAST_ORIGINS = 5
SURE = 0.975


class Check(NamedTuple):
    """How the forecasts of the past went, `origins` of them, over `days` days with plays.

    Mean absolute errors of the forecast, of the last value before it, and of the mean so far; `mase` is the first
    beside the mean change from one day to the next (Hyndman and Koehler, 2006; None where nothing ever changed).
    `coverage80` and `coverage95`: the shares of days within the intervals. `better` than the last value and than the
    mean: its errors are less than those of either by more than chance explains (None: too few origins to tell).
    """

    origins: int
    days: int
    mae: float
    last_value_mae: float
    mean_mae: float
    mase: float | None
    coverage80: float
    coverage95: float
    better: bool | None


class _Origin(NamedTuple):
    errors: Floats
    """(3, days with plays): absolute, of the forecast, the last value, the mean."""
    held: Floats
    """(2, days with plays): whether the intervals held."""


def check(past: Past, values: Floats, plays: Floats, horizon: int, limits: tuple[float, float]) -> Check | None:
    """Forecast `horizon` days again and again, each time from the end of the days before; None where none could be."""
    origins = list(_origins(past, values, plays, horizon, limits))
    if not origins:
        return None
    errors = np.concatenate([one.errors for one in origins], axis=1)
    held = np.concatenate([one.held for one in origins], axis=1).mean(axis=1)
    mae, last, mean = errors.mean(axis=1).tolist()
    change = float(np.nanmean(np.abs(np.diff(values[~np.isnan(values)]))))
    return Check(
        origins=len(origins),
        days=errors.shape[1],
        mae=mae,
        last_value_mae=last,
        mean_mae=mean,
        mase=mae / change if change else None,
        coverage80=float(held[0]),
        coverage95=float(held[1]),
        better=_better(np.stack([one.errors.mean(axis=1) for one in origins])),
    )


def _origins(past: Past, values: Floats, plays: Floats, horizon: int, limits: tuple[float, float]) -> Iterator[_Origin]:
    first = int(np.searchsorted(past.seen, LEAST_DAYS))
    for day in range(first, len(values) - horizon + 1, horizon):
        true = values[day : day + horizon]
        there = ~np.isnan(true)
        if there.any():
            before = ~np.isnan(values[:day])
            known, heavy = values[:day][before], weight(plays[:day][before])
            told = ahead(past, plays, day, horizon, limits)
            rivals = (told.mean, np.full(horizon, known[-1]), np.full(horizon, np.average(known, weights=heavy)))
            errors = np.abs(np.stack(rivals) - true)[:, there]
            held = (told.bounds[:, :, 0] <= true) & (true <= told.bounds[:, :, 1])
            yield _Origin(errors, held[:, there].astype(np.float64))


def _better(errors: Floats) -> bool | None:
    """Whether the first of three is less than each other, by a t test of the differences at each origin: the days of
    one forecast are off together, those of different forecasts hardly."""
    from scipy.special import stdtrit

    number = len(errors)
    if number < LEAST_ORIGINS:
        return None
    less = errors[:, 1:] - errors[:, :1]
    deviation = less.std(axis=0, ddof=1) / math.sqrt(number)
    return bool((less.mean(axis=0) > stdtrit(number - 1, SURE) * deviation).all() and (less.mean(axis=0) > 0).all())
