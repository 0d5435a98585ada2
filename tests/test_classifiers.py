"""Who tells the moods, and what is said of each play."""

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mood_classifier import classify
from moodstream import model
from moodstream.classifiers import RULES, Current, classified, classifier
from moodstream.errors import ConfigurationError
from moodstream.messages import decode, encode
from moodstream.moods import Mood
from tests.factories import NOON, make_features, make_play, make_record, make_song


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


def keep(folder: Path, name: str) -> None:
    """Put a model of that name into the folder."""
    model.save(model.Model(model.load().card | {"name": name}), folder / model.FILE)


def test_a_new_model_is_taken_when_its_file_changes_and_the_shipped_one_when_it_goes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    current = Current("trained", tmp_path)
    assert current.classifier.name == model.load().name
    for name in ("mine-1", "mine-2"):
        keep(tmp_path, name)
        assert current.classifier.name == name
    (tmp_path / model.FILE).unlink()
    assert current.classifier.name == model.load().name
    assert [record.args for record in caplog.records] == [("mine-1",), ("mine-2",), (model.load().name,)]


def test_a_file_that_stays_is_read_once(tmp_path: Path) -> None:
    keep(tmp_path, "mine-1")
    current = Current("trained", tmp_path)
    assert current.classifier is current.classifier


def test_a_damaged_model_leaves_the_one_before_and_is_named_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keep(tmp_path, "mine-1")
    current = Current("trained", tmp_path)
    before = current.classifier
    (tmp_path / model.FILE).write_text("{}", encoding="utf-8")
    assert [current.classifier, current.classifier] == [before, before]
    assert ["mood.json" in record.getMessage() for record in caplog.records] == [True]
    keep(tmp_path, "mine-2")
    assert current.classifier.name == "mine-2"


def test_a_model_that_is_damaged_from_the_beginning_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / model.FILE).write_text("{}", encoding="utf-8")
    current = Current("trained", tmp_path)
    for _ in range(2):
        with pytest.raises(ConfigurationError, match=r"mood\.json"):
            _ = current.classifier
    keep(tmp_path, "mine-1")
    assert current.classifier.name == "mine-1"


def test_the_rules_are_the_rules_whatever_lies_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / model.FILE).write_text("{}", encoding="utf-8")
    assert Current("rules", tmp_path).classifier is RULES


def test_many_threads_may_ask_while_models_come(tmp_path: Path) -> None:
    current = Current("trained", tmp_path)
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(lambda: current.classifier.name) for _ in range(50)]
        keep(tmp_path, "mine-1")
        asked += [threads.submit(lambda: current.classifier.name) for _ in range(50)]
    assert {answer.result() for answer in asked} <= {model.load().name, "mine-1"}
    assert current.classifier.name == "mine-1"


def test_the_classifier_takes_a_new_model_between_two_batches(tmp_path: Path) -> None:
    current, batch = Current("trained", tmp_path), [make_record(make_play())]
    told = [classify(current, batch).publish[0]]
    keep(tmp_path, "mine-1")
    told.append(classify(current, batch).publish[0])
    assert [getattr(said, "model", None) for said in told] == [model.load().name, "mine-1"]
