"""Known sounds have the features that they were made with, and every sound has valid ones."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from moodstream.audio.descriptors import RATE, Descriptors, Samples, describe
from moodstream.audio.features import LEAST_LOUDNESS, tell
from moodstream.messages import Features
from tests.audio import sounds

MEASURED = {"tempo", "time_signature", "loudness", "key", "mode"}


def heard(samples: Samples) -> Features:
    return tell(describe(samples)).features


@pytest.fixture(scope="module")
def piano() -> Descriptors:
    return describe(sounds.chords(60, sounds.MAJOR_CADENCE))


@pytest.fixture(scope="module")
def wall() -> Descriptors:
    return describe(sounds.noise(8, level=0.3))


def test_a_click_track_has_its_tempo() -> None:
    assert heard(sounds.clicks(120)).tempo == pytest.approx(120, rel=0.005)


def test_a_cadence_has_its_key_and_mode() -> None:
    found = heard(sounds.chords(65, sounds.MINOR_CADENCE))
    assert (found.key, found.mode) == (5, 0)


def test_loudness_is_that_which_was_measured_as_far_as_a_song_can_have_it(piano: Descriptors) -> None:
    assert tell(replace(piano, loudness=-12.345678)).features.loudness == -12.35
    assert tell(replace(piano, loudness=1.5)).features.loudness == 0
    assert tell(replace(piano, loudness=-70.0)).features.loudness == -60


def test_louder_and_denser_is_more_energetic_and_brighter_noise_less_acoustic(
    piano: Descriptors, wall: Descriptors
) -> None:
    soft, hard = tell(piano).features, tell(wall).features
    assert (soft.energy or 1) + 0.3 < (hard.energy or 0)
    assert (soft.arousal or 1) < (hard.arousal or 0)
    assert (soft.acousticness or 0) > (hard.acousticness or 1) + 0.3


def test_what_is_mastered_quietly_is_as_energetic_as_if_it_were_not() -> None:
    cadence = sounds.chords(60, sounds.MAJOR_CADENCE)
    quiet = describe(cadence / 8)
    assert quiet.loudness < LEAST_LOUDNESS - 3
    gain = 10 ** ((LEAST_LOUDNESS - describe(cadence).loudness) / 20)
    usual = heard(cadence * np.float32(gain))
    assert tell(quiet).features.energy == pytest.approx(usual.energy, abs=0.05)


EXTREMES = {
    "one click": np.eye(1, 2 * RATE, 1000, dtype=np.float32)[0],
    "a constant": np.full(2 * RATE, 0.5, np.float32),
    "full scale": np.sign(sounds.tone()),
    "beyond full scale": 9 * np.sign(sounds.noise()),
    "barely there": sounds.noise(level=1e-4),
    "one second": sounds.noise(1),
    "sound and then silence": np.concatenate([sounds.tone(), np.zeros(5 * RATE, np.float32)]),
    "above hearing": sounds.tone(21_000),
}


@pytest.mark.parametrize("name", EXTREMES)
def test_extreme_sounds_have_valid_features(name: str) -> None:
    found = heard(EXTREMES[name])
    assert msgspec.convert(msgspec.to_builtins(found), Features) == found
    assert found.energy is not None


def test_every_feature_is_measured_modelled_or_estimated() -> None:
    told = tell(describe(sounds.clicks(120)))
    known = {name for name, value in msgspec.structs.asdict(told.features).items() if value is not None}
    assert set(told.modelled) & set(told.estimated) == set()
    assert {*told.modelled, *told.estimated} <= known
    assert {*told.modelled, *told.estimated} | MEASURED == set(Features.__struct_fields__)


def test_an_estimate_is_the_same_for_every_sound(piano: Descriptors, wall: Descriptors) -> None:
    first, second = tell(piano), tell(wall)
    alike = {name for name in first.modelled if getattr(first.features, name) == getattr(second.features, name)}
    assert alike == set()
    (constant,) = set(first.estimated) - MEASURED
    assert getattr(first.features, constant) == getattr(second.features, constant) is not None


def test_a_tempo_in_doubt_is_called_an_estimate() -> None:
    steady, slow = tell(describe(sounds.clicks(120))), tell(describe(sounds.clicks(50)))
    assert steady.features.tempo is not None
    assert slow.features.tempo == pytest.approx(50, rel=0.005)
    assert ("tempo" in steady.estimated, "tempo" in slow.estimated) == (False, True)
