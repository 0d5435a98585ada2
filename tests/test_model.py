"""The mood model: what it says, what it does not guess at, and files that it refuses."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from moodstream import model
from moodstream.errors import ConfigurationError
from moodstream.model import Model
from moodstream.parts import BLOCK, leaf_of
from moodstream.rules import MOODS, NEEDED

BALLAD = {"valence": 0.2, "energy": 0.3, "danceability": 0.45, "acousticness": 0.8, "tempo": 110.0, "loudness": -10.0}
METAL = {"valence": 0.2, "energy": 0.97, "danceability": 0.35, "acousticness": 0.0, "tempo": 160.0, "loudness": -4.0}
PARTY = {"valence": 0.95, "energy": 0.7, "danceability": 0.8, "acousticness": 0.2, "tempo": 115.0, "loudness": -6.0}
PIANO = {"valence": 0.15, "energy": 0.1, "danceability": 0.35, "acousticness": 0.98, "tempo": 80.0, "loudness": -22.0}
REST = {"instrumentalness": 0.0, "speechiness": 0.05}


def table(*songs: dict[str, float]) -> pd.DataFrame:
    return pd.DataFrame([REST | song for song in songs])


def a_card() -> model.Card:
    return json.loads(model.SHIPPED.read_text(encoding="utf-8"))


def one_tree(asks: int, threshold: float) -> model.Card:
    """A card whose only tree asks one thing, at its root, and says Sad (left) or Dark (right)."""
    left, right = [[1.0, 0, 0, 0, 0]] * 4, [[0, 0, 0, 0, 1.0]] * 4
    trees = {
        "feature": [[asks, 0, 0, 0, 0, 0, 0]],
        "threshold": [[threshold, 0, 0, 0, 0, 0, 0]],
        "leaves": [left + right],
    }
    linear = {"weights": np.zeros((8, 5)).tolist(), "intercept": [0.0] * 5}
    return a_card() | {"trees": trees, "linear": linear}


def test_songs_whose_mood_anybody_would_hear() -> None:
    verdicts = model.load().classify(table(BALLAD, PIANO | {"instrumentalness": 0.9}, PARTY, METAL))
    assert [MOODS[mood] for mood in verdicts.mood] == ["Sad", "Calm", "Happy", "Dark"]


def test_probabilities_of_the_five_moods_sum_to_one_and_the_mood_is_the_most_likely() -> None:
    verdicts = model.load().classify(table(BALLAD, METAL, PARTY))
    assert verdicts.probabilities is not None
    assert verdicts.probabilities.shape == (3, 5)
    assert verdicts.probabilities.sum(axis=1) == pytest.approx(1)
    assert verdicts.mood.tolist() == verdicts.probabilities.argmax(axis=1).tolist()
    assert verdicts.confidence == pytest.approx(verdicts.probabilities.max(axis=1))


def test_neutral_is_said_where_no_mood_is_likely_enough_and_is_sure_where_they_are_unlikely() -> None:
    verdicts = Model(a_card() | {"neutral_below": 0.999}).classify(table(BALLAD))
    assert verdicts.probabilities is not None
    assert MOODS[verdicts.mood[0]] == "Neutral"
    assert verdicts.confidence[0] == pytest.approx(1 - verdicts.probabilities.max())


@pytest.mark.parametrize("name", NEEDED)
def test_a_song_that_lacks_a_needed_feature_is_not_guessed_at_and_its_neighbour_is(name: str) -> None:
    verdicts = model.load().classify(table(BALLAD | {name: np.nan}, BALLAD))
    assert verdicts.probabilities is not None
    assert verdicts.mood.tolist() == [-1, 0]
    assert np.isnan(verdicts.confidence[0])
    assert np.isnan(verdicts.probabilities[0]).all()
    assert verdicts.reason == [f"not known: {name}", None]


def test_a_song_that_was_heard_has_no_tempo_only_because_nothing_pulses() -> None:
    pad = BALLAD | {"tempo": np.nan, "arousal": 0.3}
    verdicts = model.load().classify(table(pad, pad | {"arousal": np.nan}, pad | {"valence": np.nan}))
    assert verdicts.reason == [None, "not known: tempo", "not known: valence"]


def test_what_was_heard_is_judged_without_what_sound_tells_badly() -> None:
    heard = BALLAD | {"arousal": 0.3}
    loud = heard | {"loudness": -3.0, "instrumentalness": 1.0, "speechiness": 0.9}
    told = model.load().classify(table(heard, loud, BALLAD)).probabilities
    assert told is not None
    assert told[0] == pytest.approx(told[1])
    assert told[0].max() < told[2].max()


def test_songs_that_were_heard_and_songs_of_a_catalogue_are_told_alike_alone_and_together() -> None:
    songs = table(BALLAD, BALLAD | {"arousal": 0.3}, METAL, METAL | {"arousal": 0.9})
    together = model.load().classify(songs).probabilities
    alone = [model.load().classify(songs.iloc[[place]]).probabilities for place in range(len(songs))]
    assert together == pytest.approx(np.concatenate([one for one in alone if one is not None]))


def test_a_model_without_a_part_for_what_was_heard_judges_it_like_a_catalogue() -> None:
    plain = Model({key: value for key, value in a_card().items() if key != "heard"})
    heard, given = plain.classify(table(BALLAD | {"arousal": 0.3}, BALLAD)).probabilities  # type: ignore[misc]
    assert heard == pytest.approx(given)


def test_all_that_lacks_is_named() -> None:
    (reason,) = model.load().classify(table(BALLAD | {"tempo": np.nan, "valence": np.nan})).reason
    assert reason == "not known: valence, tempo"


@pytest.mark.parametrize("name", sorted(set(model.load().inputs) - {*NEEDED, model.HEARD}))
def test_another_feature_that_is_not_known_is_taken_as_typical(name: str) -> None:
    shipped = model.load()
    typical = next(feature["typical"] for feature in a_card()["features"] if feature["name"] == name)
    songs = table(BALLAD, METAL)
    told = shipped.classify(songs.assign(**{name: typical})).probabilities
    assert shipped.classify(songs.assign(**{name: np.nan})).probabilities == pytest.approx(told)
    assert shipped.classify(songs.drop(columns=name)).probabilities == pytest.approx(told)


def test_features_far_out_of_range_count_as_at_its_end() -> None:
    said = model.load().classify(table(BALLAD | {"loudness": -1000.0, "tempo": 1.0})).probabilities
    assert said == pytest.approx(
        model.load().classify(table(BALLAD | {"loudness": -60.0, "tempo": 40.0})).probabilities
    )


def test_songs_are_told_alike_alone_and_in_a_crowd() -> None:
    random = np.random.default_rng(1)
    names = model.load().inputs
    crowd = pd.DataFrame(random.random((BLOCK + 10, len(names))), columns=names)
    together = model.load().classify(crowd).probabilities
    assert together is not None
    for place in (0, BLOCK - 1, BLOCK, BLOCK + 9):
        assert model.load().classify(crowd.iloc[[place]]).probabilities == pytest.approx(together[[place]], abs=1e-6)


def test_no_songs_are_no_failure() -> None:
    verdicts = model.load().classify(table(BALLAD).iloc[:0])
    assert (len(verdicts.mood), verdicts.reason) == (0, [])


@pytest.mark.parametrize(("valence", "mood"), [(0.5, "Sad"), (0.5001, "Dark")])
def test_a_tree_sends_a_song_left_up_to_its_threshold_and_right_above(valence: float, mood: str) -> None:
    feature = {"name": "valence", "transform": "as it is", "add": 0.0, "low": 0.0, "high": 1.0}
    plain = feature | {"typical": 0.5, "mean": 0.0, "deviation": 1.0}
    card = one_tree(asks=0, threshold=0.5)
    verdicts = Model(card | {"features": [plain, *card["features"][1:]]}).classify(table(BALLAD | {"valence": valence}))
    assert verdicts.probabilities is not None
    assert MOODS[verdicts.probabilities[0].argmax()] == mood


@pytest.mark.parametrize(
    ("code", "leaf"), [(0b0000000, 0), (0b1111111, 7), (0b1000000, 4), (0b1010000, 6), (0b0101000, 2)]
)
def test_the_answers_at_the_nodes_lead_to_a_leaf(code: int, leaf: int) -> None:
    assert leaf_of(code) == leaf


def test_a_model_is_the_same_after_saving_and_loading(tmp_path: Path) -> None:
    model.save(model.load(), tmp_path / "mood.json")
    again = model.load(tmp_path / "mood.json")
    assert again.card == a_card()
    assert [file.name for file in tmp_path.iterdir()] == ["mood.json"]


def test_the_model_in_use_is_the_folders_own_or_the_shipped_one(tmp_path: Path) -> None:
    assert model.in_use(tmp_path) == model.SHIPPED
    model.save(model.load(), tmp_path / "mood.json")
    assert model.in_use(tmp_path) == tmp_path / "mood.json"


@pytest.mark.parametrize("folder", [Path("x" * 300), Path("~nobody of this name/models")])
def test_a_folder_of_models_that_cannot_be_looked_into_is_named(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="set MODEL_DIR to another") as refused:
        model.in_use(folder)
    assert str(folder) in str(refused.value)


def signed(card: Any) -> str:
    return json.dumps(card | {"sha256": model.checksum(card)})


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "cannot be read as a model"),
        ('{"format": 1', "cannot be read as a model"),
        ("\x00\x01", "cannot be read as a model"),
        ("[" * 100_000, "cannot be read as a model"),
        ("[]", "is not a mood model"),
        ('{"version": "regressors-1", "sha256": ""}', "is not a mood model"),
        (json.dumps(a_card() | {"temperature": float("nan")}), "cannot be read as a model"),
        (json.dumps(a_card() | {"format": 2}), "newer version"),
        (json.dumps(a_card() | {"temperature": 1.5}), "changed or damaged"),
        (signed({"format": 1, "name": "moods-9"}), "does not hold a whole model"),
        (signed(a_card() | {"features": a_card()["features"][:3]}), "does not hold a whole model"),
        (signed(a_card() | {"linear": {"weights": [[1]], "intercept": "no"}}), "does not hold a whole model"),
    ],
    ids=lambda value: value[:20],
)
def test_a_file_that_is_no_whole_model_is_refused_in_one_sentence(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "mood.json").write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=says) as refused:
        model.load(tmp_path / "mood.json")
    assert str(tmp_path) in str(refused.value)


def test_a_model_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no model at"):
        model.load(tmp_path / "mood.json")


def test_the_shipped_model_is_small_and_says_where_it_comes_from() -> None:
    card = a_card()
    assert model.SHIPPED.stat().st_size < 300_000
    assert card["trained_on"]["table"] == "moods_train.csv"
    assert len(card["trained_on"]["sha256"]) == len(hashlib.sha256().hexdigest())
    assert sum(card["trained_on"]["songs"].values()) > 3000
    assert {"python", "numpy", "scikit-learn"} <= card["versions"].keys()
    assert card["figures"]["moods"].keys() == card["trained_on"]["songs"].keys()


def test_telling_moods_needs_numpy_alone() -> None:
    code = (
        'import sys; from moodstream.model import load; load(); print({"sklearn", "scipy", "pandas"} & {*sys.modules})'
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
