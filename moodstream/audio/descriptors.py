"""Sound -> what can be computed of it, by the two recipes that the models were trained on.

A model holds only for descriptors made exactly as those that it has seen. Each recipe is one stream of power spectra
(one at 44,100 Hz, one at half of that) with filter banks as matrices; what costs most elsewhere (CQT, HPSS, pYIN,
tonnetz) is left out. Nothing is kept but sums, so that ten hours take no more room than ten minutes.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from moodstream.audio.deam import Deam
from moodstream.audio.filterbanks import Floats as Floats
from moodstream.audio.fma import Fma
from moodstream.audio.spectrum import HALF_RATE, Resampler
from moodstream.audio.spectrum import RATE as RATE
from moodstream.audio.spectrum import Samples as Samples


@dataclass(frozen=True)
class Descriptors:
    """What was computed of a sound.

    `fma` and `deam` have the names and units of the tables that they are comparable with, those of the CQT left out.
    `onsets`: librosa's onset strength (mean rise over mel bands in dB), one float a frame of `deam.HOP` / 22,050 s;
    `bass_onsets`: the same over the bands below `deam.BASS` Hz.
    `pitches`: energy of 36 pitch classes, three a semitone, the mean over frames that each have their strongest at 1:
    0 is C, 1 a third of a semitone above C, 2 a third below C sharp, 3 C sharp, ... 35 a third below C (A4 = 440 Hz).
    `loudness` in LUFS, integrated over the mono sum as one channel, not below -70.
    """

    fma: dict[str, float]
    deam: dict[str, float]
    onsets: Floats
    bass_onsets: Floats
    pitches: Floats
    loudness: float


def describe(samples: Samples, rate: int = RATE) -> Descriptors:
    """Compute the descriptors of mono samples at `rate` Hz, at least a second of them."""
    return describe_stream([samples], rate)


def describe_stream(blocks: Iterable[Samples], rate: int) -> Descriptors:
    """Compute the descriptors of a sound that comes in blocks of mono samples at `rate` Hz."""
    whole, half = Resampler(rate, RATE), Resampler(RATE, HALF_RATE)
    fma, deam = Fma(), Deam()
    for block in blocks:
        samples = _rounded(whole.push(block))
        fma.push(samples)
        deam.push(half.push(samples))
    samples = _rounded(whole.push(np.empty(0, np.float32), last=True))
    fma.push(samples, last=True)
    deam.push(half.push(samples, last=True), last=True)
    onsets, bass_onsets = deam.onsets()
    return Descriptors(fma.means(), deam.moments(onsets), onsets, bass_onsets, deam.pitches(), fma.loudness())


def _rounded(samples: Samples) -> Samples:
    # The tables' own tools decoded to 16 bits, and the noise floor of that is a part of what the models have seen:
    # without it the contrast of the highest band of a lossy file lies six deviations above that of the table.
    rounded: Samples = samples * np.float32(32_768)
    np.rint(rounded, out=rounded)
    rounded *= np.float32(1 / 32_768)
    return rounded
