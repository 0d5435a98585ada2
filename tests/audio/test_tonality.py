"""Keys are found in chords that are made here, whose pitch classes librosa computes as the reference."""

from functools import cache
from typing import Any, Literal

import librosa
import numpy as np
import pytest

from moodstream.audio.tonality import NO_KEY, key_and_mode

Floats = np.ndarray[Any, np.dtype[np.floating[Any]]]
Chords = tuple[tuple[int, tuple[int, ...]], ...]
Mode = Literal[0, 1]

RATE = 22_050
MAJOR, MINOR, DOMINANT = (0, 4, 7), (0, 3, 7), (0, 4, 7, 10)

# Chords as semitones above the tonic: four of what most songs are made of, in each mode.
PROGRESSIONS: dict[Mode, tuple[Chords, ...]] = {
    1: (
        ((0, MAJOR), (7, MAJOR), (9, MINOR), (5, MAJOR)),
        ((0, MAJOR), (5, MAJOR), (7, MAJOR), (0, MAJOR)),
        ((0, MAJOR), (9, MINOR), (5, MAJOR), (7, DOMINANT)),
        ((0, MAJOR), (10, MAJOR), (5, MAJOR), (0, MAJOR)),
    ),
    0: (
        ((0, MINOR), (5, MINOR), (7, MAJOR), (0, MINOR)),
        ((0, MINOR), (10, MAJOR), (8, MAJOR), (7, DOMINANT)),
        ((0, MINOR), (8, MAJOR), (5, MINOR), (7, MAJOR)),
        ((0, MINOR), (0, MINOR), (5, MINOR), (0, MINOR)),
    ),
}


CADENCES = {0: PROGRESSIONS[0][0], 1: PROGRESSIONS[1][1]}


def pitches(sound: Floats) -> Floats:
    """The 36 pitch classes as librosa makes them, the mean over frames that each have their strongest at 1."""
    classes = bank() @ np.abs(librosa.stft(sound)) ** 2
    strongest: Floats = librosa.util.normalize(classes, axis=0).mean(axis=1)
    return strongest


@cache
def bank() -> Floats:
    weights: Floats = librosa.filters.chroma(sr=RATE, n_fft=2048, tuning=0, n_chroma=36)
    return weights


def song(tonic: int, progression: Chords, cents: float = 0.0) -> Floats:
    """Four chords over a bass, half a second each, with overtones, twice."""
    time = np.arange(RATE // 2) / RATE
    chords = []
    for root, tones in progression:
        notes = [36 + (tonic + root) % 12, *(60 + (tonic + root + tone) % 12 for tone in tones)]
        hertz = [440 * 2 ** ((note - 69 + cents / 100) / 12) for note in notes]
        waves = [np.sin(2 * np.pi * h * part * time) / part**1.5 for h in hertz for part in range(1, 6)]
        chords.append(np.sum(waves, axis=0) * np.exp(-2 * time))
    return np.tile(np.concatenate(chords), 2)


@pytest.mark.parametrize("mode", [0, 1])
def test_the_key_moves_with_the_music_through_all_twelve(mode: Mode) -> None:
    found = [key_and_mode(pitches(song(tonic, CADENCES[mode]))) for tonic in range(12)]
    assert found == [(tonic, mode) for tonic in range(12)]


@pytest.mark.parametrize("cents", [-45, -30, 15, 30, 45])
def test_music_that_is_tuned_off_keeps_its_key(cents: float) -> None:
    for tonic in (0, 5, 11):
        assert key_and_mode(pitches(song(tonic, CADENCES[1], cents))) == (tonic, 1)
        assert key_and_mode(pitches(song(tonic, CADENCES[0], cents))) == (tonic, 0)


def test_the_key_of_what_songs_are_made_of_is_mostly_found() -> None:
    wanted = [(tonic, mode, chords) for mode in PROGRESSIONS for chords in PROGRESSIONS[mode] for tonic in (1, 6, 10)]
    found = [key_and_mode(pitches(song(tonic, chords))) == (tonic, mode) for tonic, mode, chords in wanted]
    assert np.mean(found) >= 0.8


def test_drums_do_not_hide_the_key() -> None:
    notes = song(4, CADENCES[1])
    hits = np.exp(-(np.arange(len(notes)) % (RATE // 2)) / 500)
    drums = np.random.default_rng(1).normal(size=len(notes)) * hits
    assert key_and_mode(pitches(notes / notes.std() + drums)) == (4, 1)


@pytest.mark.parametrize("colour", ["white", "brown", "drums"])
def test_what_has_no_pitch_has_no_key(colour: str) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 10 * RATE)
    beats = noise * np.exp(-(np.arange(len(noise)) % (RATE // 2)) / 1000)
    sound = {"white": noise, "brown": np.cumsum(noise), "drums": beats}[colour]
    assert key_and_mode(pitches(sound)) == (NO_KEY, None)


@pytest.mark.parametrize("level", [0.0, 1e-30, 1.0])
def test_silence_and_equal_pitches_have_no_key(level: float) -> None:
    assert key_and_mode(np.full(36, level)) == (NO_KEY, None)


def test_the_scale_of_the_energies_does_not_matter() -> None:
    classes = pitches(song(9, CADENCES[0]))
    assert key_and_mode(classes) == key_and_mode(classes * 1e-6) == key_and_mode(classes.astype(np.float32)) == (9, 0)
