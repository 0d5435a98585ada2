"""What the API tells of a listener: fields, ranges, and what they mean, as `/docs` shows them."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, model_validator

from moodstream.batch.statistics import Interval
from moodstream.moods import Mood
from moodstream.playlists.naming import song_urn
from moodstream.store.queries.places import PATTERN, Place, Span, read
from moodstream.store.queries.wanted import EPOCH
from moodstream.web.api_models import Moment, Share

Listener = Annotated[str, Path(min_length=1, max_length=128, examples=["anna"], description="Whose plays")]
MOST_PLAYS, MOST_PLAYLISTS = 500, 50


class Paging(BaseModel):
    """Which part of a list, newest first."""

    model_config = ConfigDict(extra="forbid")

    since: Moment | None = Field(None, description="From when; UTC where it has no offset")
    until: Moment | None = Field(None, description="Until when; now where left out")
    cursor: str | None = Field(
        None,
        pattern=PATTERN,
        description="Where the page before ended: `next` has it. What comes in meanwhile is newer",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.since >= self.until:
            raise ValueError("since is not before until")
        return self

    def span(self, now: datetime) -> Span:
        """As the questions take it; what is dated later than now does not count yet."""
        after = read(self.cursor) if self.cursor else None
        return Span(self.since or EPOCH, min(self.until or now, now), after)

    def query(self, after: Place) -> dict[str, str]:
        """How the page that follows is asked for."""
        given = self.model_dump(mode="json", exclude_defaults=True)
        return {name: str(value) for name, value in given.items()} | {"cursor": after.text()}


class Plays(Paging):
    """Which of a listener's plays."""

    limit: int = Field(50, ge=1, le=MOST_PLAYS, description="So many at most")


class Lists(Paging):
    """Which of a listener's playlists."""

    limit: int = Field(10, ge=1, le=MOST_PLAYLISTS, description="So many at most")


class MoodShare(BaseModel):
    """How often a mood came, among the plays that have one."""

    mood: Mood
    plays: int = Field(ge=0)
    share: Share | None = Field(description="None where no play has a mood")
    low: Share | None = Field(description="The share is in `low`..`high` with 95% confidence (Wilson)")
    high: Share | None

    @classmethod
    def of(cls, mood: Mood, plays: int, sure: Interval | None) -> Self:
        """With the interval of its share, where there is one."""
        share, low, high = (round(each, 4) for each in sure) if sure else (None, None, None)
        return cls(mood=mood, plays=plays, share=share, low=low, high=high)


class Spread(BaseModel):
    """Where plays lie between the ends of an axis."""

    mean: Share
    deviation: float | None = Field(ge=0, description="Standard deviation; None of a single play")


class Where(BaseModel):
    """Where the plays lie on the plane: valence from sad to glad, arousal from quiet to excited."""

    plays: int = Field(ge=1, description="Those whose song has a place")
    heard: int = Field(
        ge=0, description="Those of them whose arousal was told by the sound; of the others it is energy"
    )
    valence: Spread
    arousal: Spread


class MoodNow(BaseModel):
    """A listener's mood now, by their newest plays, of which each counts alike, however old."""

    mood: Mood | None = Field(
        description="The one that came most often, of several the newest; None where there is none"
    )
    clear: bool = Field(description="Whether it leads the next one by more than chance explains (95%)")
    sentence: str = Field(description="All of it in words")
    moods: list[MoodShare] = Field(description="Every mood, the most frequent first")
    plays: int = Field(ge=1, description="How many plays this is about, 50 at most")
    unclassified: int = Field(ge=0, description="Those that have no mood, since something of their song is not known")
    waiting: int = Field(ge=0, description="Those that the classifier has not heard yet")
    place: Where | None = Field(description="None where no song has a place")
    newest_at: datetime = Field(description="UTC, of the newest play")
    oldest_at: datetime = Field(description="UTC, of the oldest of them")
    age_seconds: float = Field(ge=0, description="How long ago the newest play began")


class HeardPlay(BaseModel):
    """A play, with its mood as soon as the classifier has said it, or the reason why it has none."""

    model_config = ConfigDict(from_attributes=True)

    play_id: UUID
    song_id: str
    title: str
    artist: str
    source: str = Field(description="Where the play was seen, such as `lastfm`")
    played_at: datetime = Field(description="UTC")
    classified_at: datetime | None = Field(description="UTC; None while the classifier has not heard it")
    mood: Mood | None
    confidence: Share | None = Field(description="How sure the classifier is")
    reason: str | None = Field(description="Why it has no mood, though the classifier has heard it")
    model: str | None = Field(description="Who told the mood")


class History(BaseModel):
    """A page of a listener's plays."""

    plays: list[HeardPlay] = Field(description="Newest first")
    next: str | None = Field(description="Path and query of the page that follows; None where this is the last")


class Artist(BaseModel):
    """An artist that a listener plays."""

    model_config = ConfigDict(from_attributes=True)

    artist: str
    plays: int = Field(ge=0)
    likes: int = Field(ge=0)
    dislikes: int = Field(ge=0)
    skips: int = Field(ge=0)
    replays: int = Field(ge=0)
    nevers: int = Field(ge=0, description="How often it was said that a song shall never come again")
    newest_at: datetime | None = Field(description="UTC, of the newest play; None where there were reactions alone")
    score: float


class Artists(BaseModel):
    """A listener's favourite artists."""

    artists: list[Artist] = Field(description="The highest score first")
    of: int = Field(ge=0, description="How many artists there are")
    plays: int = Field(ge=0, description="How many plays were looked at")
    without_artist: int = Field(ge=0, description="Those of them whose song has no artist")
    since: datetime | None = Field(description="UTC, of the oldest of these plays")


class RecommendedTrack(BaseModel):
    """A song of a playlist, and why it is there."""

    model_config = ConfigDict(from_attributes=True)

    song_id: str
    title: str
    artist: str
    link: str = Field(
        default_factory=lambda track: song_urn(track["song_id"]),
        description="`urn:moodstream:song:` and the song's id, percent-encoded",
    )
    mood: Mood | None = Field(description="As the listener hears it, where they said so")
    duration_ms: int | None
    score: float = Field(description="What it is thought to be worth, falling; to be compared within one list only")
    reason: str


class RecommendedList(BaseModel):
    """A playlist that was recommended."""

    playlist_id: UUID
    made_at: datetime = Field(description="UTC")
    mood: Mood | None = Field(description="The mood that it was made for")
    tracks: list[RecommendedTrack] = Field(description="In playing order")


class Recommendations(BaseModel):
    """A page of a listener's playlists."""

    playlists: list[RecommendedList] = Field(description="Newest first")
    next: str | None = Field(description="Path and query of the page that follows; None where this is the last")
