"""How strongly onset strength repeats itself after each lag."""

from typing import NamedTuple

import numpy as np

from moodstream.audio.deam import HOP
from moodstream.audio.filterbanks import Floats
from moodstream.audio.spectrum import HALF_RATE

FRAMES_A_SECOND = HALF_RATE / HOP

WINDOW = 1024
"""Frames that are correlated with each other, 24 s: several slow bars, and too short for a tempo to drift far."""

BATCH = 32
"""Windows that are in memory at once."""

LOUDEST = 20.0
"""Means beyond which an onset counts no more: a start out of silence is no stronger beat than others."""

SILENT = 0.1
"""Share of the mean energy of a track that a window must have for its rhythm to count in full."""

LONGEST = 0.75
"""Share of a window that a lag may have: beyond it too little of the window is left to compare."""

NEAREST = 0.3
"""Seconds below which onsets repeat themselves because they last, not because they return."""

TINY = 1e-30
"""In place of the energy of what has none."""

LEAST_RETURN = 0.1
"""Correlation below which what returns is chance, and is not to be scaled up."""

FINER = 4
"""Lags between two frames at which the correlation is interpolated, in the spectrum."""


class Periodicity(NamedTuple):
    """Autocorrelation of onset strength.

    `correlations`: (lags,) from lag 0 on, `FINER` a frame of 512 / 22,050 s, 1 where everything returns.
    `strongest`: the highest of them that is a return.
    """

    correlations: Floats
    strongest: float

    @property
    def longest(self) -> float:
        """The longest lag, in frames."""
        return (len(self.correlations) - 1) / FINER

    def at(self, lags: Floats) -> Floats:
        """The correlations at fractions of frames; 0 at lags that were not measured."""
        return np.interp(lags * FINER, np.arange(len(self.correlations)), self.correlations, right=0.0)

    def share(self, lags: Floats) -> Floats:
        """The same as shares of the strongest return."""
        return self.at(lags) / max(self.strongest, LEAST_RETURN)


def periodicity(onsets: Floats) -> Periodicity:
    """Measure how onset strength returns, on average over overlapping windows of `WINDOW` frames (or all, if fewer).

    Args:
        onsets: (n,) onset strength with anything above 0 in it, n of 4 or more.
    """
    size = min(WINDOW, len(onsets))
    smooth = np.cos(np.pi * np.fft.rfftfreq(2 * size)) ** 2  # the response of a mean over frames weighted 1, 2, 1
    lags = np.arange(int(LONGEST * size) * FINER)
    correlations = np.fft.irfft(_power(onsets, size) * smooth, 2 * size * FINER)[: len(lags)]
    correlations /= size - lags / FINER  # the longer the lag, the fewer frames were compared
    correlations /= max(float(correlations[0]), TINY)
    return Periodicity(correlations, float(correlations[int(NEAREST * FRAMES_A_SECOND * FINER) :].max(initial=0.0)))


def _power(onsets: Floats, size: int) -> Floats:
    """The power spectra of all windows together, each by its own energy, so that no loud part outweighs the others."""
    windows = np.lib.stride_tricks.sliding_window_view(onsets, size)
    starts = np.append(np.arange(0, len(windows) - 1, max(size // 2, 1)), len(windows) - 1)
    mean = float(onsets.mean())
    least = SILENT * size * max(float(np.dot(onsets, onsets)) / len(onsets) - mean**2, TINY)
    total = np.zeros(size + 1)
    for batch in np.split(starts, range(BATCH, len(starts), BATCH)):
        frames = np.minimum(windows[batch], LOUDEST * mean, dtype=np.float64)
        frames -= frames.mean(axis=1, keepdims=True)
        energy = np.square(frames).sum(axis=1, keepdims=True)
        power = np.abs(np.fft.rfft(frames, 2 * size)) ** 2
        total += (power / (energy + least)).sum(axis=0)
    return total
