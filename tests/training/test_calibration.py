"""Calibration: probabilities that come true, and Neutral where the most likely mood is more often wrong."""

import numpy as np
import pytest

from moodstream.parts import calibrated, softmax
from moodstream.training import calibration
from moodstream.training.songs import Songs


def songs(mood: np.ndarray, source: np.ndarray | None = None) -> Songs:
    names = np.array([str(place) for place in range(len(mood))], dtype=object)
    sources = np.full(len(mood), "one", dtype=object) if source is None else source
    return Songs({}, mood, sources, names, names)


def drawn(logits: np.ndarray, seed: int = 2) -> np.ndarray:
    """Moods that come true as often as the logits say."""
    random = np.random.default_rng(seed)
    return (softmax(logits).cumsum(axis=1) < random.random((len(logits), 1))).sum(axis=1).clip(max=4)


def some_logits(number: int) -> np.ndarray:
    return 2 * np.random.default_rng(1).normal(size=(number, 5))


def test_logits_that_are_twice_too_sure_are_halved() -> None:
    logits = some_logits(5000)
    heat, doubt = calibration.temperature_and_doubt(2 * logits, drawn(logits))
    assert heat == pytest.approx(2, abs=0.15)
    assert doubt < 0.05


def test_labels_without_a_reason_become_doubt_and_not_heat() -> None:
    logits, random = some_logits(5000), np.random.default_rng(3)
    mood = np.where(random.random(5000) < 0.2, random.integers(0, 5, 5000), drawn(logits))
    heat, doubt = calibration.temperature_and_doubt(logits, mood)
    assert doubt == pytest.approx(0.2, abs=0.05)
    assert heat == pytest.approx(1, abs=0.15)
    before = calibration.calibration_error(softmax(logits), mood)
    assert calibration.calibration_error(calibrated(logits, heat, doubt), mood) < before / 2


def test_the_calibration_error_is_the_gap_between_confidence_and_right_answers() -> None:
    probabilities = np.tile([0.8, 0.2, 0, 0, 0], (10, 1))
    assert calibration.calibration_error(probabilities, np.repeat([0, 1], [6, 4])) == pytest.approx(0.2)
    assert calibration.calibration_error(probabilities, np.repeat([0, 1], [8, 2])) == pytest.approx(0)


def test_neutral_begins_where_the_most_likely_mood_is_more_often_wrong_than_right() -> None:
    largest = np.linspace(0.2, 1, 4000)
    probabilities = np.column_stack([largest, *[(1 - largest) / 4] * 4])
    right = largest > 0.4
    assert calibration.neutral_below(probabilities, songs(np.where(right, 0, 1))) == pytest.approx(0.4, abs=0.01)


def test_neutral_never_covers_what_the_model_holds_for_more_likely_than_not() -> None:
    probabilities = np.tile([0.9, 0.1, 0, 0, 0], (400, 1))
    assert calibration.neutral_below(probabilities, songs(np.ones(400, dtype=np.int64))) == calibration.ENOUGH


def test_neutral_is_not_said_by_a_model_that_is_mostly_right() -> None:
    probabilities = np.tile([0.3, 0.2, 0.2, 0.2, 0.1], (400, 1))
    assert calibration.neutral_below(probabilities, songs(np.zeros(400, dtype=np.int64))) == 0


def test_a_mood_that_a_source_has_no_word_for_is_no_mistake_there() -> None:
    probabilities = np.tile([0.3, 0.3, 0.2, 0.1, 0.1], (800, 1))
    probabilities[:400, 4] = 0.4
    source = np.repeat(np.array(["no word for Dark", "says Sad"], dtype=object), 400)
    mood = np.repeat([1, 0], 400)
    assert calibration.neutral_below(probabilities, songs(mood, source)) == 0
    mood[0] = 4
    assert calibration.neutral_below(probabilities, songs(mood, source)) > 0
