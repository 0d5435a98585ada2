"""The recipe of the FMA metadata (Defferrard et al., "FMA: A Dataset for Music Analysis", ISMIR 2017)."""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from moodstream.audio import filterbanks, loudness
from moodstream.audio.filterbanks import BINS, MELS, N_FFT, Band, FilterBank, Floats, Weights, columns
from moodstream.audio.spectrum import (
    AHEAD_SECONDS,
    HALF_RATE,
    RATE,
    Decibels,
    Framed,
    Framer,
    Means,
    Samples,
    Spectra,
    centre,
    strongest_at_one,
)

HOP = 1024
"""The table's own hop is 512; the means over every second of those frames differ from its by less than a hundredth."""

TAKEN_FOR = HALF_RATE
"""What rate librosa was left to take the clips for."""

MFCCS, CLASSES = 20, 12
ROLLOFF = 0.85
GROUP = 32
GROUPS = N_FFT // 2 // GROUP


class Banks(NamedTuple):
    """Made once in a process; all but the mel bands are (BINS, columns)."""

    mel: FilterBank
    powers: Weights
    places: Weights
    groups: Weights
    extremes: Weights
    bands: tuple[Band, ...]


@cache
def _banks() -> Banks:
    bands = filterbanks.contrast(TAKEN_FOR)
    return Banks(
        mel=FilterBank(filterbanks.mel(RATE)),
        powers=columns(*filterbanks.chroma(TAKEN_FOR, CLASSES), np.full(BINS, 1 / BINS), loudness.weights(RATE)),
        places=filterbanks.places(),
        groups=columns(*(np.arange(BINS) < GROUP * (group + 1) for group in range(GROUPS))),
        extremes=columns(*(_ends(band, strong) for strong in (True, False) for band in bands)),
        bands=bands,
    )


def _ends(band: Band, strong: bool) -> Floats:
    """What takes the mean of the strongest or the weakest bins of a band, once its bins are in order."""
    weights = np.zeros(BINS)
    first = band.end - band.extreme if strong else band.first
    weights[first : first + band.extreme] = 1 / band.extreme
    return weights


class Fma:
    """What the recipe gives for a stream of samples at `RATE`: means over frames, and the loudness beside them.

    The recipe read clips of 44,100 Hz, but let librosa take all but the mel bands for 22,050 Hz, so that what is in
    Hz is half of what it should be, and the bands of the contrast lie an octave higher than librosa says. They are
    made here as they were there, but for the tuning of the chroma, which is taken to be 440 Hz.
    """

    # Where each kind of figure is in the row of a frame.
    MEL, PEAKS, VALLEYS = slice(MELS), slice(MELS, MELS + 7), slice(MELS + 7, MELS + 14)
    POWERS = slice(MELS + 14, MELS + 14 + CLASSES + 2)
    PLACES = slice(POWERS.stop, POWERS.stop + 3)
    GROUPS = slice(PLACES.stop, PLACES.stop + GROUPS)
    ROLLOFF = slice(GROUPS.stop, GROUPS.stop + GROUP)
    COLUMNS = ROLLOFF.stop

    def __init__(self) -> None:
        self._framer, self._spectra = Framer(HOP), Spectra()
        self._frames, self._mel, self._peaks, self._valleys = Means(), Means(), Means(), Means()
        ahead = AHEAD_SECONDS * RATE // HOP
        self._decibels = [Decibels(ahead, means.push) for means in (self._mel, self._peaks, self._valleys)]
        self._squares: list[Samples] = []

    def push(self, samples: Samples, last: bool = False) -> None:
        framed = self._framer.push(samples, last)
        if framed.count:
            self._take(framed)
        if last:
            for decibels in self._decibels:
                decibels.finish()

    def means(self) -> dict[str, float]:
        *chroma, square_root, centroid, bandwidth, rolloff, crossings = self._frames.mean()
        mfcc = scipy.fft.dct(self._mel.mean(), norm="ortho")[:MFCCS]
        contrast = self._peaks.mean() - self._valleys.mean()
        return {
            **_numbered("chroma_stft", chroma),
            **_numbered("mfcc", mfcc),
            **_numbered("spectral_contrast", contrast),
            "rmse": float(square_root),
            "spectral_centroid": float(centroid),
            "spectral_bandwidth": float(bandwidth),
            "spectral_rolloff": float(rolloff),
            "zcr": float(crossings),
        }

    def loudness(self) -> float:
        return loudness.integrated(np.concatenate(self._squares), RATE / HOP)

    def _take(self, framed: Framed) -> None:
        rows = self._rows(framed)
        *chroma, mean_square, weighted = rows[:, self.POWERS].T
        self._squares.append(weighted.copy())
        centroid, bandwidth = centre(rows[:, self.PLACES])
        rolloff = _rolloff(rows[:, self.PLACES.start], rows[:, self.GROUPS], rows[:, self.ROLLOFF]) * TAKEN_FOR / N_FFT
        columns = (np.sqrt(mean_square), centroid, bandwidth, rolloff)
        self._frames.push(np.column_stack([strongest_at_one(np.transpose(chroma)), *columns, framed.zero_crossings()]))
        for decibels, part in zip(self._decibels, (self.MEL, self.PEAKS, self.VALLEYS), strict=True):
            decibels.push(rows[:, part])

    def _rows(self, framed: Framed) -> Samples:
        """What is told of each frame by its spectrum, (count, COLUMNS)."""
        banks, rows = _banks(), np.empty((framed.count, self.COLUMNS), np.float32)
        for part, powers, magnitudes in self._spectra(framed.frames()):
            out = rows[part]
            banks.mel(powers, out[:, self.MEL])
            np.matmul(powers, banks.powers, out=out[:, self.POWERS])
            np.matmul(magnitudes, banks.places, out=out[:, self.PLACES])
            np.matmul(magnitudes, banks.groups, out=out[:, self.GROUPS])
            group = _group(out[:, self.PLACES.start], out[:, self.GROUPS])
            out[:, self.ROLLOFF] = magnitudes[np.arange(len(out))[:, None], group[:, None] * GROUP + np.arange(GROUP)]
            for first, end, _ in banks.bands:
                magnitudes[:, first:end].sort(axis=1)
            np.matmul(magnitudes, banks.extremes, out=out[:, self.PEAKS.start : self.VALLEYS.stop])
        return rows


def _numbered(name: str, values: Iterable[float]) -> dict[str, float]:
    """Columns as the table calls them: name, name.1, name.2, ..."""
    return {f"{name}.{number}" if number else name: float(value) for number, value in enumerate(values)}


def _group(total: Samples, upto: Samples) -> NDArray[np.intp]:
    """The group of bins in which `ROLLOFF` of the magnitude is reached; `upto` is the sum to the end of each."""
    group: NDArray[np.intp] = (upto < ROLLOFF * total[:, None]).sum(axis=1)
    return np.minimum(group, GROUPS - 1, out=group)


def _rolloff(total: Samples, upto: Samples, magnitudes: Samples) -> Floats:
    """The first bin up to which `ROLLOFF` of the magnitude lies, from the `magnitudes` in its group."""
    group = _group(total, upto)
    before = np.where(group > 0, upto[np.arange(len(group)), group - 1], 0)
    sums = np.cumsum(magnitudes, axis=1) + before[:, None]
    rolloff: Floats = group * GROUP + (sums < ROLLOFF * total[:, None]).sum(axis=1)
    return rolloff
