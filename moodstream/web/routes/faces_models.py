"""What is told of a face."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from moodstream.faces.moods import Confidence
from moodstream.faces.reading import Reading
from moodstream.messages import Track
from moodstream.moods import Mood
from moodstream.web.api_models import Share
from moodstream.web.routes.listener_models import RecommendedTrack

Emotion = Literal["angry", "disgusted", "fearful", "happy", "sad", "surprised", "neutral"]
Pixels = Annotated[int, Field(ge=0)]


class Place(BaseModel):
    """Where the face is, in pixels of the upright picture."""

    model_config = ConfigDict(from_attributes=True)

    x: Pixels
    y: Pixels
    width: Pixels
    height: Pixels


class FaceMood(BaseModel):
    """The mood of a face, and what to play in it."""

    emotions: dict[Emotion, Share] = Field(description="The probability of each emotion")
    mood: Mood = Field(description="The likeliest mood")
    probabilities: dict[Mood, Share] = Field(description="Of each mood of the table: the sum over its emotions")
    confidence: Confidence = Field(description="`low` where one should not rely on it; never more than `fair`")
    because: str = Field(description="Why so, in a sentence")
    face: Place
    width: Pixels = Field(description="The upright picture's width")
    height: Pixels = Field(description="The upright picture's height")
    background: int = Field(ge=0, description="How many smaller faces were left out")
    playlist: list[RecommendedTrack] = Field(description="In playing order; empty where there are no songs yet")

    @classmethod
    def of(cls, reading: Reading, tracks: Sequence[Track]) -> Self:
        """What was read of a face, with a playlist for it."""
        verdict = reading.verdict
        return cls.model_validate(
            {
                "emotions": {emotion: round(share, 4) for emotion, share in reading.emotions.items()},
                "mood": verdict.mood,
                "probabilities": {mood: round(share, 4) for mood, share in verdict.probabilities.items()},
                "confidence": verdict.confidence,
                "because": verdict.because,
                "face": reading.face,
                "width": reading.width,
                "height": reading.height,
                "background": reading.background,
                "playlist": list(tracks),
            },
            from_attributes=True,
        )
