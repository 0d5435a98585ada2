"""The parts that descriptors are made of, each fed with a stream and keeping no more of it than it needs.

What they compute is what librosa 0.11 computes by its defaults of the whole sound at once.
"""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.fft
import soxr
from numpy.typing import NDArray

from moodstream.audio.filterbanks import BINS, N_FFT, Floats

Samples = NDArray[np.float32]

RATE = 44_100
HALF_RATE = RATE // 2
AHEAD_SECONDS = 300
"""How far is looked ahead for the strongest frame, which says what counts as nothing."""
TINY = np.finfo(np.float32).tiny

WINDOW = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N_FFT) / N_FFT)).astype(np.float32)

LEAST_POWER = 1e-10
TOP_DECIBELS = 80.0
DECIBELS = np.float32(10 / np.log(10))

NEVER_HEARD = 1e-9
"""Too little to be seen in a spectrum, and enough to have a sign."""
LEAST_SIGNED = 1e-10


class Spectra:
    """Spectra of frames under a Hann window, a few at a time, so that they stay in the processor's cache."""

    BATCH = 32

    def __init__(self) -> None:
        self._windowed = np.empty((self.BATCH, N_FFT), np.float32)
        self._powers, self._magnitudes = (np.empty((self.BATCH, BINS), np.float32) for _ in range(2))

    def __call__(self, frames: Samples) -> Iterator[tuple[slice, Samples, Samples]]:
        """Which of the frames, (n, N_FFT), and their powers and magnitudes, (batch, BINS), to be used up at once."""
        for first in range(0, len(frames), self.BATCH):
            part = slice(first, min(first + self.BATCH, len(frames)))
            few = part.stop - first
            windowed = np.multiply(frames[part], WINDOW, out=self._windowed[:few])
            magnitudes = np.abs(scipy.fft.rfft(windowed, workers=1), out=self._magnitudes[:few])
            yield part, np.square(magnitudes, out=self._powers[:few]), magnitudes


class Resampler:
    """Brings a stream of samples from one rate to another, in Hz."""

    def __init__(self, rate: int, to: int) -> None:
        self._stream = None if rate == to else soxr.ResampleStream(rate, to, 1, quality="HQ")

    def push(self, samples: Samples, last: bool = False) -> Samples:
        if self._stream is None:
            return samples
        resampled: Samples = self._stream.resample_chunk(samples, last)
        return resampled


class Framer:
    """Cuts a stream into frames of `N_FFT` samples, each `hop` after the last, the first centred on the first sample.

    Before the first and after the last sample there is silence, for the spectrum; but it has the sign of the sample
    next to it, so that the edge of a sound is no zero crossing.
    """

    def __init__(self, hop: int) -> None:
        self._hop = hop
        self._left: Samples | None = None

    def push(self, samples: Samples, last: bool = False) -> "Framed":
        if not len(samples) and not last:
            return Framed(np.empty(0, np.float32), self._hop)
        before = _silence(samples[:1]) if self._left is None else self._left
        joined = np.concatenate([before, samples])
        if last:
            joined = np.concatenate([joined, _silence(joined[-1:])])
        framed = Framed(joined, self._hop)
        self._left = joined[framed.count * self._hop :]
        return framed


class Framed:
    """Frames that overlap, and what can be told of them without a spectrum: `count` and one float for each."""

    def __init__(self, samples: Samples, hop: int) -> None:
        self.count = max(0, (len(samples) - N_FFT) // hop + 1)
        self._hop = hop
        self._samples = samples[: (self.count - 1) * hop + N_FFT] if self.count else samples[:0]

    def frames(self) -> Samples:
        """The frames themselves, (count, N_FFT)."""
        if not self.count:
            return np.empty((0, N_FFT), np.float32)
        return np.lib.stride_tricks.sliding_window_view(self._samples, N_FFT)[:: self._hop]

    def rms(self) -> Floats:
        """The root of the mean square."""
        return np.sqrt(self._summed(np.square(self._samples).reshape(-1, self._hop)) / N_FFT)

    def zero_crossings(self) -> Floats:
        """The share of samples that have another sign than the one before."""
        below = self._samples < -LEAST_SIGNED
        crossed = np.zeros(len(below), bool)
        np.not_equal(below[1:], below[:-1], out=crossed[1:])
        counts = np.bitwise_count(np.packbits(crossed).view(np.uint64))
        # What happened between two frames belongs to neither.
        between = crossed[: self.count * self._hop : self._hop]
        return (self._summed(counts.reshape(-1, self._hop // 64)) - between) / N_FFT

    def _summed(self, values: NDArray[Any]) -> Floats:
        """The sum over each frame, from values whose rows are hops."""
        hops = values.sum(axis=1)
        return sum((hops[shift : shift + self.count] for shift in range(N_FFT // self._hop)), np.zeros(self.count))


def _silence(beside: Samples) -> Samples:
    """Half a frame of it, with the sign of the sample beside it."""
    below = bool(len(beside)) and beside[0] < -LEAST_SIGNED
    return np.full(N_FFT // 2, -NEVER_HEARD if below else 0.0, np.float32)


class Decibels:
    """Turns a stream of powers (n, bands) into decibels, cut off at `TOP_DECIBELS` below the strongest of all.

    Which that is shows at the end: so `ahead` rows are held back before `take` gets them, and of a longer stream the
    strongest so far stands in.
    """

    def __init__(self, ahead: int, take: Callable[[Samples], None]) -> None:
        self._ahead, self._take = ahead, take
        self._waiting: deque[Samples] = deque()
        self._held = 0
        self._strongest = -np.inf

    def push(self, powers: Samples) -> None:
        if not len(powers):
            return
        decibels = np.log(np.maximum(powers, np.float32(LEAST_POWER))) * DECIBELS
        self._strongest = max(self._strongest, float(decibels.max()))
        self._waiting.append(decibels)
        self._held += len(decibels)
        while self._waiting and self._held - len(self._waiting[0]) >= self._ahead:
            self._release()

    def finish(self) -> None:
        while self._waiting:
            self._release()

    def _release(self) -> None:
        decibels = self._waiting.popleft()
        self._held -= len(decibels)
        self._take(np.maximum(decibels, np.float32(self._strongest - TOP_DECIBELS)))


class Means:
    """The mean of each column of a stream of rows, (n, columns)."""

    def __init__(self) -> None:
        self._count = 0
        self._sums: NDArray[Any] = np.zeros(())

    def push(self, rows: Floats) -> None:
        self._count += len(rows)
        self._sums = self._sums + rows.sum(axis=0, dtype=np.float64)

    def mean(self) -> Floats:
        return self._sums / max(1, self._count)


class Moments:
    """Mean and standard deviation of each column of a stream of rows, (n, columns).

    T. F. Chan, G. H. Golub, R. J. LeVeque, "Updating formulae and a pairwise algorithm for computing sample
    variances", 1979.
    """

    def __init__(self) -> None:
        self._count = 0
        self._mean: NDArray[Any] = np.zeros(())
        self._squares: NDArray[Any] = np.zeros(())

    def push(self, rows: Floats) -> None:
        count = len(rows)
        if not count:
            return
        mean = rows.mean(axis=0, dtype=np.float64)
        squares = np.square(rows - mean).sum(axis=0, dtype=np.float64)
        apart, total = mean - self._mean, self._count + count
        self._squares = self._squares + squares + apart**2 * self._count * count / total
        self._mean = self._mean + apart * count / total
        self._count = total

    def mean(self) -> Floats:
        return self._mean

    def deviation(self) -> Floats:
        return np.sqrt(self._squares / max(1, self._count))


def centre(sums: Samples) -> tuple[Floats, Floats]:
    """Centroid and bandwidth in Hz, at `HALF_RATE`, from what `filterbanks.places` makes of magnitudes."""
    total, first, second = sums.T.astype(np.float64)
    there = np.maximum(total, TINY)
    middle = first / there
    spread = np.sqrt(np.maximum(0, second / there - middle**2))
    return middle * HALF_RATE / 2, spread * HALF_RATE / 2


def strongest_at_one(rows: Floats) -> Floats:
    """Each row with its strongest at 1, or as it is where it has none."""
    strongest = rows.max(axis=1, keepdims=True)
    scaled: Floats = rows / np.where(strongest < TINY, np.float32(1), strongest)
    return scaled
