"""Integrated loudness by ITU-R BS.1770-5, annex 1, told from power spectra."""

import numpy as np

from moodstream.audio.filterbanks import N_FFT, Floats, loudness
from moodstream.audio.spectrum import WINDOW

OFFSET = -0.691
ABSOLUTE_GATE, RELATIVE_GATE = -70.0, -10.0
BLOCK_SECONDS, OVERLAP = 0.4, 4


def weights(rate: int) -> Floats:
    """What the power in each bin adds to the K-weighted mean square of a frame: (N_FFT // 2 + 1,)."""
    twice = np.full(N_FFT // 2 + 1, 2.0)
    twice[[0, -1]] = 1.0
    added: Floats = twice * loudness(rate) / (N_FFT * np.square(WINDOW, dtype=np.float64).sum())
    return added


def integrated(squares: Floats, frames_a_second: float) -> float:
    """The loudness in LUFS of a single channel; `ABSOLUTE_GATE` where nothing passes the gate.

    Args:
        squares: K-weighted mean square of each frame, (n,), in order.
    """
    long = max(1, min(len(squares), round(BLOCK_SECONDS * frames_a_second)))
    sums = np.concatenate([[0.0], np.cumsum(squares, dtype=np.float64)])
    blocks = ((sums[long:] - sums[:-long]) / long)[:: max(1, round(long / OVERLAP))]
    audible = blocks[blocks > _square(ABSOLUTE_GATE)]
    if not len(audible):
        return ABSOLUTE_GATE
    passing = audible[audible > audible.mean() * 10 ** (RELATIVE_GATE / 10)]
    return OFFSET + 10 * float(np.log10(passing.mean()))


def _square(lufs: float) -> float:
    return float(10 ** ((lufs - OFFSET) / 10))
