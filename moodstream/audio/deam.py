"""The recipe of the twelve columns beside the DEAM ratings, and what else is told at that rate: onsets and pitches."""

from functools import cache
from typing import NamedTuple

import numpy as np

from moodstream.audio import filterbanks
from moodstream.audio.filterbanks import BINS, MELS, FilterBank, Floats, Weights, columns
from moodstream.audio.spectrum import (
    AHEAD_SECONDS,
    HALF_RATE,
    LEAST_POWER,
    Decibels,
    Framed,
    Framer,
    Means,
    Moments,
    Samples,
    Spectra,
    centre,
    strongest_at_one,
)

HOP = 512
PITCHES = 36
BASS = 200.0
ONSET_LAG = 3
"""Frames by which librosa's onset strength comes later than the rise: one for the difference, two for centring."""


class Banks(NamedTuple):
    """Made once in a process; all but the mel bands are (rows, columns) to multiply with."""

    mel: FilterBank
    pitches: Weights
    places: Weights
    rises: Weights


@cache
def _banks() -> Banks:
    bass = filterbanks.mel_edges(HALF_RATE)[1:-1] < BASS
    return Banks(
        mel=FilterBank(filterbanks.mel(HALF_RATE)),
        pitches=columns(*filterbanks.chroma(HALF_RATE, PITCHES)),
        places=filterbanks.places(),
        rises=columns(np.full(MELS, 1 / MELS), bass / bass.sum()),
    )


class Deam:
    """What the recipe gives for a stream of samples at `HALF_RATE`: means and deviations over frames."""

    NAMES = ("loudness", "brightness", "zcr", "sharpness", "hnr")
    MEL, PITCHES, PLACES = slice(MELS), slice(MELS, MELS + PITCHES), slice(MELS + PITCHES, MELS + PITCHES + 3)
    FLATNESS = PLACES.stop
    COLUMNS = FLATNESS + 1

    def __init__(self) -> None:
        self._framer, self._spectra = Framer(HOP), Spectra()
        self._frames, self._pitches = Moments(), Means()
        self._decibels = Decibels(AHEAD_SECONDS * HALF_RATE // HOP, self._rise)
        self._before = np.empty((0, MELS), np.float32)
        self._rises: list[Samples] = [np.zeros((ONSET_LAG, 2), np.float32)]

    def push(self, samples: Samples, last: bool = False) -> None:
        framed = self._framer.push(samples, last)
        if framed.count:
            self._take(framed)
        if last:
            self._decibels.finish()

    def onsets(self) -> tuple[Floats, Floats]:
        rises = np.concatenate(self._rises)
        # As many as frames: the lag pushes as many out at the end, but the one that the difference lacks.
        frames = max(1, len(rises) - ONSET_LAG + 1)
        return rises[:frames, 0].copy(), rises[:frames, 1].copy()

    def moments(self, onsets: Floats) -> dict[str, float]:
        means = dict(zip(self.NAMES, self._frames.mean(), strict=True)) | {"flux": onsets.mean(dtype=np.float64)}
        deviations = dict(zip(self.NAMES, self._frames.deviation(), strict=True)) | {
            "flux": onsets.std(dtype=np.float64)
        }
        return {
            **{f"{name}_mean": float(value) for name, value in means.items()},
            **{f"{name}_std": float(value) for name, value in deviations.items()},
        }

    def pitches(self) -> Floats:
        return self._pitches.mean()

    def _take(self, framed: Framed) -> None:
        rows = self._rows(framed)
        centroid, _ = centre(rows[:, self.PLACES])
        flatness = rows[:, self.FLATNESS]
        hnr = -10 * np.log10(flatness + 1e-9)
        self._frames.push(np.column_stack([framed.rms(), centroid, framed.zero_crossings(), flatness, hnr]))
        self._pitches.push(strongest_at_one(rows[:, self.PITCHES]))
        self._decibels.push(rows[:, self.MEL])

    def _rows(self, framed: Framed) -> Samples:
        """What is told of each frame by its spectrum, (count, COLUMNS)."""
        banks, rows = _banks(), np.empty((framed.count, self.COLUMNS), np.float32)
        for part, powers, magnitudes in self._spectra(framed.frames()):
            out = rows[part]
            banks.mel(powers, out[:, self.MEL])
            np.matmul(powers, banks.pitches, out=out[:, self.PITCHES])
            np.matmul(magnitudes, banks.places, out=out[:, self.PLACES])
            out[:, self.FLATNESS] = _flatness(powers)
        return rows

    def _rise(self, decibels: Samples) -> None:
        joined = np.concatenate([self._before, decibels])
        self._rises.append(np.maximum(np.diff(joined, axis=0), 0) @ _banks().rises)
        self._before = decibels[-1:]


def _flatness(powers: Samples) -> Samples:
    """The geometric over the arithmetic mean, of powers that are not needed any more."""
    audible = np.maximum(powers, np.float32(LEAST_POWER), out=powers)
    arithmetic = audible.sum(axis=1)
    # The logarithm of a product of two takes half as long as two.
    half = BINS // 2
    pairs = np.multiply(audible[:, :half], audible[:, half : 2 * half], out=audible[:, :half])
    logarithms = np.log(pairs, out=pairs).sum(axis=1) + np.log(audible[:, -1])
    flatness: Samples = np.exp(logarithms / BINS) * BINS / arithmetic
    return flatness
