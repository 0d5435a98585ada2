"""Other ways of regression under the same folds as the one in use: what the model card sets beside it."""

from typing import Any

import msgspec
import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from moodstream.audio.regressors import Floats, inputs
from moodstream.training.examples import RATINGS, Examples, feature_examples, rating_examples
from moodstream.training.regressors import SEED, Method, cross_validated, judge_features, judge_ratings, on_landmarks

PENALTIES = np.logspace(-1, 4, 20)


class Candidate(msgspec.Struct, frozen=True):
    """`r2` of each target in cross-validation; `quadrant_accuracy` where the targets are valence and arousal."""

    method: str
    folds: int
    r2: dict[str, float]
    quadrant_accuracy: float | None


def compare_regressors(table: pd.DataFrame, folds: int) -> list[Candidate]:
    """Cross-validate the plain methods and the one in use on a table with DEAM's columns or those of the FMA table.

    Raises:
        ConfigurationError: as `rating_examples`, `feature_examples`, `folds_of`.
    """
    rated = set(RATINGS.values()) <= set(table)
    examples = rating_examples(table) if rated else feature_examples(table)
    return [_candidate(name, method, examples, folds) for name, method in METHODS.items()]


def _candidate(name: str, method: Method, examples: Examples, folds: int) -> Candidate:
    told = cross_validated(examples, folds, method)
    r2 = {target: figure.r2 for target, figure in judge_features(examples.targets, told).items()}
    rated = set(RATINGS) <= set(told)
    quadrants = judge_ratings(examples.targets, told).quadrant_accuracy if rated else None
    return Candidate(name, folds, r2, quadrants)


def _plain(model: Any, prepared: bool) -> Method:
    """A method of scikit-learn on the columns as they are, or prepared as the inputs of the one in use."""

    def rows(examples: Examples) -> Floats:
        columns = inputs(examples.space, examples.columns) if prepared else examples.columns
        return np.column_stack(list(columns.values()))

    def method(learn: Examples, judge: Examples) -> dict[str, Floats]:
        told, seen, unseen = {}, rows(learn), rows(judge)
        for name, target in learn.targets.items():
            known = np.isfinite(target)
            told[name] = make_pipeline(StandardScaler(), model()).fit(seen[known], target[known]).predict(unseen)
        return told

    return method


def _support_vectors() -> TransformedTargetRegressor:
    return TransformedTargetRegressor(SVR(), transformer=StandardScaler())


def _boosting() -> GradientBoostingRegressor:
    return GradientBoostingRegressor(
        n_estimators=150, learning_rate=0.05, max_depth=3, subsample=0.6, max_features=5, random_state=SEED
    )


METHODS: dict[str, Method] = {
    "ridge regression, columns as they are": _plain(lambda: RidgeCV(PENALTIES), prepared=False),
    "support vectors, columns as they are": _plain(_support_vectors, prepared=False),
    "ridge regression, prepared inputs": _plain(lambda: RidgeCV(PENALTIES), prepared=True),
    "support vectors, prepared inputs": _plain(_support_vectors, prepared=True),
    "gradient boosting, prepared inputs": _plain(_boosting, prepared=True),
    "kernel regression on landmarks (in use)": on_landmarks,
}
