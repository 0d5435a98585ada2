"""The moods: their names, their colours and markers, and where they lie on the valence-arousal plane.

To add a mood, add a member to `Mood` and its row to `LOOKS`.
"""

from enum import StrEnum
from typing import NamedTuple


class Mood(StrEnum):
    """What a song feels like. The value is what messages, tables and pages show."""

    HAPPY = "Happy"
    ENERGETIC = "Energetic"
    CALM = "Calm"
    SAD = "Sad"
    DARK = "Dark"
    NEUTRAL = "Neutral"


class Look(NamedTuple):
    """How a mood is drawn: colours on a light and a dark ground, a marker, and its middle on the plane.

    `valence` and `arousal` are in 0..1. The colours keep the moods apart under normal, deuteranopic,
    protanopic and tritanopic sight, with at least 3:1 contrast to white and to `#12141a`.
    """

    light: str
    dark: str
    marker: str
    valence: float
    arousal: float


LOOKS: dict[Mood, Look] = {
    Mood.HAPPY: Look("#c0880f", "#ddad16", "circle", 0.80, 0.60),
    Mood.ENERGETIC: Look("#922502", "#c96558", "triangle-up", 0.60, 0.85),
    Mood.CALM: Look("#1c5e59", "#76ffa8", "diamond", 0.60, 0.20),
    Mood.SAD: Look("#4f90c3", "#4fa5ff", "square", 0.20, 0.25),
    Mood.DARK: Look("#6f2da6", "#a077a0", "cross", 0.20, 0.80),
    Mood.NEUTRAL: Look("#92938d", "#b3b5b4", "circle-open", 0.50, 0.50),
}

UNCLASSIFIED = "Unclassified"
"""What tables and pages call a play that has no mood; it is never a `Mood`."""
