"""What similar songs are asked for with, and what is told of them."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from moodstream.recommend.sounds import SOUND
from moodstream.web.api_models import Body, Described, EitherSong

MOST_SONGS, MOST_AMONG, MOST_FOUND = 20, 2000, 100
ESSENTIAL = ", ".join(name for name, axis in SOUND.items() if axis.typical is None)


class SimilarQuestion(Body):
    """Songs, and among which others the nearest to them are looked for."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "songs": [
                        {"valence": 0.9, "energy": 0.7, "danceability": 0.8, "acousticness": 0.1, "tempo": 120},
                    ],
                    "count": 5,
                }
            ]
        },
    )

    songs: Annotated[list[EitherSong[Described]], Field(min_length=1, max_length=MOST_SONGS)] = Field(
        description=f"Ids of songs, or features, of which {ESSENTIAL} must be known"
    )
    among: Annotated[list[EitherSong[Described]], Field(max_length=MOST_AMONG, fail_fast=True)] | None = Field(
        None, description="Ids of songs, or features; the whole library where left out"
    )
    count: int = Field(10, ge=1, le=MOST_FOUND, strict=True, description="So many at most")
    exact: bool = Field(
        False, strict=True, description="Compare every song of a large library, rather than ask an index"
    )


class Similar(BaseModel):
    """A song that was found."""

    song_id: str | None = Field(description="Null where it was given by features")
    id: str | None = Field(description="The name that it was given with its features")
    position: int | None = Field(description="Its place in `among`, from 1; null where that was left out")
    title: str | None
    artist: str | None
    link: str | None = Field(description="`urn:moodstream:song:` and the song's id, percent-encoded")
    distance: float = Field(ge=0, description="From the nearest of `songs`, in the space; 0 is the same sound")
    nearest_to: int = Field(ge=1, description="Which of `songs` that is, from 1")


class Weighed(BaseModel):
    """A feature of the space."""

    feature: str
    weight: float = Field(description="The feature, in about 0..1 (the tempo in octaves), times this is a coordinate")
    typical: float | None = Field(description="What a song that does not know it is taken to have; null: not compared")
    why: str


class SimilarAnswer(BaseModel):
    """The nearest songs, nearest first."""

    songs: list[Similar]
    exact: bool = Field(description="Whether every song was compared; an index may miss a few of the nearest")
    compared: int = Field(description="How many songs there were to choose from")
    without_sound: int = Field(description="How many more there were of which too little is known to compare them")
    space: list[Weighed] = Field(description="What songs are compared by: distances are Euclidean in this space")
