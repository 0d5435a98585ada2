"""What a fresh playlist is asked for with, and what is told of it."""

from pydantic import BaseModel, ConfigDict, Field

from moodstream.moods import Mood
from moodstream.web.routes.listener_models import RecommendedTrack
from moodstream.web.wishes import Wished

LENGTH, MOST = 20, 100


class PlaylistQuestion(Wished):
    """For whom, of which mood, how long, and without what."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"mood": "Calm", "length": 10, "without_genres": ["Metal"]}]}
    )

    mood: Mood | None = Field(None, description="Songs of this mood alone; else the listener's present one leads")
    length: int = Field(LENGTH, ge=1, le=MOST, strict=True, description="So many songs at most")


class Fresh(BaseModel):
    """A playlist, in playing order."""

    listener: str | None
    mood: Mood | None = Field(description="The one asked for, or else the listener's present one, where it is known")
    personal: bool = Field(description="Whether anything is known of the listener; if not, what is played most leads")
    tracks: list[RecommendedTrack]
    notes: list[str] = Field(description="What is not as asked for, in sentences")
