"""Which mood stands for which emotion, and how far a face can be believed.

The table is the setting FACE_MOODS; its default is in moodstream/settings.py.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Literal, NamedTuple

from moodstream.errors import ConfigurationError
from moodstream.moods import Mood

EMOTIONS = ("angry", "disgusted", "fearful", "happy", "sad", "surprised", "neutral")
"""In the order of what the network says."""
WELL_TOLD, BADLY_TOLD = ("happy", "surprised"), ("fearful", "disgusted")

Confidence = Literal["fair", "low"]
FAIR = 0.6
"""The least probability of a mood that is fair, rather than low."""
LEAST_FACE = 64
"""A face of fewer pixels each way had to be blown up to be looked at."""


class Verdict(NamedTuple):
    """The mood of a face, the probability of each mood of the table, and how far to believe it, in words too."""

    mood: Mood
    probabilities: dict[Mood, float]
    confidence: Confidence
    because: str


def table(text: str) -> dict[str, Mood]:
    """The table of emotions and moods that a setting says: `happy=Happy, sad=Sad, ...`.

    Raises:
        ConfigurationError: an emotion is missing, unknown or there twice, or a mood is none.
    """
    pairs = [tuple(part.strip() for part in pair.partition("=")[::2]) for pair in text.split(",") if pair.strip()]
    if sorted(emotion for emotion, _ in pairs) != sorted(EMOTIONS):
        raise ConfigurationError(
            f"FACE_MOODS is {text!r}, but has to say a mood for each of {', '.join(EMOTIONS)}, once: "
            "correct it in the environment or in .env."
        )
    wrong = [mood for _, mood in pairs if mood not in list(Mood)]
    if wrong:
        raise ConfigurationError(f"FACE_MOODS says {wrong[0]!r}, which is no mood: there are {', '.join(Mood)}.")
    return {emotion: Mood(mood) for emotion, mood in pairs}


def verdict(emotions: Mapping[str, float], moods: Mapping[str, Mood], side: float) -> Verdict:
    """The mood of a face of `side` pixels: that whose emotions are the likeliest together."""
    sums: dict[Mood, float] = defaultdict(float)
    for emotion, probability in emotions.items():
        sums[moods[emotion]] += probability
    probabilities = {mood: min(1.0, share) for mood, share in sorted(sums.items(), key=lambda item: -item[1])}
    mood = next(iter(probabilities))
    return Verdict(mood, probabilities, *_belief(emotions, probabilities[mood], side))


def _belief(emotions: Mapping[str, float], probability: float, side: float) -> tuple[Confidence, str]:
    leading = max(emotions, key=lambda emotion: emotions[emotion])
    if side < LEAST_FACE:
        return "low", "The face is small on the picture."
    if leading in BADLY_TOLD:
        return "low", f"A {leading} face is told badly."
    if probability < FAIR:
        return "low", "More than one mood is likely."
    if leading in WELL_TOLD:
        return "fair", f"A {leading} face is told well."
    return "fair", "Of a hundred faces 53 to 69 are told right."
