"""What a journey is asked for with, and what is told of it."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from moodstream.moods import Mood
from moodstream.recommend.journeys import FEWEST, MOST
from moodstream.web.wishes import Wished

MOST_MINUTES = 600


class JourneyQuestion(Wished):
    """From which mood to which, how long, and of which songs."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"from": "Sad", "to": "Happy", "songs": 20}]})

    start: Mood | None = Field(
        None, alias="from", description="Where it starts; with a `listener`, their present mood where left out"
    )
    to: Mood = Field(description="Where it ends; the same as `from` for one that stays there")
    songs: int | None = Field(None, ge=FEWEST, le=MOST, strict=True, description="How many songs; this or `minutes`")
    minutes: float | None = Field(
        None,
        gt=0,
        le=MOST_MINUTES,
        allow_inf_nan=False,
        strict=True,
        description=f"How long, with {MOST} songs at most",
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.songs is None) == (self.minutes is None):
            raise ValueError("either songs or minutes is needed, and not both")
        if self.start is None and self.listener is None:
            raise ValueError("from is needed where there is no listener, whose present mood it would be")
        return self


class Step(BaseModel):
    """A song of a journey."""

    song_id: str
    title: str
    artist: str
    link: str = Field(description="`urn:moodstream:song:` and the song's id, percent-encoded")
    mood: Mood | None = Field(description="The song's own mood, where it is known")
    valence: float = Field(description="0 to 1")
    arousal: float = Field(description="0 to 1; the song's energy where its arousal was not heard")
    progress: float = Field(
        description="How far from the first mood (0) to the last (1), rising from song to song; it may begin slightly "
        "before 0, and end beyond 1. 0 where both moods are the same"
    )
    deviation: float = Field(description="How far from the straight line between the moods, on the plane")
    tempo: float = Field(description="BPM")
    tempo_step: float = Field(description="By which share of the slower tempo it differs from the song before")
    duration_ms: int | None


class Journey(BaseModel):
    """A journey, in playing order."""

    start: Mood = Field(serialization_alias="from")
    to: Mood
    tracks: list[Step]
    minutes: float | None = Field(description="How long it is; null where the length of a song is not known")
    largest_tempo_step: float
    kept: bool = Field(
        description="Whether all limits are kept: the songs asked for, tempo steps below 0.15, and so on"
    )
    notes: list[str] = Field(description="What is not kept, in sentences")
