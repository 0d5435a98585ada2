"""Tempo and metre are found in drum patterns that are made here; librosa computes their onset strength.

A pattern is a bar: for each instrument a string of equal steps, of which those with an x are played.
"""

import tracemalloc
from typing import Any

import librosa
import numpy as np
import pytest

from moodstream.audio.rhythm import NO_PULSE, Pulse, pulse

Floats = np.ndarray[Any, np.dtype[np.floating[Any]]]
Bar = dict[str, str]

RATE = 22_050
BASS = 200.0

METRONOME: Bar = {"click": "x"}
ROCK: Bar = {"kick": "x.x.", "snare": ".x.x", "hat": "xxxxxxxx"}
BACKBEAT: Bar = {"kick": "x.x.", "snare": ".x.x", "hat": "xxxx"}
HOUSE: Bar = {"kick": "xxxx", "snare": ".x.x", "hat": ".x.x.x.x"}
HIP_HOP: Bar = {"kick": "x..x......x...x.", "snare": "....x.......x...", "hat": "xxxxxxxx"}
DRUM_AND_BASS: Bar = {"kick": "x....x..", "snare": "..x...x.", "hat": "xxxxxxxx"}
SHUFFLE: Bar = {"kick": "x.....x.....", "snare": "...x.....x..", "hat": "x.xx.xx.xx.x"}
ONE_DROP: Bar = {"kick": ".x.x", "snare": ".x.x", "hat": "xxxxxxxx", "bass": "x..x..x."}
WALTZ: Bar = {"kick": "x..", "snare": ".xx", "bass": "x.."}
FIVE: Bar = {"kick": "x..x.", "snare": "..x.x", "hat": "xxxxx"}
SEVEN: Bar = {"kick": "x...x..", "snare": "..x...x", "hat": "xxxxxxx"}

BEATS = {id(METRONOME): 1, id(WALTZ): 3, id(FIVE): 5, id(SEVEN): 7}


def strike(instrument: str, random: np.random.Generator) -> Floats:
    time = np.arange(RATE // 4) / RATE
    noise = random.normal(size=len(time))
    strikes: dict[str, Floats] = {
        "click": np.sin(2 * np.pi * 1500 * time) * np.exp(-time / 0.006),
        "kick": np.sin(2 * np.pi * (50 * time + 2 - 2 * np.exp(-30 * time))) * np.exp(-time / 0.08),
        "snare": 0.6 * noise * np.exp(-time / 0.05),
        "hat": 0.3 * np.diff(noise, prepend=0.0) * np.exp(-time / 0.02),
        "bass": 0.6 * np.sin(2 * np.pi * 65 * time) * np.minimum(1, 20 * (0.25 - time)),
    }
    return strikes[instrument]


def play(bar: Bar, bpm: float, seconds: float = 20.0, jitter: float = 0.0, drift: float = 0.0, seed: int = 1) -> Floats:
    """Play a bar again and again, each stroke early or late by `jitter` s, the tempo rising by the share `drift`."""
    random = np.random.default_rng(seed)
    sound = random.normal(0, 0.003, int(seconds * RATE) + RATE)
    beats = BEATS.get(id(bar), 4)
    for instrument, steps in bar.items():
        for step in range(int(seconds * bpm / 60 / beats * (1 + drift) + 1) * len(steps)):
            beat = 0.3 + step * beats / len(steps)
            time = beat * 60 / bpm * (1 - drift * beat * 60 / bpm / seconds / 2) + random.normal() * jitter
            if steps[step % len(steps)] == "x" and 0 <= time < seconds:
                stroke = strike(instrument, random)
                sound[int(time * RATE) :][: len(stroke)] += stroke * random.uniform(0.8, 1.0)
    return sound[: int(seconds * RATE)]


def onsets(sound: Floats) -> tuple[Floats, Floats]:
    """librosa's onset strength, and that of the bass."""
    mel = librosa.power_to_db(librosa.feature.melspectrogram(y=sound, sr=RATE))
    bass = librosa.mel_frequencies(130, fmin=0, fmax=RATE / 2)[1:-1] < BASS
    return librosa.onset.onset_strength(S=mel, sr=RATE), librosa.onset.onset_strength(S=mel[bass], sr=RATE)


def heard(bar: Bar, bpm: float, **how: Any) -> Pulse:
    return pulse(*onsets(play(bar, bpm, **how)))


@pytest.mark.parametrize("bpm", [60, 70, 97.3, 120, 150, 183, 200, 208])
def test_a_metronome_is_at_its_own_tempo_and_not_at_half_or_twice(bpm: float) -> None:
    found = heard(METRONOME, bpm)
    assert found.tempo == pytest.approx(bpm, abs=0.1)
    assert found.metre is None


@pytest.mark.parametrize(
    ("bar", "bpm"),
    [
        (BACKBEAT, 70),
        (BACKBEAT, 96),
        (ROCK, 82),
        (ROCK, 124.6),
        (ROCK, 175),
        (ROCK, 200),
        (HOUSE, 118),
        (HOUSE, 128),
        (HOUSE, 145),
        (HIP_HOP, 88),
        (HIP_HOP, 98),
        (DRUM_AND_BASS, 165),
        (DRUM_AND_BASS, 174),
        (SHUFFLE, 76),
        (SHUFFLE, 120),
        (ONE_DROP, 74),
        (WALTZ, 96),
        (WALTZ, 138),
        (FIVE, 132),
        (SEVEN, 150),
    ],
)
def test_the_tempo_is_the_one_that_a_listener_taps(bar: Bar, bpm: float) -> None:
    assert heard(bar, bpm).tempo == pytest.approx(bpm, abs=0.2)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_people_who_do_not_play_like_clocks_are_followed(seed: int) -> None:
    found = heard(ROCK, 112, seconds=30, jitter=0.012, drift=0.02, seed=seed)
    assert found.tempo == pytest.approx(112 * 1.01, rel=0.015)


def test_a_tempo_is_exact_to_a_twentieth_of_a_beat() -> None:
    for bpm in (93.37, 119.88, 127.05):
        assert heard(HOUSE, bpm, seconds=40).tempo == pytest.approx(bpm, abs=0.05)


def test_confidence_is_high_where_all_agrees_and_lower_where_half_or_twice_would_do() -> None:
    assert heard(HOUSE, 124).confidence > 0.9
    assert heard(ROCK, 66).confidence < 0.8


def test_sure_answers_are_right() -> None:
    bars = (BACKBEAT, ROCK, HOUSE, HIP_HOP, DRUM_AND_BASS, SHUFFLE, ONE_DROP, WALTZ, FIVE, SEVEN)
    right = []
    for number, bar in enumerate(bars):
        for bpm in (65, 85, 110, 135, 160, 190):
            found = heard(bar, bpm, seconds=12, jitter=0.005, seed=number)
            if found.confidence > 0.9:
                right.append(found.tempo == pytest.approx(bpm, rel=0.02))
    assert len(right) > 20
    assert np.mean(right) > 0.9


@pytest.mark.parametrize(
    ("bar", "bpm", "metre"),
    [(ROCK, 120, 4), (BACKBEAT, 90, 4), (SHUFFLE, 80, 4), (WALTZ, 120, 3), (FIVE, 140, 5), (SEVEN, 140, 7)],
)
def test_the_metre_is_counted(bar: Bar, bpm: float, metre: int) -> None:
    assert heard(bar, bpm, seconds=30, jitter=0.004).metre == metre


def speech(seconds: float = 20.0) -> Floats:
    """Syllables of uneven length and pitch, with pauses."""
    random = np.random.default_rng(4)
    syllables: list[Floats] = []
    while sum(map(len, syllables)) < seconds * RATE:
        time = np.arange(int(random.gamma(6, 0.035) * RATE)) / RATE
        voice = sum(np.sin(2 * np.pi * random.uniform(90, 220) * part * time) / part for part in range(1, 12))
        syllables.append(np.asarray(voice) * np.hanning(len(time)))
        syllables.append(np.zeros(int(random.choice([0.02, 0.05, 0.4]) * RATE)))
    sound = np.concatenate(syllables)
    return sound + random.normal(0, 0.003, len(sound))


@pytest.mark.parametrize("seed", range(5))
def test_noise_has_no_pulse(seed: int) -> None:
    assert pulse(*onsets(np.random.default_rng(seed).normal(0, 0.1, 20 * RATE))) == NO_PULSE


def test_nobody_dances_to_speech() -> None:
    assert pulse(*onsets(speech())).confidence < 0.3


def test_strokes_at_random_have_no_sure_tempo() -> None:
    random = np.random.default_rng(6)
    sound = random.normal(0, 0.003, 21 * RATE)
    for start in random.integers(0, 20 * RATE, 100):
        sound[start : start + RATE // 4] += strike("click", random)
    assert pulse(*onsets(sound)).confidence < 0.3


@pytest.mark.parametrize("frames", [0, 1, 2, 43, 300, 3000])
@pytest.mark.parametrize("level", [0.0, 1.0, 1e6])
def test_silence_and_what_never_changes_have_no_pulse(frames: int, level: float) -> None:
    same = np.full(frames, level, np.float32)
    assert pulse(same, same) == NO_PULSE


def test_a_second_is_too_short_to_say() -> None:
    assert heard(ROCK, 120, seconds=1) == NO_PULSE


def test_music_without_bass_has_a_tempo() -> None:
    full, bass = onsets(play(ROCK, 120))
    assert pulse(full, np.zeros_like(bass)).tempo == pytest.approx(120, abs=0.1)


def test_a_start_out_of_silence_and_a_quiet_part_do_not_matter() -> None:
    loud, quiet = play(ROCK, 120, seconds=30), 0.05 * play(ROCK, 120, seconds=30)
    full, bass = onsets(np.concatenate([np.zeros(10 * RATE), loud, quiet]))
    full[int(10 * RATE / 512)] = 1e4
    assert pulse(full, bass).tempo == pytest.approx(120, abs=0.2)


def test_of_two_tempi_the_longer_one_is_told() -> None:
    full, bass = onsets(np.concatenate([play(HOUSE, 126, seconds=60), play(HOUSE, 140, seconds=25)]))
    assert pulse(full, bass).tempo == pytest.approx(126, abs=0.3)


def test_ten_hours_need_no_more_memory_than_ten_minutes() -> None:
    full, bass = (np.tile(part, 1800)[:1_550_000] for part in onsets(play(ROCK, 120)))
    tracemalloc.start()
    found = pulse(full, bass)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.tempo == pytest.approx(120, abs=0.5)
    assert peak < 5_000_000
