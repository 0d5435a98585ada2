"""The descriptors as librosa computes them, of a whole sound at once: what ours are held to."""

import warnings

import librosa
import numpy as np
import soxr

from moodstream.audio.deam import HOP
from moodstream.audio.descriptors import RATE, Floats, Samples
from moodstream.audio.spectrum import HALF_RATE


def fma(samples: Samples, hop: int) -> dict[str, float]:
    """By the recipe of the FMA metadata, with `hop` samples from frame to frame, on sound of 16 bits."""
    samples = rounded(samples)
    magnitude = np.abs(librosa.stft(samples, n_fft=2048, hop_length=hop))
    power = magnitude**2
    mel = librosa.feature.melspectrogram(S=power, sr=RATE)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Trying to estimate tuning")
        frames = {
            "chroma_stft": librosa.feature.chroma_stft(S=power, tuning=0.0),
            "mfcc": librosa.feature.mfcc(S=librosa.power_to_db(mel), n_mfcc=20),
            "spectral_contrast": librosa.feature.spectral_contrast(S=magnitude),
            "rmse": np.sqrt(power.mean(axis=0, keepdims=True)),  # as librosa had it when the table was made
            "spectral_centroid": librosa.feature.spectral_centroid(S=magnitude),
            "spectral_bandwidth": librosa.feature.spectral_bandwidth(S=magnitude),
            "spectral_rolloff": librosa.feature.spectral_rolloff(S=magnitude),
            "zcr": librosa.feature.zero_crossing_rate(samples, frame_length=2048, hop_length=hop),
        }
    return {
        f"{name}.{number}" if number else name: float(row.mean())
        for name, rows in frames.items()
        for number, row in enumerate(rows)
    }


def deam(samples: Samples) -> dict[str, float]:
    """By the recipe of the columns beside the DEAM ratings."""
    half = soxr.resample(rounded(samples), RATE, HALF_RATE)
    magnitude = np.abs(librosa.stft(half))
    flatness = librosa.feature.spectral_flatness(S=magnitude)
    frames = {
        "loudness": librosa.feature.rms(y=half),
        "brightness": librosa.feature.spectral_centroid(S=magnitude, sr=HALF_RATE),
        "flux": onsets(samples),
        "zcr": librosa.feature.zero_crossing_rate(half),
        "sharpness": flatness,
        "hnr": -10 * np.log10(flatness + 1e-9),
    }
    means = {f"{name}_mean": float(values.mean(dtype=np.float64)) for name, values in frames.items()}
    return means | {f"{name}_std": float(values.std(dtype=np.float64)) for name, values in frames.items()}


def onsets(samples: Samples, bands: slice = slice(None)) -> Floats:
    """Onset strength over mel bands."""
    strength: Floats = librosa.onset.onset_strength(S=librosa.power_to_db(_mel(samples))[bands], sr=HALF_RATE)
    return strength


def pitches(samples: Samples) -> Floats:
    """36 pitch classes, the mean over frames."""
    chroma = librosa.feature.chroma_stft(S=_power(samples), sr=HALF_RATE, n_chroma=36, tuning=0.0)
    mean: Floats = chroma.mean(axis=1)
    return mean


def rounded(samples: Samples) -> Samples:
    """What a decoder to 16 bits leaves."""
    return np.round(samples * 32_768) / np.float32(32_768)


def _power(samples: Samples) -> Floats:
    half = soxr.resample(rounded(samples), RATE, HALF_RATE)
    return np.abs(librosa.stft(half, n_fft=2048, hop_length=HOP)) ** 2


def _mel(samples: Samples) -> Floats:
    mel: Floats = librosa.feature.melspectrogram(S=_power(samples), sr=HALF_RATE)
    return mel
