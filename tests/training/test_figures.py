"""Figures: by source, over the moods that its labels have, with Neutral beside."""

import numpy as np
import pytest

from moodstream.rules import Verdicts
from moodstream.training import figures
from moodstream.training.songs import MOODS5, Songs

SAD, CALM, HAPPY, ENERGETIC, DARK = range(5)
NEUTRAL = 5


def songs(*mood: int, source: str = "one") -> Songs:
    names = np.array([str(place) for place in range(len(mood))], dtype=object)
    features = {name: np.full(len(mood), 0.9) for name in ("valence", "energy", "danceability", "acousticness")}
    features |= {"tempo": np.full(len(mood), 120.0)}
    return Songs(features, np.array(mood), np.full(len(mood), source, dtype=object), names, names)


def said(*mood: int, neutral: tuple[int, ...] = ()) -> Verdicts:
    """Verdicts with these as the most likely moods, which are not said at the places `neutral`."""
    probabilities = np.full((len(mood), 5), 0.1)
    probabilities[np.arange(len(mood)), np.array(mood)] = 0.6
    verdicts = np.array([NEUTRAL if place in neutral else one for place, one in enumerate(mood)])
    return Verdicts(verdicts, probabilities.max(axis=1), [None] * len(mood), probabilities)


def test_a_prediction_is_the_most_likely_mood_and_neutral_is_reported_beside() -> None:
    found = figures.figures(songs(SAD, SAD, HAPPY, HAPPY), said(SAD, HAPPY, HAPPY, HAPPY, neutral=(1, 2)))
    assert (found.n, found.accuracy, found.majority) == (4, 0.75, 0.5)
    assert found.f1 == {"Sad": pytest.approx(2 / 3, abs=1e-4), "Happy": 0.8}
    assert found.macro_f1 == pytest.approx((2 / 3 + 0.8) / 2, abs=1e-4)
    assert (found.neutral_share, found.accuracy_where_answered) == (0.5, 1)
    assert found.confusion["Sad"] == dict.fromkeys(figures.SAID, 0) | {"Sad": 1, "Neutral": 1}
    assert found.ece == pytest.approx(0.15)


def test_a_mood_that_no_label_has_lowers_the_others_but_is_none_of_the_mean() -> None:
    found = figures.figures(songs(SAD, SAD), said(SAD, DARK))
    assert found.f1 == {"Sad": pytest.approx(2 / 3, abs=1e-4)}


def test_a_song_without_a_mood_is_wrong_and_counted() -> None:
    verdicts = said(SAD, SAD)
    verdicts.mood[1], verdicts.probabilities[1] = -1, np.nan
    found = figures.figures(songs(SAD, SAD), verdicts)
    assert (found.unclassified, found.accuracy, found.accuracy_where_answered) == (1, 0.5, 1)
    assert found.confusion["Sad"]["Unclassified"] == 1
    assert found.ece == pytest.approx(0.4)


def test_the_rules_are_judged_on_the_same_songs() -> None:
    found = figures.figures(songs(HAPPY, SAD), said(SAD, SAD))
    assert found.rules_macro_f1 == pytest.approx((2 / 3 + 0) / 2, abs=1e-4)


def test_rules_have_no_probabilities_and_so_no_calibration() -> None:
    found = figures.figures(songs(SAD, HAPPY), Verdicts(np.array([SAD, NEUTRAL]), np.array([0.5, 0.6]), [None, None]))
    assert (found.ece, found.accuracy, found.neutral_share) == (None, 0.5, 0.5)


def test_models_are_chosen_by_the_mean_over_sources_however_many_songs_these_have() -> None:
    one, other = songs(*[SAD] * 8), songs(*[HAPPY] * 2, source="other")
    both = Songs(
        {name: np.append(column, other.features[name]) for name, column in one.features.items()},
        *(np.append(getattr(one, name), getattr(other, name)) for name in ("mood", "source", "group", "track")),
    )
    assert figures.macro_f1(both, said(*[SAD] * 10)) == 0.5
    assert list(figures.by_source(both, said(*[SAD] * 10))) == ["one", "other"]


def test_the_moods_are_in_the_order_of_the_rules() -> None:
    assert MOODS5 == ("Sad", "Calm", "Happy", "Energetic", "Dark")
