"""Fitting: what a source has no word for is no evidence, and the file says what was fitted."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from moodstream.model import Model
from moodstream.parts import softmax
from moodstream.training import fitting
from moodstream.training.songs import MOODS5, Songs, labelled
from moodstream.training.tables import read
from tests.training.songs import make_songs, write

PART = {"name": "a part", "temperature": 1.0, "doubt": 0.0, "neutral_below": 0.0}


def songs_of(frame: pd.DataFrame, tmp_path: Path) -> Songs:
    return labelled(read(write(frame, tmp_path / "songs.csv")))


def shares(model: Model, songs: Songs) -> np.ndarray:
    return softmax(model.logits(songs.features))


def test_made_up_songs_are_told_apart(tmp_path: Path) -> None:
    model = Model(PART | fitting.fit(songs_of(make_songs(60), tmp_path)))
    others = songs_of(make_songs(30, seed=2), tmp_path)
    assert np.mean(shares(model, others).argmax(axis=1) == others.mood) > 0.85


def test_the_same_songs_give_the_same_model(tmp_path: Path) -> None:
    songs = songs_of(make_songs(30), tmp_path)
    assert fitting.fit(songs) == fitting.fit(songs)


def test_a_calm_song_is_called_calm_in_a_source_that_has_no_word_for_it(tmp_path: Path) -> None:
    frame = make_songs(60)
    calm = frame[(frame["mood"] == "Calm")].assign(source="angry", mood="Happy")
    songs = songs_of(pd.concat([frame[frame["source"] == "angry"], calm, frame[frame["source"] == "gentle"]]), tmp_path)
    told_to_be_calm = songs_of(calm.assign(mood="Calm"), tmp_path)
    features = fitting.describe(songs)
    found = {}
    for masked in (True, False):
        weights, intercept = fitting.logistic(fitting.exemplify(songs, features, masked))
        card = {"features": features, "linear": {"weights": weights, "intercept": intercept}}
        model = Model(PART | card | {"trees": {"feature": [], "threshold": [], "leaves": []}})
        found[masked] = shares(model, told_to_be_calm)[:, MOODS5.index("Calm")].mean()
    assert found[True] > found[False]
    assert found[True] > 0.5


def test_a_mood_that_no_source_has_a_word_for_is_never_said(tmp_path: Path) -> None:
    frame = make_songs(40)
    model = Model(PART | fitting.fit(songs_of(frame[frame["source"] == "gentle"], tmp_path)))
    dark = songs_of(frame[frame["mood"] == "Dark"], tmp_path)
    assert shares(model, dark)[:, MOODS5.index("Dark")].max() < 1e-6


def test_a_feature_that_the_table_lacks_has_no_say(tmp_path: Path) -> None:
    songs = songs_of(make_songs(30).drop(columns=["loudness", "speechiness"]), tmp_path)
    model = Model(PART | fitting.fit(songs))
    quiet, loud = ({**songs.features, "loudness": np.full(len(songs), level)} for level in (-50.0, -1.0))
    assert model.logits(quiet) == pytest.approx(model.logits(loud), abs=1e-6)


def test_every_source_counts_the_same_however_many_songs_it_has(tmp_path: Path) -> None:
    frame = make_songs(20)
    songs = songs_of(pd.concat([frame, frame[frame["source"] == "angry"]]), tmp_path)
    examples = fitting.exemplify(songs, fitting.describe(songs))
    assert examples.weights[songs.source == "angry"].sum() == pytest.approx(0.5)


def test_a_tree_that_ended_early_is_filled_up(tmp_path: Path) -> None:
    songs = songs_of(make_songs(100), tmp_path)
    features = fitting.describe(songs)
    examples = fitting.exemplify(songs, features)
    grown = fitting.boosting(examples)
    model = Model(
        PART
        | {
            "features": features,
            "linear": {"weights": np.zeros((len(features), 5)), "intercept": np.zeros(5)},
            "trees": grown,
        }
    )
    assert len(grown["feature"]) == fitting.TREES
    assert {len(nodes) for nodes in grown["threshold"]} == {7}
    assert {len(leaves) for leaves in grown["leaves"]} == {8}
    assert np.mean(model.logits(songs.features).argmax(axis=1) == songs.mood) > 0.7
