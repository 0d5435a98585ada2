"""The weights that ship are whole, say how good they are, and apply to one song as to many, never beyond 0..1."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from moodstream.audio import regressors
from moodstream.audio.regressors import COLUMNS, DEAM_COLUMNS, FMA_COLUMNS, WEIGHTS, load, predict, shipped
from moodstream.errors import ConfigurationError, DataError

RATED, CATALOGUED = (
    {"valence", "arousal"},
    {
        "energy",
        "acousticness",
        "danceability",
        "instrumentalness",
        "speechiness",
    },
)


def songs(count: int, columns: tuple[str, ...] = (*DEAM_COLUMNS, *FMA_COLUMNS)) -> dict[str, np.ndarray]:
    random = np.random.default_rng(1)
    return {name: random.uniform(0, 3, count) for name in columns}


def test_many_songs_at_once_are_told_as_each_alone() -> None:
    table = songs(30)
    together = predict(table)
    assert set(together) == RATED | CATALOGUED
    alone = [predict({name: values[place : place + 1] for name, values in table.items()}) for place in range(30)]
    for name, values in together.items():
        assert values == pytest.approx([each[name][0] for each in alone], abs=1e-9)


def test_what_the_columns_allow_is_predicted() -> None:
    assert set(predict(songs(2, DEAM_COLUMNS))) == RATED
    assert set(predict(songs(2, FMA_COLUMNS))) == CATALOGUED


def test_columns_that_are_missing_are_named() -> None:
    with pytest.raises(DataError, match=r"such as loudness_mean and chroma_stft\."):
        predict({"tempo": np.array([120.0])})


def test_an_empty_table_has_no_predictions() -> None:
    assert all(len(values) == 0 for values in predict(songs(0)).values())


@pytest.mark.parametrize("value", [-1e9, 0.0, 1e9])
def test_what_no_table_has_seen_is_not_extrapolated(value: float) -> None:
    told = predict({name: np.array([value]) for name in (*DEAM_COLUMNS, *FMA_COLUMNS)})
    assert all(0 <= values[0] <= 1 for values in told.values())


def test_every_modelled_feature_says_how_well_it_is_predicted_of_unseen_songs() -> None:
    weights = shipped()
    assert set(weights.figures) == RATED | CATALOGUED
    for name, figures in weights.figures.items():
        assert [figure.folds for figure in figures] == [5, 10]
        assert all(0.2 <= figure.r2 < 0.8 for figure in figures), name
    assert set(weights.sources) == set(weights.spaces) == set(weights.trained_on) == set(COLUMNS)


def test_the_parts_of_the_weights_fit_together() -> None:
    for name, space in shipped().spaces.items():
        assert tuple(regressors.inputs(name, songs(1, COLUMNS[name]))) == space.inputs
        assert {len(space.inputs)} == {len(space.mean), len(space.deviation), *map(len, space.landmarks)}
        assert {len(regressor.weights) for regressor in space.regressors.values()} == {len(space.landmarks)}


def test_the_stretch_keeps_order_and_spreads_more() -> None:
    shares = np.linspace(0.3, 0.7, 5)
    for name in ("valence", "energy", "danceability", "acousticness", "instrumentalness"):
        stretched = regressors.on_catalogue_scale({name: shares})[name]
        assert (np.diff(stretched) >= 0).all()
        assert np.ptp(stretched) > np.ptp(shares)
    assert regressors.on_catalogue_scale({"arousal": shares})["arousal"] is shares


def damaged(kind: str) -> bytes:
    content = WEIGHTS.read_bytes()
    return {
        "cut off": content[: len(content) // 2],
        "empty": b"",
        "not text": b"\xff\xfe",
        "another file": b"[1, 2]",
        "a digit changed": content.replace(b'"gamma":0.03', b'"gamma":0.04'),
        "a part missing": msgspec.json.encode({**msgspec.json.decode(content), "spaces": {}}),
    }[kind]


@pytest.mark.parametrize("kind", ["cut off", "empty", "not text", "another file", "a digit changed", "a part missing"])
def test_damaged_weights_are_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    path.write_bytes(damaged(kind))
    with pytest.raises(ConfigurationError, match="damaged"):
        load(path)


def test_missing_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load(tmp_path / "nowhere.json")
