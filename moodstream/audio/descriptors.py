"""Sound -> what can be computed of it, by the two recipes that the models were trained on, with librosa.

A model holds only for descriptors made exactly as those that it has seen. One magnitude spectrogram for each
recipe is all that is transformed; whatever costs librosa most (CQT, HPSS, pYIN, tonnetz) is left out.
"""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from moodstream.audio.decode import RATE, Samples

HALF_RATE = RATE // 2
N_FFT, HOP = 2048, 512
N_MFCC = 13
FLOOR = 1e-6
"""Added before a logarithm is taken."""

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Descriptors:
    """What was computed of a sound.

    `fma` and `deam` have the names and units of the tables that they are comparable with, or are natural logarithms
    of them (`log_`); `chroma_stft` is the mean of the twelve.
    `onsets`: onset strength, one float a frame of `HOP / HALF_RATE` s. `chroma`: energy of the twelve pitch
    classes from C on, the mean over frames that each have their strongest at 1. `rms` is of full scale.
    """

    fma: dict[str, float]
    deam: dict[str, float]
    onsets: Floats
    chroma: Floats
    rms: float


def describe(samples: Samples) -> Descriptors:
    """Compute the descriptors of mono `samples` at `RATE`, at least a second of them."""
    import librosa  # takes seconds, which what needs no audio shall not pay

    # The tables' own tools decoded to 16 bits, and the noise floor of that is a part of what the models have seen:
    # without it the contrast of the highest band of a lossy file lies six deviations above that of the table.
    samples = np.round(samples * 32_768) / np.float32(32_768)
    half = soxr.resample(samples, RATE, HALF_RATE)
    magnitude = np.abs(librosa.stft(half, n_fft=N_FFT, hop_length=HOP))
    mel = librosa.feature.melspectrogram(S=magnitude**2, sr=HALF_RATE)
    onsets = librosa.onset.onset_strength(S=librosa.power_to_db(mel), sr=HALF_RATE)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Trying to estimate tuning")  # of what has no pitch: 0 is right
        chroma = librosa.feature.chroma_stft(S=magnitude**2, sr=HALF_RATE).mean(axis=1)
    return Descriptors(
        fma=_fma(samples),
        deam=_deam(half, magnitude, onsets),
        onsets=onsets,
        chroma=chroma,
        rms=float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))),
    )


def _fma(samples: Samples) -> dict[str, float]:
    """The recipe of the FMA metadata (Defferrard et al., "FMA: A Dataset for Music Analysis", ISMIR 2017).

    It read clips of 44,100 Hz, but let librosa take all but the mel bands for 22,050 Hz, so that the bands of the
    contrast lie an octave higher than librosa says. They are made here as they were there.
    """
    import librosa

    magnitude = np.abs(librosa.stft(samples, n_fft=N_FFT, hop_length=HOP))
    mel = librosa.feature.melspectrogram(S=magnitude**2, sr=RATE)
    mfcc = librosa.feature.mfcc(S=librosa.power_to_db(mel), n_mfcc=N_MFCC)
    contrast = librosa.feature.spectral_contrast(S=magnitude)
    return {
        **{f"mfcc.{index}": float(band.mean()) for index, band in enumerate(mfcc)},
        **{f"spectral_contrast.{index}": float(band.mean()) for index, band in enumerate(contrast)},
        "chroma_stft": float(librosa.feature.chroma_stft(S=magnitude**2, tuning=0.0).mean()),
    }


def _deam(half: Samples, magnitude: Floats, onsets: Floats) -> dict[str, float]:
    """The recipe of the twelve columns beside the DEAM ratings: means and deviations over frames, at `HALF_RATE`."""
    import librosa

    flatness = librosa.feature.spectral_flatness(S=magnitude)
    frames = {
        "loudness": librosa.feature.rms(y=half, frame_length=N_FFT, hop_length=HOP),
        "brightness": librosa.feature.spectral_centroid(S=magnitude, sr=HALF_RATE),
        "flux": onsets,
        "zcr": librosa.feature.zero_crossing_rate(half, frame_length=N_FFT, hop_length=HOP),
        "sharpness": flatness,
    }
    moments = {f"{name}_mean": values.mean() for name, values in frames.items()}
    moments |= {f"{name}_std": values.std() for name, values in frames.items()}
    hnr = -10 * np.log10(flatness + 1e-9)
    return {
        **{f"log_{name}": float(np.log(value + FLOOR)) for name, value in moments.items()},
        "hnr_mean": float(hnr.mean()),
        "hnr_std": float(hnr.std()),
    }
