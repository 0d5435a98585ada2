"""Sounds for tests, whose tempo, key and nature are known because they are made here."""

from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile

from moodstream.audio.descriptors import RATE, Samples

LAYOUTS = {1: "mono", 2: "stereo", 16: "hexadecagonal"}
"""What FFmpeg calls so many channels."""

MAJOR_CADENCE = ((0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7))
MINOR_CADENCE = ((0, 3, 7), (5, 8, 12), (7, 10, 14), (0, 3, 7))


def times(seconds: float, rate: int = RATE) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.arange(round(seconds * rate)) / rate


def tone(hertz: float = 440.0, seconds: float = 2.0, rate: int = RATE, level: float = 0.5) -> Samples:
    return (level * np.sin(2 * np.pi * hertz * times(seconds, rate))).astype(np.float32)


def noise(seconds: float = 2.0, level: float = 0.1) -> Samples:
    return np.random.default_rng(1).normal(0, level, round(seconds * RATE)).astype(np.float32)


def clicks(bpm: float, seconds: float = 15.0) -> Samples:
    """A click on every beat."""
    sound = np.zeros(round(seconds * RATE), np.float32)
    click = tone(2000, 0.01) * np.exp(-times(0.01) * 500)
    for beat in np.arange(0, seconds - 0.1, 60 / bpm):
        start = round(beat * RATE)
        sound[start : start + len(click)] += click.astype(np.float32)
    return sound


def chords(tonic: int, cadence: tuple[tuple[int, ...], ...]) -> Samples:
    """A cadence from a tonic (as a MIDI number), a chord a second, twice over, with overtones and a bass."""
    return np.concatenate([_chord([tonic - 12 + degrees[0], *(tonic + d for d in degrees)]) for degrees in cadence * 2])


def _chord(pitches: list[int]) -> Samples:
    notes = [
        tone(440 * 2 ** ((pitch - 69) / 12) * overtone, 1.0, level=0.05 / overtone)
        for pitch in pitches
        for overtone in range(1, 6)
    ]
    return (np.sum(notes, axis=0) * np.exp(-times(1.0))).astype(np.float32)


def write(path: Path, samples: Any = None, rate: int = RATE, **options: Any) -> Path:
    """Write a sound, by default two seconds of a tone, in the format that the name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, tone() if samples is None else samples, rate, **options)
    return path


def write_with_ffmpeg(path: Path, codec: str, samples: Any = None, rate: int = RATE) -> Path:
    """Write a sound, (n,) or of as many channels as `LAYOUTS` has, in a format that libsndfile does not know."""
    samples = tone() if samples is None else samples
    layout = LAYOUTS[samples.shape[1] if samples.ndim > 1 else 1]
    with av.open(path, "w", format={".m4a": "ipod", ".wma": "asf", ".aac": "adts"}.get(path.suffix)) as container:
        stream = container.add_stream(codec, rate=rate, layout=layout, options={"b": "128k"})
        whole = np.round(samples * 32_767).astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(whole, format="s16", layout=layout)
        frame.sample_rate = rate
        resampler = av.AudioResampler(stream.format, layout, rate, stream.frame_size or 1024)
        for part in (*resampler.resample(frame), *resampler.resample(None), None):
            container.mux(stream.encode(part))
    return path
