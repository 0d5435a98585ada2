"""What follows from descriptors is learned, what does not is not, and every fault of a table is named."""

from collections.abc import Callable

import msgspec
import numpy as np
import pandas as pd
import pytest

from moodstream.audio.regressors import Predictor
from moodstream.errors import ConfigurationError
from moodstream.training.comparison import compare_regressors
from moodstream.training.examples import FEATURES, Examples, feature_examples, folds_of, rating_examples
from moodstream.training.regressors import (
    cross_validated,
    evaluate_features,
    evaluate_ratings,
    fit,
    judge_features,
    judge_ratings,
)
from tests.training import made


def test_what_follows_from_the_descriptors_is_learned() -> None:
    found = evaluate_ratings(made.ratings(), folds=5)
    assert found.n == 160
    assert min(found.arousal.r2, found.valence.r2) > 0.7
    assert min(found.arousal.spearman, found.valence.spearman) > 0.8
    assert found.quadrant_accuracy > 0.75 > 0.5 > found.majority
    assert all(figure.r2 > 0.4 for figure in evaluate_features(made.features(), folds=5).values())


def test_what_does_not_follow_is_not_learned() -> None:
    table = made.ratings()
    table["arousal_mean"] = table["arousal_mean"].sample(frac=1, random_state=1).to_numpy()
    assert evaluate_ratings(table, folds=5).arousal.r2 < 0.1


def test_the_figures_have_the_shape_that_is_documented() -> None:
    ratings = msgspec.to_builtins(evaluate_ratings(made.ratings(), folds=5))
    assert set(ratings) == {"n", "arousal", "valence", "quadrant_accuracy", "majority"}
    assert set(ratings["arousal"]) == set(ratings["valence"]) == {"r2", "spearman"}
    features = msgspec.to_builtins(evaluate_features(made.features(), folds=5))
    assert tuple(features) == FEATURES
    assert all(set(figure) == {"r2", "mae"} for figure in features.values())


def test_figures_are_what_their_names_say() -> None:
    truth = {"valence": np.array([0.2, 0.4, 0.5, 0.9]), "arousal": np.array([0.1, 0.2, 0.3, 0.9])}
    told = {"valence": np.array([0.2, 0.4, 0.4, 0.9]), "arousal": np.array([0.1, 0.3, 0.2, 0.9])}
    found = judge_ratings(truth, told)
    assert found.valence.r2 == pytest.approx(1 - 0.01 / 0.26, abs=1e-4)
    assert found.arousal.spearman == pytest.approx(0.8)
    assert found.quadrant_accuracy == 0.75  # the third song's valence is the middle, which counts as high
    assert found.majority == 0.5
    assert judge_features(truth, told)["arousal"].mae == pytest.approx(0.05)


def test_a_feature_is_judged_where_it_is_known() -> None:
    truth = {"energy": np.array([0.1, np.nan, 0.5, 0.7])}
    assert judge_features(truth, {"energy": np.array([0.1, 0.9, 0.5, 0.7])})["energy"].r2 == 1


def test_the_weights_in_use_are_judged_where_no_folds_are_asked_for() -> None:
    found = evaluate_ratings(made.ratings())
    assert found.n == 160
    assert found.arousal.r2 < 0.5  # they know nothing of tables made by a rule


def test_songs_without_a_feature_are_left_out_of_its_training() -> None:
    table = made.features()
    table.loc[:9, "danceability"] = np.nan
    space = fit(feature_examples(table))
    assert (space.regressors["danceability"].rows, space.regressors["energy"].rows) == (150, 160)


def test_training_twice_gives_the_same() -> None:
    examples = rating_examples(made.ratings())
    assert fit(examples) == fit(examples)


def test_no_row_of_the_table_is_among_the_landmarks() -> None:
    examples = rating_examples(made.ratings())
    space = fit(examples)
    rows = np.sqrt(np.column_stack(list(examples.columns.values())))
    songs = (rows - space.mean) / space.deviation
    apart = np.abs(songs[:, None] - np.array(space.landmarks)).max(axis=2)
    assert apart.min() > 0.1


def test_what_is_stored_predicts_as_what_was_fitted() -> None:
    examples = rating_examples(made.ratings())
    told = Predictor("deam", fit(examples)).predict(examples.columns)
    assert judge_features(examples.targets, told)["arousal"].r2 > 0.8


def test_neighbouring_ids_are_on_one_side_in_whatever_order_they_come() -> None:
    table = made.ratings(40).sample(frac=1, random_state=3)
    fold = folds_of(rating_examples(table), 4)
    by_id = pd.Series(fold, index=table["song_id"]).sort_index().to_numpy()
    assert by_id.tolist() == [0] * 10 + [1] * 10 + [2] * 10 + [3] * 10


def test_nothing_of_a_fold_is_seen_when_it_is_judged() -> None:
    examples = rating_examples(made.ratings(40))
    asked = []

    def method(learn: Examples, judge: Examples) -> dict[str, np.ndarray]:
        asked.append((set(learn.order.tolist()), set(judge.order.tolist())))
        return {name: np.full(len(judge.order), values.mean()) for name, values in learn.targets.items()}

    cross_validated(examples, 5, method)
    assert all(not learn & judge for learn, judge in asked)
    assert set.union(*(judge for _, judge in asked)) == set(range(40))


def test_candidates_are_compared_under_the_same_folds() -> None:
    rated = compare_regressors(made.ratings(60), folds=3)
    assert {candidate.folds for candidate in rated} == {3}
    assert rated[-1].r2 == {
        name: figure.r2
        for name, figure in (
            ("valence", evaluate_ratings(made.ratings(60), 3).valence),
            ("arousal", evaluate_ratings(made.ratings(60), 3).arousal),
        )
    }
    assert all(candidate.quadrant_accuracy is not None for candidate in rated)
    assert [c.quadrant_accuracy for c in compare_regressors(made.features(60), folds=3)] == [None] * len(rated)


def test_a_table_with_some_of_the_features_is_judged_by_these() -> None:
    assert set(evaluate_features(made.features()[["energy", *made.features().columns[6:]]], 5)) == {"energy"}


FAULTS: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "a missing descriptor": (lambda table: table.drop(columns="flux_std"), "no column flux_std"),
    "a missing rating": (lambda table: table.drop(columns="arousal_mean"), "no column arousal_mean"),
    "a gap": (lambda table: table.assign(zcr_mean=table["zcr_mean"].where(table.index != 3)), "Line 5 .* zcr_mean"),
    "a word": (lambda table: table.assign(hnr_mean=["loud", *table["hnr_mean"][1:]]), "Line 2 .* hnr_mean is loud"),
    "an infinity": (lambda table: table.assign(hnr_std=np.inf), "hnr_std is inf, .* 160 such rows"),
    "a rating of 12": (lambda table: table.assign(valence_mean=12.0), "valence_mean is 12, but must be from 1 to 9"),
    "too few rows": (lambda table: table.head(7), "7 rows with valence"),
    "ratings all alike": (lambda table: table.assign(valence_mean=5.0), "not all alike"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_a_table_of_ratings_is_named(name: str) -> None:
    damage, said = FAULTS[name]
    with pytest.raises(ConfigurationError, match=said):
        evaluate_ratings(damage(made.ratings()), folds=5)


def test_a_fault_of_a_table_of_features_is_named() -> None:
    table = made.features()
    with pytest.raises(ConfigurationError, match="no column rmse"):
        evaluate_features(table.drop(columns="rmse"))
    with pytest.raises(ConfigurationError, match=r"energy is 1\.5, but must be from 0 to 1"):
        evaluate_features(table.assign(energy=1.5))
    with pytest.raises(ConfigurationError, match="none of the columns energy"):
        evaluate_features(table.drop(columns=list(FEATURES)))


@pytest.mark.parametrize("folds", [0, 1, 100])
def test_folds_that_cannot_be_are_refused(folds: int) -> None:
    with pytest.raises(ConfigurationError, match=f"in {folds} folds"):
        evaluate_ratings(made.ratings(), folds)
