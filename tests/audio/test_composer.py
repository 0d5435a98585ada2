"""The composed pieces are repeatable sound, and are mostly heard as the mood that they aim at."""

from pathlib import Path

import numpy as np
import pytest

from moodstream import rules
from moodstream.audio.composer import SECONDS, STYLES, compose
from moodstream.audio.descriptors import RATE, describe
from moodstream.audio.features import tell
from moodstream.classifiers import classifier
from moodstream.messages import Features
from moodstream.moods import Mood


def test_there_is_a_style_for_every_mood() -> None:
    assert set(STYLES) == set(Mood)


def test_the_same_seed_composes_the_same_piece() -> None:
    one, same, other = (compose(Mood.CALM, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_a_piece_is_sound_within_full_scale() -> None:
    piece = compose(Mood.ENERGETIC, np.random.default_rng(1))
    assert (piece.shape, piece.dtype) == ((SECONDS * RATE,), np.float32)
    assert 0.1 < np.abs(piece).max() <= 1


@pytest.fixture(scope="module")
def heard() -> dict[Mood, list[Features]]:
    """What is heard in three pieces that aim at each mood."""
    return {
        mood: [tell(describe(compose(mood, np.random.default_rng([number, seed])))).features for seed in range(3)]
        for number, mood in enumerate(Mood)
    }


@pytest.mark.parametrize("aim", Mood)
def test_pieces_are_mostly_heard_as_the_mood_that_they_aim_at(
    heard: dict[Mood, list[Features]], aim: Mood, tmp_path: Path
) -> None:
    model = classifier("trained", tmp_path)
    moods = [rules.MOODS[mood] for mood in model.classify(rules.columns(heard[aim], model.inputs)).mood]
    assert moods.count(aim) >= 2, moods


def test_the_tempo_heard_is_one_of_those_composed(heard: dict[Mood, list[Features]]) -> None:
    ranges = [(piece.tempo, STYLES[mood].bpm) for mood, pieces in heard.items() for piece in pieces]
    off = [(tempo, bpm) for tempo, bpm in ranges if tempo is None or not bpm[0] - 1 <= tempo <= bpm[1] + 1]
    assert len(off) <= 2, off
