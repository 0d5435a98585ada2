"""The composed pieces are repeatable sound, and are mostly heard as the mood that they aim at."""

import numpy as np

from moodstream import rules
from moodstream.audio.composer import SECONDS, STYLES, compose
from moodstream.audio.decode import RATE
from moodstream.audio.descriptors import describe
from moodstream.audio.features import features
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


def test_pieces_are_mostly_heard_as_the_mood_that_they_aim_at() -> None:
    aims = list(Mood) * 2
    heard = [features(describe(compose(aim, np.random.default_rng([1, n])))) for n, aim in enumerate(aims)]
    moods = [rules.MOODS[mood] for mood in rules.classify(rules.columns(heard)).mood]
    assert sum(mood is aim for mood, aim in zip(moods, aims, strict=True)) >= 10
