"""Onset strength -> tempo."""

import numpy as np

from moodstream.audio.descriptors import HALF_RATE, HOP, Floats

NEAR = 0.06
"""How far, as a share, librosa's tempo may be from the true one: its grid of lags is that coarse at 200 BPM."""

HARMONICS = (1, 2, 3, 4)
"""Onsets lie on the beat and between beats; where the tempo is half of theirs, only the second has strength."""

LEAST_ONSET = 0.1
"""In dB a frame: what never rises by this has no pulse."""


def tempo(onsets: Floats) -> float | None:
    """The tempo in BPM of onset strength at one float each `HOP / HALF_RATE` s; None where nothing pulses.

    The autocorrelation (librosa) finds the beat on a coarse grid of lags; the spectrum of the onsets beside it
    finds the tempo to a tenth. As with all such estimates, it may be twice or half of what a listener would tap.
    """
    import librosa

    if onsets.max(initial=0.0) < LEAST_ONSET:
        return None
    coarse = float(librosa.feature.tempo(onset_envelope=onsets, sr=HALF_RATE, hop_length=HOP)[0])
    minutes = np.arange(len(onsets)) * HOP / HALF_RATE / 60
    candidates = coarse * np.linspace(1 - NEAR, 1 + NEAR, 241)
    turns = np.exp(-2j * np.pi * np.outer(candidates, minutes))
    strength = sum(np.abs(turns**harmonic @ (onsets - onsets.mean())) for harmonic in HARMONICS)
    return round(float(candidates[np.argmax(strength)]), 2)
