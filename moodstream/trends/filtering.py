"""A level that wanders and a drift that stays, seen through the noise of each day: what each day could have known.

The state space model is the local level with a deterministic drift (Harvey, "Forecasting, structural time series models
and the Kalman filter", 1989, 2.3), filtered by statsmodels; a day without plays is a missing observation. How much the
level wanders beside the noise is the one parameter: filtering for each of a few of its values gives, for every day, the
likelihood of what came before it, so that each past forecast can be made by what was known then, without fitting anew.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RATIOS: tuple[float, ...] = (0.0, *(10.0 ** np.arange(-5, 2.5, 0.5)).tolist())
"""Variance of a day's step of the level beside that of one play: from a level that never moves to one that does little
else."""
ALIKE = 0.1
"""The plays of a day are of an album, or of a mood: how much they have in common (intraclass correlation), by which
many plays tell less than as many strangers would (Kish's design effect)."""
UNKNOWN = 1e6
"""Variance of level and drift before the first day, in units of the series' own; the first two days tell them."""
TOLD_BY = 2
LEAST_NOISE = 1e-12


class Past(NamedTuple):
    """What was known before each of n days and before the one after them, for each of r `RATIOS`.

    `state` (r, n + 1, 2) is level and drift, a day; `spread` (r, n + 1, 2, 2) their covariance in units of `noise`
    (r, n + 1), the variance of one play; `likelihood` (r, n + 1) its logarithm; `seen` (n + 1) days with plays.
    """

    state: Floats
    spread: Floats
    noise: Floats
    likelihood: Floats
    seen: NDArray[np.int64]

    def best(self, day: int) -> int:
        """The most likely of the ratios, by the days before this one."""
        return int(self.likelihood[:, day].argmax())


def weight(plays: Floats) -> Floats:
    """How many plays without anything in common the plays of a day are worth."""
    return plays / (1 + ALIKE * (np.maximum(plays, 1) - 1))


def filtered(values: Floats, plays: Floats) -> Past:
    """Filter n daily means, NaN where there are none, of so many plays each."""
    middle, unit = np.nanmean(values), float(np.nanstd(values)) or 1.0
    noises = 1 / np.where(plays > 0, weight(plays), 1.0)
    parts = [_filter((values - middle) / unit, noises, ratio) for ratio in RATIOS]
    state, spread, noise, likelihood = (np.stack(part) for part in zip(*parts, strict=True))
    return Past(
        state=state * unit + np.array([middle, 0.0]),
        spread=spread,
        noise=noise * unit**2,
        likelihood=likelihood,
        seen=np.concatenate([[0], np.cumsum(~np.isnan(values))]),
    )


def _filter(values: Floats, noises: Floats, ratio: float) -> tuple[Floats, Floats, Floats, Floats]:
    from statsmodels.tsa.statespace.kalman_filter import KalmanFilter  # takes seconds

    model = KalmanFilter(k_endog=1, k_states=2, k_posdef=1)
    model.bind(values[:, None])
    model["design"] = np.array([[1.0, 0.0]])
    model["transition"] = np.array([[1.0, 1.0], [0.0, 1.0]])
    model["selection"] = np.array([[1.0], [0.0]])
    model["state_cov"] = np.array([[ratio]])
    model["obs_cov"] = noises[None, None, :]
    model.initialize_approximate_diffuse(UNKNOWN)
    # What is not asked for, and takes most of the time where days are missing.
    model.memory_no_gain = model.memory_no_std_forecast = True
    told = model.filter()
    error, variance = told.forecasts_error[0], told.forecasts_error_cov[0, 0]
    return (
        told.predicted_state.T,
        told.predicted_state_cov.transpose(2, 0, 1),
        *_sums(error, variance, ~np.isnan(values)),
    )


def _sums(error: Floats, variance: Floats, seen: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Noise and likelihood before each day: those that make the days so far most likely (concentrated likelihood)."""
    counts = seen & (np.cumsum(seen) > TOLD_BY)
    number = _before(counts.astype(np.float64))
    squares = _before(np.where(counts, error**2 / variance, 0.0))
    noise = np.maximum(squares / np.maximum(number, 1), LEAST_NOISE)
    return noise, -(number * np.log(noise) + _before(np.where(counts, np.log(variance), 0.0))) / 2


def _before(values: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(values)])
