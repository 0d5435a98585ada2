"""The parts of the descriptors do the same to a stream, however it is cut, as to a whole sound."""

import librosa
import numpy as np
import pytest

from moodstream.audio.descriptors import Samples
from moodstream.audio.spectrum import Decibels, Framer, Means, Moments
from tests.audio import sounds


@pytest.mark.parametrize("hop", [512, 1024])
def test_frames_are_those_of_librosa(hop: int) -> None:
    samples, framer = sounds.noise(1), Framer(hop)
    parts = [framer.push(part).frames() for part in np.array_split(samples, 7)]
    ours = np.concatenate([*parts, framer.push(samples[:0], last=True).frames()])
    padded = np.pad(samples, 1024)
    np.testing.assert_allclose(ours, librosa.util.frame(padded, frame_length=2048, hop_length=hop).T, atol=1e-8)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_edge_of_a_sound_is_no_zero_crossing(sign: int) -> None:
    framer = Framer(512)
    framed = framer.push(np.full(4096, sign * 0.5, np.float32), last=True)
    assert framed.count == 9
    assert not framed.zero_crossings().any()


def decibels(powers: Samples, ahead: int) -> Samples:
    taken: list[Samples] = []
    stream = Decibels(ahead, taken.append)
    for part in np.array_split(powers, 10):
        stream.push(part)
    stream.finish()
    return np.concatenate(taken)


def test_decibels_are_those_of_librosa_where_the_strongest_is_seen_in_time() -> None:
    powers = (np.random.default_rng(1).random((100, 8)) ** 40).astype(np.float32)
    np.testing.assert_allclose(decibels(powers, ahead=100), librosa.power_to_db(powers), atol=1e-4)


def test_of_a_longer_sound_the_strongest_so_far_says_what_counts_as_nothing() -> None:
    powers = np.full((100, 1), 1e-9, np.float32)
    powers[50], powers[99] = 1e-3, 1.0
    ours = decibels(powers, ahead=10)[:, 0]
    assert ours[0] == pytest.approx(-90, abs=0.01)
    assert ours[45] == pytest.approx(-90, abs=0.01)
    assert ours[95] == pytest.approx(-80, abs=0.01)


def test_moments_of_a_stream_are_those_of_the_whole() -> None:
    rows = np.random.default_rng(1).normal(1e4, 1, (1000, 3))
    moments, means = Moments(), Means()
    for part in np.array_split(rows, 13):
        moments.push(part)
        means.push(part)
    np.testing.assert_allclose(moments.mean(), rows.mean(axis=0))
    np.testing.assert_allclose(means.mean(), rows.mean(axis=0))
    np.testing.assert_allclose(moments.deviation(), rows.std(axis=0))
