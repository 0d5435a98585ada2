"""The published rules, their boundaries, their confidence, and what they do not guess at."""

import numpy as np
import pytest

from moodstream import rules
from moodstream.moods import Mood
from tests.factories import make_features


def mood_of(**features: float | None) -> Mood | None:
    verdict = rules.classify(rules.columns([make_features(**features)]))
    return None if verdict.reason[0] else rules.MOODS[verdict.mood[0]]


@pytest.mark.parametrize(
    ("features", "mood"),
    [
        ({"valence": 0.34, "energy": 0.49, "tempo": 99, "acousticness": 0.9}, Mood.SAD),
        ({"valence": 0.35, "energy": 0.49, "tempo": 99, "acousticness": 0.9}, Mood.CALM),
        ({"valence": 0.9, "energy": 0.59, "tempo": 109, "acousticness": 0.51, "danceability": 0.9}, Mood.CALM),
        ({"valence": 0.9, "energy": 0.59, "tempo": 110, "acousticness": 0.51, "danceability": 0.9}, Mood.HAPPY),
        ({"valence": 0.5, "danceability": 0.51}, Mood.HAPPY),
        ({"valence": 0.49, "energy": 0.61, "tempo": 116, "danceability": 0.51}, Mood.ENERGETIC),
        ({"valence": 0.39, "energy": 0.61, "tempo": 115, "danceability": 0.51}, Mood.DARK),
        ({"valence": 0.4, "energy": 0.61, "tempo": 115, "danceability": 0.51}, Mood.NEUTRAL),
        ({"valence": 0.5, "energy": 0.6, "tempo": 120, "danceability": 0.5}, Mood.NEUTRAL),
    ],
)
def test_the_first_rule_that_fits_wins(features: dict[str, float], mood: Mood) -> None:
    assert mood_of(**features) is mood


@pytest.mark.parametrize("name", rules.NEEDED)
def test_a_song_that_lacks_a_needed_feature_is_not_guessed_at(name: str) -> None:
    verdict = rules.classify(rules.columns([make_features(**{name: None})]))
    assert verdict.mood[0] == -1
    assert np.isnan(verdict.confidence[0])
    assert verdict.reason == [f"not known: {name}"]


def test_a_song_without_any_features_lacks_them_all() -> None:
    assert rules.classify(rules.columns([None])).reason == ["not known: " + ", ".join(rules.NEEDED)]


def test_no_songs_have_no_moods() -> None:
    verdict = rules.classify(rules.columns([]))
    assert (len(verdict.mood), len(verdict.confidence), verdict.reason) == (0, 0, [])


def test_a_songs_answer_does_not_depend_on_its_neighbours() -> None:
    random = np.random.default_rng(1)
    table = {name: random.uniform(0, 1, 500) * (200 if name == "tempo" else 1) for name in rules.NEEDED}
    together = rules.classify(table)
    alone = [rules.classify({name: column[[i]] for name, column in table.items()}) for i in range(500)]
    assert together.mood.tolist() == [verdict.mood[0] for verdict in alone]
    assert together.confidence.tolist() == [verdict.confidence[0] for verdict in alone]
    assert set(together.mood) == set(range(len(rules.MOODS)))


@pytest.mark.parametrize(
    ("features", "confidence"),
    [
        ({"valence": 0.5, "danceability": 0.9}, 0.5),  # on the threshold
        ({"valence": 0.6, "danceability": 0.9}, 0.7),  # 0.1 above it, of 0.25
        ({"valence": 0.9, "danceability": 0.9}, 1.0),
        ({"valence": 0.2, "energy": 0.2, "tempo": 90}, 0.7),  # Sad by 10 BPM, of 25
    ],
)
def test_confidence_is_how_far_the_nearest_threshold_is(features: dict[str, float], confidence: float) -> None:
    verdict = rules.classify(rules.columns([make_features(**features)]))
    assert verdict.confidence[0] == pytest.approx(confidence)


def test_a_move_smaller_than_the_confidence_allows_never_changes_the_mood() -> None:
    random = np.random.default_rng(2)
    scale = np.array([25.0 if name == "tempo" else 0.25 for name in rules.NEEDED])
    songs = random.uniform(0, 1, (2000, len(rules.NEEDED))) * np.where(scale == 25, 200, 1)
    before = rules.classify(dict(zip(rules.NEEDED, songs.T, strict=True)))
    reach = (before.confidence - 0.5)[:, None] * 2 * scale * 0.999
    moved = songs + random.uniform(-1, 1, songs.shape) * reach
    after = rules.classify(dict(zip(rules.NEEDED, moved.T, strict=True)))
    assert after.mood.tolist() == before.mood.tolist()
