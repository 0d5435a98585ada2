"""Who tells the moods, and what is said of each play."""

from pathlib import Path

import pytest

from moodstream.classifiers import RULES, classified, classifier
from moodstream.errors import ConfigurationError
from moodstream.messages import decode, encode
from moodstream.moods import Mood
from tests.factories import NOON, make_features, make_play, make_song


def test_the_model_that_comes_along_is_used_where_there_is_no_other(tmp_path: Path) -> None:
    trained = classifier("trained", tmp_path / "nowhere")
    (said,) = classified([make_play()], trained, NOON)
    assert said.model == trained.name != RULES.name
    assert said.probabilities is not None
    assert said.probabilities.keys() == {mood for mood in Mood if mood is not Mood.NEUTRAL}
    assert sum(said.probabilities.values()) == pytest.approx(1, abs=1e-3)
    assert decode("mood_classified", encode(said)) == said


def test_the_rules_give_no_probabilities() -> None:
    (said,) = classified([make_play()], classifier("rules", Path()), NOON)
    assert (said.mood, said.model, said.probabilities) == (Mood.HAPPY, "rules-1", None)


def test_a_song_that_lacks_a_feature_has_a_reason_and_its_neighbours_a_mood(tmp_path: Path) -> None:
    plays = [make_play(), make_play(make_song(features=make_features(tempo=None))), make_play(make_song(features=None))]
    for by in (RULES, classifier("trained", tmp_path)):
        heard, lacking, silent = classified(plays, by, NOON)
        assert heard.mood is not None
        assert (lacking.mood, lacking.probabilities, lacking.reason) == (None, None, "not known: tempo")
        assert silent.reason is not None
        assert silent.reason.startswith("not known: valence")


def test_no_plays_are_no_failure(tmp_path: Path) -> None:
    assert [classified([], by, NOON) for by in (RULES, classifier("trained", tmp_path))] == [[], []]


def test_a_damaged_model_is_named_and_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "mood.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"mood\.json"):
        classifier("trained", tmp_path)
