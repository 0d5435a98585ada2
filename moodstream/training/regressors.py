"""Fits the regressors of `audio.regressors`, and judges them on songs that they were not fitted to."""

from collections.abc import Callable

import msgspec
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import spearmanr

from moodstream.audio.regressors import Floats, Predictor, Regressor, Space, inputs, likeness, predict, standardised
from moodstream.training.examples import Examples, feature_examples, folds_of, rating_examples

LANDMARKS, RIDGE, SEED = 200, 0.5, 1
GAMMA = {"deam": 0.03, "fma": 0.01}
"""Of the kernel; these and `RIDGE` lie on a flat top of what cross-validation shows."""
JITTER = 1e-5
"""Added to the diagonal, so that the weights stay small enough for a few digits."""
LEAST_DEVIATION = 1e-6
MIDDLE = 0.5

Method = Callable[[Examples, Examples], dict[str, Floats]]
"""Learns from the first songs, and predicts the targets of the second."""


class Agreement(msgspec.Struct, frozen=True):
    """`r2`: share of the ratings' variance explained; `spearman`: rank correlation."""

    r2: float
    spearman: float


class Ratings(msgspec.Struct, frozen=True):
    """How well ratings of `n` songs are predicted.

    `quadrant_accuracy`: share of songs on the right side of the middle of the scale in both valence and arousal
    (the middle counts as high); `majority`: that of always naming the commonest quadrant.
    """

    n: int
    arousal: Agreement
    valence: Agreement
    quadrant_accuracy: float
    majority: float


class FeatureFigure(msgspec.Struct, frozen=True):
    """`r2`: share of the variance explained; `mae`: mean absolute error."""

    r2: float
    mae: float


def evaluate_ratings(table: pd.DataFrame, folds: int | None = None) -> Ratings:
    """Judge the weights in use on a table with DEAM's columns, or cross-validate on it.

    Raises:
        ConfigurationError: as `rating_examples`, `folds_of`.
    """
    examples = rating_examples(table)
    return judge_ratings(examples.targets, _told(examples, folds))


def evaluate_features(table: pd.DataFrame, folds: int | None = None) -> dict[str, FeatureFigure]:
    """Judge the weights in use on a table with the FMA columns, or cross-validate on it: a figure for each feature.

    Raises:
        ConfigurationError: as `feature_examples`, `folds_of`.
    """
    examples = feature_examples(table)
    return judge_features(examples.targets, _told(examples, folds))


def judge_ratings(truth: dict[str, Floats], told: dict[str, Floats]) -> Ratings:
    """Set predicted valence and arousal, shares of 0..1, beside the true ones."""
    quadrants = _quadrants(truth)
    return Ratings(
        n=len(quadrants),
        arousal=_agreement(truth["arousal"], told["arousal"]),
        valence=_agreement(truth["valence"], told["valence"]),
        quadrant_accuracy=round(float(np.mean(quadrants == _quadrants(told))), 4),
        majority=round(float(np.bincount(quadrants).max() / len(quadrants)), 4),
    )


def judge_features(truth: dict[str, Floats], told: dict[str, Floats]) -> dict[str, FeatureFigure]:
    """Set predicted features beside the true ones, where these are known."""
    figures = {}
    for name, values in truth.items():
        known = np.isfinite(values)
        error = float(np.abs(told[name] - values)[known].mean())
        figures[name] = FeatureFigure(_r2(values[known], told[name][known]), round(error, 4))
    return figures


def cross_validated(examples: Examples, folds: int, method: Method) -> dict[str, Floats]:
    """Predict each song by a method that learned from the other blocks of neighbouring ids alone, shares of 0..1."""
    fold = folds_of(examples, folds)
    found = {name: np.empty(len(fold)) for name in examples.targets}
    for number in range(folds):
        held = fold == number
        for name, values in method(examples.take(~held), examples.take(held)).items():
            found[name][held] = np.clip(values, 0, 1)
    return found


def on_landmarks(learn: Examples, judge: Examples) -> dict[str, Floats]:
    """The method in use."""
    return Predictor(learn.space, fit(learn)).predict(judge.columns)


def fit(examples: Examples) -> Space:
    """Fit a regressor for each target: kernel ridge regression on landmarks, see `audio.regressors`."""
    columns = inputs(examples.space, examples.columns)
    rows = np.column_stack(list(columns.values()))
    mean = _shortened(rows.mean(axis=0))
    deviation = _shortened(np.maximum(rows.std(axis=0), LEAST_DEVIATION))
    songs = standardised(rows, mean, deviation)
    landmarks, gamma = _landmarks(songs), GAMMA[examples.space]
    likenesses, among = likeness(songs, landmarks, gamma), likeness(landmarks, landmarks, gamma)
    return Space(
        rows=len(rows),
        inputs=tuple(columns),
        mean=tuple(mean.tolist()),
        deviation=tuple(deviation.tolist()),
        gamma=gamma,
        landmarks=tuple(tuple(landmark) for landmark in landmarks.tolist()),
        regressors={name: _regressor(likenesses, among, target) for name, target in examples.targets.items()},
    )


def _landmarks(songs: Floats) -> Floats:
    """Points at random, spread as the songs are, (LANDMARKS, inputs)."""
    root = np.linalg.cholesky(np.cov(songs.T) + JITTER * np.eye(songs.shape[1]))
    drawn = np.random.default_rng(SEED).standard_normal((LANDMARKS, songs.shape[1]))
    landmarks: Floats = (drawn @ root.T).round(3)
    return landmarks


def _regressor(likenesses: Floats, among: Floats, target: Floats) -> Regressor:
    known = np.isfinite(target)
    seen, intercept = likenesses[known], float(target[known].mean())
    penalty = RIDGE * among + JITTER * np.eye(len(among))
    weights = np.linalg.solve(seen.T @ seen + penalty, seen.T @ (target[known] - intercept))
    return Regressor(rows=int(known.sum()), intercept=round(intercept, 6), weights=tuple(np.round(weights, 5).tolist()))


def _told(examples: Examples, folds: int | None) -> dict[str, Floats]:
    return predict(examples.columns) if folds is None else cross_validated(examples, folds, on_landmarks)


def _quadrants(shares: dict[str, Floats]) -> NDArray[np.int64]:
    # A share that is a rating of exactly 5 may lie a rounding error below the middle.
    high = {name: np.round(values, 9) >= MIDDLE for name, values in shares.items()}
    return 2 * high["valence"] + high["arousal"]


def _agreement(truth: Floats, told: Floats) -> Agreement:
    return Agreement(r2=_r2(truth, told), spearman=round(float(spearmanr(truth, told).statistic), 4))


def _r2(truth: Floats, told: Floats) -> float:
    return round(float(1 - np.square(truth - told).sum() / np.square(truth - truth.mean()).sum()), 4)


def _shortened(values: Floats) -> Floats:
    """To six significant digits, as they are stored."""
    return np.array([float(f"{value:.6g}") for value in values])
