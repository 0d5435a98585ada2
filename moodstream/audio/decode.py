"""A file -> the sound of its first 30 seconds: mono, 44,100 Hz.

The models of `features.py` were trained on descriptors at 44,100 and at 22,050 Hz. Both are made from this rate.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from moodstream.errors import AudioError

RATE = 44_100
SECONDS = 30
LEAST_SECONDS = 1.0
SUFFIXES = frozenset({".ogg", ".oga", ".opus", ".mp3", ".flac", ".wav"})

# What headers of real recordings say; a rate beyond them is damage, and would cost without limit.
RATES = range(4_000, 768_001)
# -80 dB of full scale is below what any recording is mixed at; 20 dB above it is no sound but damage.
SILENT, LOUDEST = 1e-4, 10.0
BLOCK = 1 << 16

NO_FILE = 7
"""What libsndfile calls an MP3 that it cannot make out: no regular file. That it is one has been seen before."""

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Sound:
    """What is heard of a song: `samples`, n floats at `RATE`, and `duration_ms` of the whole song, if known."""

    samples: Samples
    duration_ms: int | None


def decode(path: Path) -> Sound:
    """Decode the first `SECONDS` of a file.

    Raises:
        AudioError: it cannot be read or decoded, or what it holds is silent or shorter than `LEAST_SECONDS`.
    """
    try:
        with path.open("rb") as file:
            if not file.read(1):
                raise AudioError(f"{path} is empty.")
        # As bytes, since a name on disk need not be UTF-8.
        with soundfile.SoundFile(bytes(path)) as file:
            return sound(_read(path, file), file.samplerate, path, _milliseconds(file))
    except OSError as error:
        raise AudioError(f"{path} cannot be read: {error.strerror}.") from error
    except soundfile.SoundFileError as error:
        raise AudioError(f"{path} is damaged or no audio file{_said(error)}.") from error


def sound(samples: Samples, rate: int, name: object, duration_ms: int | None) -> Sound:
    """Bring mono samples at `rate` Hz to `RATE`.

    Raises:
        AudioError: they are silent, too few or no sound; the sentence calls them `name`.
    """
    if len(samples) < LEAST_SECONDS * rate:
        raise AudioError(
            f"{name} is too short: {len(samples) / rate:.2f} s of sound, {LEAST_SECONDS:.0f} s are needed."
        )
    if not np.abs(samples).max() <= LOUDEST:
        raise AudioError(f"{name} is damaged: it has samples far beyond full scale.")
    if np.abs(samples).max() < SILENT:
        raise AudioError(f"{name} is silent in its first {SECONDS} s.")
    return Sound(soxr.resample(samples, rate, RATE), duration_ms)


def _read(path: Path, file: soundfile.SoundFile) -> Samples:
    if file.samplerate not in RATES:
        raise AudioError(f"{path} is damaged: its header says {file.samplerate} Hz.")
    blocks = file.blocks(BLOCK, frames=SECONDS * file.samplerate, dtype="float32", always_2d=True)
    return np.concatenate([block.mean(axis=1) for block in blocks] or [np.empty(0, np.float32)])


def _milliseconds(file: soundfile.SoundFile) -> int | None:
    """The length that the header says; None where it says none, which libsndfile tells by a huge number."""
    milliseconds = round(1000 * file.frames / file.samplerate)
    return milliseconds if 0 < milliseconds < 2**31 else None


def _said(error: soundfile.SoundFileError) -> str:
    if isinstance(error, soundfile.LibsndfileError) and error.code == NO_FILE:
        return ""
    said = error.error_string if isinstance(error, soundfile.LibsndfileError) else str(error)
    return ": " + said.strip().rstrip(".").removeprefix("Error : ")
