"""Known sounds have the tempo, the key and the loudness that they were made with; every sound has valid features."""

import msgspec
import numpy as np
import pytest

from moodstream.audio import features
from moodstream.audio.decode import RATE, Samples
from moodstream.audio.descriptors import describe
from moodstream.messages import Features
from tests.audio import sounds


def heard(samples: Samples) -> Features:
    return features.features(describe(samples))


@pytest.mark.parametrize("bpm", [72, 100, 120, 174])
def test_a_click_track_has_its_tempo(bpm: float) -> None:
    assert heard(sounds.clicks(bpm)).tempo == pytest.approx(bpm, rel=0.005)


def test_a_click_track_too_fast_to_walk_to_has_half_its_tempo() -> None:
    assert heard(sounds.clicks(200)).tempo == pytest.approx(100, rel=0.005)


def test_what_does_not_pulse_has_no_tempo() -> None:
    assert heard(sounds.tone(seconds=5)).tempo is None


@pytest.mark.parametrize("key", [0, 5, 11])
def test_a_cadence_has_its_key_and_mode(key: int) -> None:
    major, minor = (heard(sounds.chords(60 + key, cadence)) for cadence in (sounds.MAJOR_CADENCE, sounds.MINOR_CADENCE))
    assert (major.key, major.mode) == (key, 1)
    assert (minor.key, minor.mode) == (key, 0)


@pytest.mark.parametrize("sound", [sounds.noise(5), sounds.clicks(120)])
def test_noise_and_clicks_have_no_key(sound: Samples) -> None:
    assert (heard(sound).key, heard(sound).mode) == (-1, None)


def test_loudness_is_the_root_of_the_mean_square_in_decibels() -> None:
    assert heard(sounds.tone(level=0.5)).loudness == pytest.approx(20 * np.log10(0.5 / np.sqrt(2)), abs=0.01)


def test_louder_and_denser_is_more_energetic_and_brighter_noise_less_acoustic() -> None:
    piano, wall = heard(sounds.chords(60, sounds.MAJOR_CADENCE)), heard(sounds.noise(8, level=0.3))
    assert (piano.energy or 1) + 0.3 < (wall.energy or 0)
    assert (piano.arousal or 1) < (wall.arousal or 0)
    assert (piano.acousticness or 0) > (wall.acousticness or 1) + 0.3


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


def test_a_decoder_of_more_than_sixteen_bits_hears_no_more_than_the_tables_did() -> None:
    fine = sounds.tone()
    rough = np.round(fine * 32_768) / np.float32(32_768)
    assert describe(fine).fma == pytest.approx(describe(rough).fma, rel=1e-6)


def test_what_is_modelled_is_named_as_estimated_and_nothing_else_is() -> None:
    measured = {"tempo", "loudness", "key", "mode"}
    known = {name for name, value in msgspec.structs.asdict(heard(sounds.clicks(120))).items() if value is not None}
    assert set(features.estimates()) == known - measured


def test_each_model_says_its_table_and_how_well_it_does_on_what_it_has_not_seen() -> None:
    card = msgspec.json.decode(features.WEIGHTS.read_bytes())
    for name, model in card["models"].items():
        table = card["tables"][model["table"]]
        assert len(model["weights"]) == len(table["inputs"]) == len(table["mean"]) == len(table["deviation"])
        assert 0.2 < model["held_out_r2"] < 0.8, name
        assert table["source"]
