"""The space that songs are compared in: which features, what each weighs, and why.

The distance of two songs is the Euclidean one of their coordinates; a coordinate is `Axis.weight` times the feature,
which lies in about 0..1. Left out: `loudness` (how a record was mastered; what it says of the music, energy says too),
`liveness` (the room), `key`, `mode` and `time_signature` (songs of one mood and style come in all of them).
"""

import math
from collections.abc import Callable
from typing import NamedTuple

from moodstream.messages import Features

SLOWEST = 20.0
"""BPM."""


class Axis(NamedTuple):
    """One feature in the space.

    `typical` is what a song that does not know the feature is taken to have; where it is None, a song that does not
    know it is not compared at all.
    """

    weight: float
    why: str
    typical: float | None = None
    scaled: Callable[[float], float] = lambda value: value


SOUND: dict[str, Axis] = {
    "valence": Axis(1.0, "half of what makes a mood"),
    "energy": Axis(1.0, "the other half"),
    "danceability": Axis(0.7, "the beat; it goes with valence (r about 0.5), which in full would count twice"),
    "acousticness": Axis(0.6, "the instruments; it lies near 0 or 1, so in full it would drown the others"),
    "tempo": Axis(
        0.5,
        "by ratio, as it is heard: half a unit an octave, since half and double are often taken for each other",
        # No music is slower: what claims to be would lie farther from all songs than these from each other.
        scaled=lambda bpm: math.log2(max(bpm, SLOWEST) / 60),
    ),
    "instrumentalness": Axis(0.4, "sung or not; near 0 or 1, and not every source knows it", typical=0.1),
    "speechiness": Axis(0.5, "rap and spoken word; hardly differs between other songs", typical=0.08),
}
"""The axes of the space, in the order of the columns of `Library.sounds`."""

UNKNOWN = [math.nan] * len(SOUND)


def sound(features: Features) -> list[float]:
    """Where a song lies in the space; all NaN where it lacks a feature that has no `typical` value."""
    place = []
    for name, axis in SOUND.items():
        known = getattr(features, name)
        value = axis.typical if known is None else known
        if value is None:
            return UNKNOWN
        place.append(axis.weight * axis.scaled(value))
    return place


def plane(features: Features) -> tuple[float, float]:
    """Valence and arousal in 0..1, energy standing in where arousal was not heard; NaN where not known."""
    arousal = features.energy if features.arousal is None else features.arousal
    return _or_nan(features.valence), _or_nan(arousal)


def tempo(features: Features) -> float:
    """BPM; NaN where not known."""
    return _or_nan(features.tempo)


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
