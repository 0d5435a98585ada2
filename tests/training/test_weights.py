"""One command makes the weights anew: whole, the same each time, with figures and on the catalogue's scale."""

from pathlib import Path

import numpy as np
import pytest

from moodstream.audio.regressors import Predictor, Weights, load
from moodstream.training.examples import FEATURES, rating_examples
from moodstream.training.weights import FOLDS, main
from tests.training import made


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("tables")
    for name, table in (("ratings", made.ratings(80)), ("features", made.features(80)), ("all", made.catalogue())):
        table.to_csv(folder / f"{name}.csv", index=False)
    return [str(folder / f"{name}.csv") for name in ("ratings", "features", "all")]


@pytest.fixture(scope="module")
def weights(tables: list[str], tmp_path_factory: pytest.TempPathFactory) -> Weights:
    path = tmp_path_factory.mktemp("made") / "weights.json"
    assert main([*tables, str(path)]) == 0
    return load(path)


def test_every_feature_has_its_figures_in_all_folds(weights: Weights) -> None:
    assert set(weights.figures) == {"valence", "arousal", *FEATURES}
    assert all(tuple(figure.folds for figure in figures) == FOLDS for figures in weights.figures.values())
    assert weights.constants == {"liveness": pytest.approx(0.4, abs=0.02)}


def test_predictions_are_stretched_to_the_spread_of_the_catalogue(weights: Weights) -> None:
    told = Predictor("deam", weights.spaces["deam"]).predict(rating_examples(made.ratings(400, seed=5)).columns)
    factor, offset = weights.stretches["valence"]
    stretched = factor * told["valence"] + offset
    assert (stretched.mean(), stretched.std()) == pytest.approx((0.4, 0.1), abs=0.02)
    assert set(weights.stretches) == {"valence", *FEATURES} - {"speechiness"}


def test_the_same_tables_give_the_same_file(tables: list[str], weights: Weights, tmp_path: Path) -> None:
    assert main([*tables, str(tmp_path / "again.json")]) == 0
    again = load(tmp_path / "again.json")
    assert again.checksum == weights.checksum
    assert len(set(again.trained_on.values())) == 2
    assert np.isfinite([regressor.intercept for regressor in again.spaces["fma"].regressors.values()]).all()


def test_a_table_in_the_wrong_place_is_named(tables: list[str], tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    ratings, features, catalogue = tables
    assert main([features, ratings, catalogue, str(tmp_path / "w.json")]) == 2
    assert "no column" in capsys.readouterr().err
    assert main([ratings, features, features, str(tmp_path / "w.json")]) == 2
    assert main([ratings, features]) == 2
    assert "RATINGS.csv FEATURES.csv CATALOGUE.csv" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_named(
    tables: list[str], tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert main([*tables, str(tmp_path / "nowhere" / "weights.json")]) == 2
    assert "cannot be written" in capsys.readouterr().err
