"""What is expected of songs: the Gaussian process against its plain definition."""

import numpy as np
import pytest

from moodstream.recommend import preference
from moodstream.recommend.preference import VARIANCES, Points, Preference, covariance, prior

RANDOM = np.random.default_rng(1)


def points(slots: list[int], hours: list[float]) -> Points:
    """Songs that share moods and artists; every fifth has no mood, every seventh no known sound."""
    numbers = np.array(slots, np.int64)
    sounds = np.random.default_rng(2).random((100, 4)).astype(np.float32)
    sounds[::7] = np.nan
    moods = np.where(numbers % 5 == 0, -1, numbers % 6).astype(np.int8)
    popular = (numbers % 10 / 10).astype(np.float32)
    return Points(numbers, sounds[numbers], moods, numbers // 3, popular, np.array(hours, np.float32))


SEEN = points([3, 4, 5, 7, 14, 30, 31, 3], RANDOM.uniform(0, 6, 8).tolist())
WELCOME = np.array([1.0, -1.0, 0.4, 1.0, -0.6, 1.0, 0.4, -1.0])
NOISE = np.full(8, 0.4)
ASKED = points([3, 6, 8, 14, 21, 32, 70], [2.0])


def test_means_are_those_of_the_textbook() -> None:
    both, own = covariance(SEEN, SEEN), VARIANCES["song"] * (SEEN.slots[:, None] == SEEN.slots)
    across = covariance(ASKED, SEEN) + VARIANCES["song"] * (ASKED.slots[:, None] == SEEN.slots)
    expected = prior(ASKED) + across @ np.linalg.solve(both + own + np.diag(NOISE), WELCOME - prior(SEEN))
    assert Preference(SEEN, WELCOME, NOISE).means(ASKED) == pytest.approx(expected, abs=1e-4)


def test_draws_scatter_as_the_posterior_says() -> None:
    found = Preference(SEEN, WELCOME, NOISE)
    drawn = np.array([found.doubt(ASKED, normal) for normal in RANDOM.standard_normal((4000, 7))])
    across = covariance(ASKED, SEEN)
    seen = covariance(SEEN, SEEN) + VARIANCES["song"] * (SEEN.slots[:, None] == SEEN.slots) + np.diag(NOISE)
    left = covariance(ASKED, ASKED) - across @ np.linalg.solve(seen, across.T)
    assert drawn.mean(axis=0) == pytest.approx(0, abs=0.06)
    assert np.cov(drawn.T) == pytest.approx(left, abs=0.06)


def test_a_song_without_a_sound_is_not_taken_to_sound_like_another() -> None:
    unknown, known = points([7, 14], [1.0]), points([8, 15], [1.0])
    alike = preference._alike(unknown.sounds, np.vstack([known.sounds, unknown.sounds]))
    assert not alike.any()


def test_a_covariance_can_always_be_drawn_from() -> None:
    many = points(list(range(100)) * 2, [1.0])
    assert np.linalg.eigvalsh(covariance(many, many).astype(float)).min() > -1e-4


def test_nothing_seen_leaves_what_is_expected_of_anybody() -> None:
    nothing = points([], [])
    found = Preference(nothing, np.empty(0), np.empty(0))
    assert found.means(ASKED) == pytest.approx(prior(ASKED))
