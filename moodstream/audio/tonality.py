"""Pitch classes -> key and mode, by correlation with the profile of each key.

The method is Krumhansl's and Schmuckler's (C. L. Krumhansl, "Cognitive Foundations of Musical Pitch", Oxford University
Press 1990, pages 77 to 110). The profiles are "edma" of A. Faraldo, E. Gomez, S. Jorda and P. Herrera, "Key estimation
in electronic dance music", ECIR 2016: they were made from recordings, whose overtones the notes of a score lack.
"""

from functools import cache
from typing import Literal

import numpy as np

from moodstream.audio.filterbanks import Floats

MAJOR = (1.0, 0.2875, 0.502, 0.4048, 0.605, 0.5614, 0.3205, 0.7966, 0.3159, 0.4506, 0.4202, 0.3889)
MINOR = (1.0, 0.3096, 0.4415, 0.5827, 0.3262, 0.4948, 0.2889, 0.7804, 0.4328, 0.2903, 0.5331, 0.3217)

SEMITONES, THIRDS = 12, 3

LEAST_PROMINENCE = 0.06
"""How far the profile of a key stands out of the pitch classes, of their mean. Noise, speech and drums stay below 0.05;
nearly all music with tones has 0.1 and more."""

NO_KEY = -1


def key_and_mode(pitches: Floats) -> tuple[int, Literal[0, 1] | None]:
    """Find the key, 0 (C) .. 11 (B), and the mode, 1 major or 0 minor; `NO_KEY` and None where there is none.

    Args:
        pitches: (36,) energy of pitch classes, three a semitone, the first at C (A4 = 440 Hz). Music up to half a
            semitone off keeps its key.
    """
    classes = _semitones(pitches)
    mean = classes.mean()
    prominences = _profiles() @ (classes - mean) / np.sqrt(SEMITONES)
    best = int(prominences.argmax())
    if not prominences[best] > LEAST_PROMINENCE * mean:
        return NO_KEY, None
    return best % SEMITONES, 1 if best >= SEMITONES else 0


def _semitones(pitches: Floats) -> Floats:
    """Fold thirds of semitones into the (12,) semitones of the tuning that the music itself is in."""
    spectrum = np.fft.rfft(pitches)
    # Whatever repeats with each semitone is in the twelfth harmonic: its phase is the tuning.
    thirds = -np.angle(spectrum[SEMITONES]) * THIRDS / (2 * np.pi)
    spectrum *= np.exp(2j * np.pi * np.arange(len(spectrum)) * thirds / len(pitches))
    tuned = np.fft.irfft(spectrum, len(pitches))
    return np.asarray(np.roll(tuned, 1).reshape(SEMITONES, THIRDS).sum(axis=1))


@cache
def _profiles() -> Floats:
    """(24, 12): the minor keys from C on, then the major ones, each of mean 0 and length 1."""
    keys = np.array([np.roll(profile, key) for profile in (MINOR, MAJOR) for key in range(SEMITONES)])
    keys -= keys.mean(axis=1, keepdims=True)
    return np.asarray(keys / np.linalg.norm(keys, axis=1, keepdims=True))
