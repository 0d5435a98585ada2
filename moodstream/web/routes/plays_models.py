"""What the API takes and gives of plays that are pushed."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from moodstream.web.api_models import ID, Body, Moment, SongFeatures
from moodstream.web.pushing import AHEAD, Listened

MOST = 1000


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("not a time in text, such as 2026-11-21T12:00:00Z")
    return value


def _number(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise ValueError("not a number")
    return value


def _past(moment: datetime) -> datetime:
    if moment > datetime.now(UTC) + AHEAD:
        raise ValueError("in the future")
    return moment


Past = Annotated[Moment, BeforeValidator(_text), AfterValidator(_past)]
Whole = Annotated[int, BeforeValidator(_number)]
Name = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]


class Pushed(Body):
    """That a song was played."""

    title: Name
    artist: Name
    song_id: str | None = Field(
        None,
        min_length=1,
        max_length=128,
        pattern=ID,
        description="Where you know it; else the song is known by artist and title, whatever their case and accents",
    )
    album: str | None = Field(None, max_length=500)
    genre: str | None = Field(None, max_length=500)
    duration_ms: Whole | None = Field(None, gt=0, lt=2**31, description="The length of the song")
    features: SongFeatures | None = Field(
        None, description="How it sounds, where the history does not know; without, it gets no mood then"
    )
    played_at: Past | None = Field(
        None,
        description="When it began: not in the future, and UTC where it has no offset. Left out it is now, and then "
        "the same sent again is another play",
    )

    def listened(self, now: datetime) -> Listened:
        """As a play is made of it; `now` where it has no time."""
        return Listened(
            artist=self.artist,
            title=self.title,
            played_at=self.played_at or now,
            song_id=self.song_id,
            album=self.album,
            genre=self.genre,
            duration_ms=self.duration_ms,
            features=self.features.known() if self.features else None,
        )


class Push(Body):
    """Plays of one listener."""

    plays: Annotated[list[Pushed], Field(min_length=1, max_length=MOST, fail_fast=True)]


class Arrived(BaseModel):
    """Kafka has them."""

    event_ids: list[UUID] = Field(description="Of each play, in the order in which they were sent; feedback names them")
    plays: int = Field(description="How many different plays they are: the same play sent twice is one")
    with_sound: int = Field(description="Of how many the sound is known, so that they get a mood")
