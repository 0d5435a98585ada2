"""Music from nothing: short pieces of chords, bass, melody and drums, in the manner of the mood that each aims at.

The mood decides how a piece is played: tempo, mode, timbre, percussion, loudness. What it is heard as in the end is
for the extraction and the model to say.
"""

from typing import NamedTuple

import numpy as np

from moodstream.audio.descriptors import RATE, Floats, Samples
from moodstream.moods import Mood

VERSION = 2
"""Changes whenever the same seed may make another piece."""

SECONDS = 10
BEATS_A_BAR = 4
TAIL = 5 * RATE
"""Room behind the end for notes that still sound."""

MAJOR, MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
# Degrees of the scale that four bars are built on.
PROGRESSIONS = {MAJOR: ((0, 3, 4, 0), (0, 4, 3, 0), (0, 5, 3, 4)), MINOR: ((0, 3, 4, 0), (0, 3, 6, 0), (0, 5, 3, 4))}
TRIAD = (0, 2, 4)
ARPEGGIO = (0, 2, 4, 2)
ACCENTS = (1.0, 0.5)
"""Of the hat: on the beat, and between beats."""

CHORDS_AROUND, ARPEGGIO_AROUND, BASS_AROUND = 60, 64, 40
"""MIDI numbers; 69 is the A at 440 Hz."""

TABLE = 2048
HIGHEST_PARTIAL, MOST_PARTIALS = 15_000, 40
HISS = 0.003

Range = tuple[float, float]


class Style(NamedTuple):
    """How music of a mood is played; from each range one value is drawn for a piece.

    `bpm`: beats a minute. `minor`: how often the mode is minor. `damping`: the power by which partials fall with
    their number. `decay`: s in which a note falls to a third. `pad`, `bass`, `arpeggio`, `melody`, `kick`, `snare`,
    `hat`: amplitudes. `notes`: of the melody, a beat, rounded to one or two. `register`: MIDI number that the melody
    lies around. `ring`: s in which the hat falls to a third. `drive`: how far the notes are pushed into saturation.
    `cutoff`: Hz above which the mix is damped. `level`: RMS in dB of full scale.
    """

    bpm: Range
    minor: Range
    damping: Range
    decay: Range
    pad: Range
    bass: Range
    arpeggio: Range
    melody: Range
    notes: Range
    register: Range
    kick: Range
    snare: Range
    hat: Range
    ring: Range
    drive: Range
    cutoff: Range
    level: Range


STYLES = {
    Mood.HAPPY: Style(
        bpm=(112, 138), minor=(0.05, 0.05), damping=(1.0, 1.7), decay=(0.2, 0.45), pad=(0.5, 0.8), bass=(0.9, 1.3),
        arpeggio=(0.25, 0.45), melody=(0.6, 0.75), notes=(1.4, 2), register=(73, 79), kick=(0.7, 1.0), snare=(1.4, 2.0),
        hat=(2.4, 3.2), ring=(0.05, 0.1), drive=(0.6, 1.3), cutoff=(9_000, 13_000), level=(-12, -10),
    ),
    Mood.ENERGETIC: Style(
        bpm=(140, 164), minor=(0.3, 0.3), damping=(1.2, 1.6), decay=(0.35, 0.6), pad=(0.3, 0.7), bass=(1.6, 2.2),
        arpeggio=(0.1, 0.3), melody=(0.3, 0.5), notes=(1.4, 1.9), register=(66, 73), kick=(1.3, 1.8), snare=(1.8, 2.6),
        hat=(2.4, 3.2), ring=(0.07, 0.15), drive=(3, 7), cutoff=(12_500, 17_500), level=(-11, -10),
    ),
    Mood.CALM: Style(
        bpm=(68, 86), minor=(0.2, 0.2), damping=(2.0, 2.5), decay=(0.3, 0.6), pad=(0.4, 1.0), bass=(0.3, 0.6),
        arpeggio=(0.4, 0.6), melody=(0.4, 0.6), notes=(1, 1), register=(64, 72), kick=(0, 0.15), snare=(0, 0.2),
        hat=(0.1, 0.3), ring=(0.02, 0.05), drive=(0.25, 0.6), cutoff=(2_500, 4_000), level=(-20, -17),
    ),
    Mood.SAD: Style(
        bpm=(74, 88), minor=(0.95, 0.95), damping=(1.6, 2.2), decay=(0.6, 1.0), pad=(0.7, 1.3), bass=(1.4, 1.8),
        arpeggio=(0.25, 0.5), melody=(0.6, 0.85), notes=(1, 1), register=(58, 62), kick=(0.9, 1.3), snare=(0.4, 0.7),
        hat=(0.2, 0.5), ring=(0.03, 0.07), drive=(3.5, 7), cutoff=(2_300, 3_200), level=(-15, -13),
    ),
    Mood.DARK: Style(
        bpm=(132, 156), minor=(1.0, 1.0), damping=(0.4, 0.65), decay=(0.3, 0.6), pad=(0.9, 1.4), bass=(2.2, 3.0),
        arpeggio=(0.1, 0.2), melody=(0.3, 0.5), notes=(1, 1.6), register=(50, 57), kick=(0.6, 1.2), snare=(0.9, 2.0),
        hat=(2.3, 3.4), ring=(0.04, 0.12), drive=(11, 22), cutoff=(12_000, 19_000), level=(-19, -16),
    ),
    Mood.NEUTRAL: Style(
        bpm=(104, 122), minor=(0.5, 0.5), damping=(1.4, 1.9), decay=(0.35, 0.55), pad=(0.3, 0.6), bass=(1.8, 2.3),
        arpeggio=(0.1, 0.3), melody=(0.35, 0.5), notes=(1, 1), register=(63, 69), kick=(0.6, 1.1), snare=(0.7, 1.3),
        hat=(1.5, 2.3), ring=(0.04, 0.08), drive=(1.8, 3.5), cutoff=(9_000, 14_000), level=(-15, -13.5),
    ),
}  # fmt: skip


def compose(mood: Mood, random: np.random.Generator) -> Samples:
    """Compose a piece that aims at a mood: `SECONDS` of mono sound at `RATE`, within full scale."""
    drawn = {name: float(random.uniform(*limits)) for name, limits in STYLES[mood]._asdict().items()}
    return _Piece(drawn, random).play()


class _Piece:
    def __init__(self, style: dict[str, float], random: np.random.Generator) -> None:
        self._style, self._random = style, random
        self._beat = 60 / style["bpm"]
        self._beats = int(SECONDS / self._beat) + 1
        self._scale = MINOR if random.random() < style["minor"] else MAJOR
        self._key = int(random.integers(12))
        self._waves: dict[int, Samples] = {}
        self._notes, self._drums = np.zeros((2, SECONDS * RATE + TAIL), np.float32)

    def play(self) -> Samples:
        progression = PROGRESSIONS[self._scale][self._random.integers(3)]
        for bar in range(0, self._beats, BEATS_A_BAR):
            self._accompany(bar, progression[bar // BEATS_A_BAR % 4])
        self._sing()
        self._drum()
        return self._master(self._notes[: SECONDS * RATE], self._drums[: SECONDS * RATE])

    def _accompany(self, bar: int, degree: int) -> None:
        for third in TRIAD:
            self._note(bar, BEATS_A_BAR, self._pitch(degree + third, CHORDS_AROUND), 0.3 * self._style["pad"], 0.1, 3.0)
        for beat in range(BEATS_A_BAR):
            decay = self._style["decay"]
            self._note(bar + beat, 1, self._pitch(degree, BASS_AROUND), 0.5 * self._style["bass"], 0.01, decay)
            pitch = self._pitch(degree + ARPEGGIO[beat], ARPEGGIO_AROUND)
            self._note(bar + beat, 1, pitch, self._style["arpeggio"], 0.005, decay)

    def _sing(self) -> None:
        """A melody that sets out from the tonic triad in each bar, walks through the scale, and rests now and then."""
        step = 1 / (1 if self._style["notes"] < 1.5 else 2)
        degree = 0
        for position in np.arange(0, self._beats, step):
            degree += int(self._random.integers(-2, 3))
            if position % BEATS_A_BAR == 0:
                degree = int(self._random.choice(TRIAD))
            if self._random.random() < 0.85:
                pitch = self._pitch(degree, self._style["register"])
                self._note(position, step, pitch, 0.8 * self._style["melody"], 0.01, self._style["decay"])

    def _drum(self) -> None:
        time = np.arange(RATE // 5) / RATE
        kick = np.sin(2 * np.pi * (50 * time + 3 * (1 - np.exp(-30 * time)))) * np.exp(-18 * time)
        for beat in range(self._beats):
            noise = self._random.normal(size=(3, len(time)))
            self._put(self._drums, beat, self._style["kick"] * kick)
            self._put(self._drums, beat, self._style["snare"] * (beat % 2) * 0.4 * noise[0] * np.exp(-25 * time))
            for half, accent in enumerate(ACCENTS):
                hat = np.diff(noise[1 + half], prepend=0.0) * np.exp(-time / self._style["ring"])
                self._put(self._drums, beat + half / 2, self._style["hat"] * accent * 0.2 * hat)

    def _pitch(self, degree: int, around: float) -> int:
        """The MIDI number of a degree of the scale, in the octave that lies around another."""
        octave, step = divmod(degree, len(self._scale))
        pitch = self._key + 12 * octave + self._scale[step]
        return pitch + 12 * round((around - pitch) / 12)

    def _note(self, beat: float, beats: float, pitch: int, amplitude: float, attack: float, decay: float) -> None:
        hertz = 440 * 2 ** ((pitch - 69) / 12)
        time = np.arange(int((beats * self._beat + 0.1) * RATE), dtype=np.float32) / RATE
        wave = self._wave(hertz)[(time * hertz * TABLE).astype(np.int64) % TABLE]
        shape = np.minimum(time / attack, 1) * np.exp(-time / decay) * np.minimum((time[-1] - time) / 0.05, 1)
        self._put(self._notes, beat, amplitude * wave * shape)

    def _wave(self, hertz: float) -> Samples:
        """One period with its peak at 1, without partials above `HIGHEST_PARTIAL` Hz."""
        partials = max(1, min(MOST_PARTIALS, int(HIGHEST_PARTIAL / hertz)))
        if partials not in self._waves:
            number = np.arange(1, partials + 1)
            phases = 2 * np.pi * np.outer(np.arange(TABLE) / TABLE, number) + 0.3 * number
            wave = np.sin(phases) @ number ** -self._style["damping"]
            self._waves[partials] = (wave / np.abs(wave).max()).astype(np.float32)
        return self._waves[partials]

    def _put(self, track: Samples, beat: float, sound: Floats) -> None:
        start = int(beat * self._beat * RATE)
        room = track[start : start + len(sound)]
        room += sound[: len(room)].astype(np.float32)

    def _master(self, notes: Samples, drums: Samples) -> Samples:
        """Saturate the notes, damp what is high, add the hiss that every recording has, and set the loudness."""
        mix = np.tanh(notes / _rms(notes) * self._style["drive"]) + drums
        hertz = np.fft.rfftfreq(len(mix), 1 / RATE)
        damped = np.fft.irfft(np.fft.rfft(mix) / np.sqrt(1 + (hertz / self._style["cutoff"]) ** 4), len(mix))
        hissing = damped / _rms(damped) + HISS * self._random.normal(size=len(mix))
        loud = hissing / _rms(hissing) * 10 ** (self._style["level"] / 20)
        return np.clip(loud, -1, 1).astype(np.float32)


def _rms(sound: Floats) -> float:
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))
