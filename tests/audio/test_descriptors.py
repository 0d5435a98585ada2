"""Every descriptor is librosa's own within 1%, and the loudness that of the standard, however the sound comes in."""

from collections.abc import Callable

import numpy as np
import pyloudnorm
import pytest
import soxr

from moodstream.audio import fma
from moodstream.audio.composer import compose
from moodstream.audio.descriptors import RATE, Descriptors, Samples, describe, describe_stream
from moodstream.moods import Mood
from tests.audio import librosa_reference, sounds


def speech() -> Samples:
    """Noise in syllables and phrases, with digital silence between them."""
    time = sounds.times(10)
    syllables = np.maximum(0, np.sin(2 * np.pi * 4 * time)) * (np.sin(2 * np.pi * 0.3 * time) > -0.5)
    return (sounds.noise(10, level=0.2) * syllables).astype(np.float32)


def composed(mood: Mood) -> Callable[[], Samples]:
    return lambda: compose(mood, np.random.default_rng(1))


SOUNDS: dict[str, Callable[[], Samples]] = {
    "tone": lambda: sounds.tone(seconds=5),
    "noise": lambda: sounds.noise(5),
    "clicks": lambda: sounds.clicks(120),
    "chords": lambda: sounds.chords(60, sounds.MAJOR_CADENCE),
    "speech": speech,
    **{mood.value: composed(mood) for mood in Mood},
}

# What crosses zero is held to 1% of what its deviation is from one piece of music to another.
LEAST = {"mfcc": 5.0}


@pytest.mark.parametrize("name", SOUNDS)
def test_each_descriptor_is_librosas_own_within_a_hundredth(name: str) -> None:
    samples = SOUNDS[name]()
    ours = describe(samples)
    within(ours.fma, librosa_reference.fma(samples, fma.HOP), 0.01)
    within(ours.deam, librosa_reference.deam(samples), 0.01)
    np.testing.assert_allclose(ours.onsets, librosa_reference.onsets(samples), atol=1e-3)
    np.testing.assert_allclose(ours.bass_onsets, librosa_reference.onsets(samples, slice(7)), atol=1e-3)
    np.testing.assert_allclose(ours.pitches, librosa_reference.pitches(samples), atol=1e-3)


def within(ours: dict[str, float], theirs: dict[str, float], share: float) -> None:
    assert ours.keys() == theirs.keys()
    for name, value in theirs.items():
        least = LEAST.get(name.partition(".")[0], 0.0)
        assert ours[name] == pytest.approx(value, abs=share * max(abs(value), least)), name


def test_every_second_frame_tells_the_means_over_all_of_them() -> None:
    samples = np.concatenate([compose(mood, np.random.default_rng(2)) for mood in Mood])
    within(describe(samples).fma, librosa_reference.fma(samples, fma.HOP // 2), 0.01)


@pytest.mark.parametrize("size", [1000, 44_100, 200_000])
def test_the_size_of_the_blocks_that_a_sound_comes_in_makes_no_difference(size: int) -> None:
    samples = compose(Mood.HAPPY, np.random.default_rng(3))[: 5 * RATE]
    blocks = [samples[start : start + size] for start in range(0, len(samples), size)]
    same(describe_stream(blocks, RATE), describe(samples))


def same(one: Descriptors, other: Descriptors) -> None:
    assert one.fma == pytest.approx(other.fma, rel=1e-4, abs=1e-4)
    assert one.deam == pytest.approx(other.deam, rel=1e-4)
    np.testing.assert_allclose(one.onsets, other.onsets, atol=1e-3)
    np.testing.assert_allclose(one.pitches, other.pitches, atol=1e-4)
    assert one.loudness == pytest.approx(other.loudness, abs=0.01)


@pytest.mark.parametrize("rate", [48_000, 96_000, 192_000])
def test_the_rate_that_a_sound_comes_at_makes_little_difference(rate: int) -> None:
    samples = compose(Mood.CALM, np.random.default_rng(4))
    ours = describe(soxr.resample(samples, RATE, rate), rate)
    within(ours.deam, describe(samples).deam, 0.02)


@pytest.mark.parametrize(
    ("name", "level"), [*((name, 0.5) for name in SOUNDS), ("speech", 0.05), ("chords", 0.02), ("noise", 0.005)]
)
def test_loudness_is_that_of_the_standard_within_half_a_unit(name: str, level: float) -> None:
    samples = SOUNDS[name]() * np.float32(level)
    theirs = pyloudnorm.Meter(RATE).integrated_loudness(librosa_reference.rounded(samples).astype(np.float64))
    assert describe(samples).loudness == pytest.approx(max(theirs, -70.0), abs=0.5)


def test_silence_between_sounds_does_not_count_for_loudness() -> None:
    sound = sounds.noise(5)
    quiet = np.concatenate([sound, np.zeros(20 * RATE, np.float32)])
    assert describe(quiet).loudness == pytest.approx(describe(sound).loudness, abs=0.3)


def test_what_no_gate_lets_through_has_the_least_loudness_that_there_is() -> None:
    assert describe(sounds.noise(level=1e-4)).loudness == -70.0
