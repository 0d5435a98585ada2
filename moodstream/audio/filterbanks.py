"""Weights over the bins of a spectrum: mel bands, pitch classes, contrast bands, loudness.

The formulas of the first three are those of librosa 0.11 (B. McFee et al., "librosa: Audio and Music Signal Analysis
in Python", SciPy 2015), with its defaults; tests hold them to librosa itself, whose import would cost seconds.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Weights = NDArray[np.float32]

N_FFT = 2048
BINS = N_FFT // 2 + 1
MELS = 128

# Slaney's scale: linear to 1000 Hz, logarithmic above.
HERTZ_A_MEL, LOG_FROM, LOG_STEP = 200 / 3, 1000.0, np.log(6.4) / 27

A4 = 440.0
CONTRAST_FROM, CONTRAST_OCTAVES, CONTRAST_SHARE = 200.0, 6, 0.02

# ITU-R BS.1770-5, tables 1 and 2: the two filters of the K weighting at 48 kHz, as (b0, b1, b2), (1, a1, a2).
K_RATE = 48_000
K_FILTERS = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)


class Band(NamedTuple):
    """Bins `first` to below `end`, of which the `extreme` strongest and weakest make the contrast."""

    first: int
    end: int
    extreme: int


def bins(rate: int) -> Floats:
    """The frequency of each bin in Hz, (BINS,)."""
    return np.arange(BINS) * rate / N_FFT


def mel(rate: int) -> Weights:
    """Triangles of equal area on Slaney's mel scale from 0 Hz to the half of `rate`: (MELS, BINS)."""
    edges = mel_edges(rate)
    ramps = edges[:, None] - bins(rate)
    widths = np.diff(edges)[:, None]
    triangles = np.maximum(0, np.minimum(-ramps[:-2] / widths[:-1], ramps[2:] / widths[1:]))
    return (triangles * 2 / (edges[2:] - edges[:-2])[:, None]).astype(np.float32)


def mel_edges(rate: int) -> Floats:
    """Where the triangles begin, peak and end, in Hz: band n at n, n + 1 and n + 2 of (MELS + 2,)."""
    bend = LOG_FROM / HERTZ_A_MEL
    mels = np.linspace(0, bend + np.log(rate / 2 / LOG_FROM) / LOG_STEP, MELS + 2)
    edges: Floats = np.where(mels < bend, HERTZ_A_MEL * mels, LOG_FROM * np.exp(LOG_STEP * (mels - bend)))
    return edges


def chroma(rate: int, classes: int) -> Weights:
    """How much each bin counts for each pitch class: (classes, BINS), the first centred on C, tuned to A4 = 440 Hz.

    D. P. W. Ellis, "Chroma feature analysis and synthesis", 2007: Gaussians over pitch, stressed around C4 to C6.
    """
    octaves = np.log2(np.arange(1, N_FFT) * rate / N_FFT / (A4 / 16))
    # The bin at 0 Hz has no pitch: it is put one and a half octaves below the first.
    places = classes * np.concatenate([[octaves[0] - 1.5], octaves])
    widths = np.concatenate([np.maximum(np.diff(places), 1), [1]])
    half = round(classes / 2)
    apart = np.remainder(places - np.arange(classes)[:, None] + half + 10 * classes, classes) - half
    weights = np.exp(-0.5 * (2 * apart / widths) ** 2)
    weights /= np.sqrt((weights**2).sum(axis=0))
    weights *= np.exp(-0.5 * ((places / classes - 5) / 2) ** 2)
    rolled: Weights = np.roll(weights, -3 * (classes // 12), axis=0)[:, :BINS].astype(np.float32)
    return rolled


def contrast(rate: int) -> tuple[Band, ...]:
    """The bands of the spectral contrast, an octave each but the first and the last.

    D.-N. Jiang et al., "Music type classification by spectral contrast feature", ICME 2002.
    """
    edges = np.concatenate([[0.0], CONTRAST_FROM * 2.0 ** np.arange(CONTRAST_OCTAVES + 1)])
    return tuple(_band(bins(rate), number, *edges[number : number + 2]) for number in range(CONTRAST_OCTAVES + 1))


def _band(hertz: Floats, number: int, low: float, high: float) -> Band:
    """As librosa cuts it: from the bin below, and, but for the last, without the bin at the upper edge."""
    inside = np.flatnonzero((hertz >= low) & (hertz <= high))
    first = int(inside[0]) - (number > 0)
    last = number == CONTRAST_OCTAVES
    end = BINS if last else int(inside[-1]) + 1
    return Band(first, end if last else end - 1, max(1, int(np.rint(CONTRAST_SHARE * (end - first)))))


def loudness(rate: int) -> Floats:
    """How much the K weighting of ITU-R BS.1770 lets through of the power in each bin: (BINS,)."""
    back = np.exp(-2j * np.pi * bins(rate) / K_RATE)
    passed = [np.polyval(b[::-1], back) / np.polyval(a[::-1], back) for b, a in K_FILTERS]
    return np.abs(passed[0] * passed[1]) ** 2


def places() -> Weights:
    """What the sum, the first and the second moment over a spectrum are told by: 1, place and its square, (BINS, 3)."""
    place = np.arange(BINS) / (BINS - 1)
    return columns(np.ones(BINS), place, np.square(place))


def columns(*rows: NDArray[Any]) -> Weights:
    """Rows of weights as a matrix that spectra are multiplied with, (BINS, rows)."""
    return np.ascontiguousarray(np.transpose(rows), np.float32)


class FilterBank:
    """Weights (bands, BINS), of which most are zero, ready to be applied to many spectra at once."""

    GROUP = 16

    def __init__(self, weights: Weights) -> None:
        self._parts = [self._part(weights, first) for first in range(0, len(weights), self.GROUP)]

    def __call__(self, spectra: Weights, out: Weights) -> None:
        """(n, BINS) -> (n, bands)."""
        for bands, used, weights in self._parts:
            np.matmul(spectra[:, used], weights, out=out[:, bands])

    def _part(self, weights: Weights, first: int) -> tuple[slice, slice, Weights]:
        part = weights[first : first + self.GROUP]
        used = np.flatnonzero(part.any(axis=0))
        bins = slice(int(used[0]), int(used[-1]) + 1)
        return slice(first, first + len(part)), bins, np.ascontiguousarray(part[:, bins].T)
