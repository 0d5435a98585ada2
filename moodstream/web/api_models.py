"""What the API takes and gives: fields, ranges, and what they mean, as `/docs` shows them."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from moodstream.messages import EARLIEST, LATEST, Features, Reaction
from moodstream.moods import Mood
from moodstream.store.queries.library_sql import COLUMNS, LONGEST, RANGED, Between, Search
from moodstream.store.queries.wanted import Wanted
from moodstream.web.problems import BY_ID, BY_ITSELF

# Types cannot be made of constants; a test holds them to what they repeat.
RangeName = Literal["15m", "1h", "24h", "7d", "all", "custom"]
MoodName = Literal["", "Happy", "Energetic", "Calm", "Sad", "Dark", "Neutral", "Unclassified"]

ID = r"^\S(.*\S)?$"
"""As `messages.Id`, for JSON Schema: no white space around it."""
SongId = Annotated[str, Field(min_length=1, max_length=128)]
T = TypeVar("T")
EitherSong = Annotated[
    Annotated[SongId, Tag(BY_ID)] | Annotated[T, Tag(BY_ITSELF)],
    Discriminator(lambda given: BY_ID if isinstance(given, str) else BY_ITSELF),
]
"""A song by its id, or told in fields of its own; what is wrong is said of the one that is meant."""
NUMBER = r"-?\d{1,9}(\.\d{1,9})?"
SORT = f"^({'|'.join(COLUMNS)})?$"
BETWEEN = f"^({'|'.join(RANGED)}):({NUMBER})?:({NUMBER})?$"


def _known(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("not a name of the IANA time zone database, such as Europe/Berlin") from error


def _utc(moment: datetime) -> datetime:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not EARLIEST <= aware < LATEST:
        raise ValueError("not between 1970 and 2200")
    return aware.astimezone(UTC)


Zone = Annotated[str, AfterValidator(_known)]
Moment = Annotated[datetime, AfterValidator(_utc)]


MOST_FIELDS = 50
"""More than any body has. Each that there is not would be an error of its own, and a body has room for 100,000; for the
same reason the first that is wrong in a long list is told alone (`fail_fast`)."""


class Body(BaseModel):
    """What a request says: the fields that there are, and no others."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _not_too_many(cls, given: Any) -> Any:
        if isinstance(given, dict) and len(given) > MOST_FIELDS:
            raise ValueError(f"there are {len(given):,} fields, of which most are none of these")
        return given


class Filters(BaseModel):
    """What of the history a chart shows: the filters of the page, under the names that the page's address has."""

    model_config = ConfigDict(extra="forbid")

    range: RangeName = Field("1h", description="How far back")
    since: Moment | None = Field(None, description="From when, with the range `custom`; UTC where it has no offset")
    until: Moment | None = Field(None, description="Until when, with the range `custom`")
    mood: MoodName = Field("", description="One mood alone, where the chart shows moods")
    listener: str = Field("", max_length=128, description="One listener alone")
    source: str = Field("", max_length=32, description="Plays from one source alone, such as `lastfm`")
    zone: Zone = Field("UTC", description="Whose hours and weekdays count: a name such as `Europe/Berlin`")

    @model_validator(mode="after")
    def _one_time(self) -> Self:
        if self.range != "custom" and (self.since or self.until):
            raise ValueError("since and until go with range=custom")
        if self.since and self.until and self.since >= self.until:
            raise ValueError("since is not before until")
        return self

    def wanted(self) -> Wanted:
        """As the questions take it."""
        return Wanted(self.range, self.since, self.until, self.listener, self.source, self.mood, self.zone)


class Songs(BaseModel):
    """Which songs, and in which order: the search of the library."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field("", max_length=LONGEST, description="Words of title and artist")
    mood: MoodName = Field("", description="Songs of one mood alone")
    between: list[Annotated[str, Field(pattern=BETWEEN)]] = Field(
        [], max_length=len(RANGED), description="Only songs in a range, open at a side left out: `energy:0.5:0.8`"
    )
    sort: str = Field(
        "", pattern=SORT, description="The column to sort by; where empty, the best match and the most played first"
    )
    descending: bool = Field(False, description="From the highest to the lowest")

    def search(self) -> Search:
        """As the catalogue takes it."""
        parts = [limits.split(":") for limits in self.between]
        ranges = tuple(Between(name, *(float(limit) if limit else None for limit in limits)) for name, *limits in parts)
        return Search(self.text.strip(), self.mood, ranges, self.sort, self.descending)


Share = Annotated[float, Field(ge=0, le=1, strict=True, allow_inf_nan=False)]


class SongFeatures(Body):
    """How a song sounds, in the terms of the streaming services' audio features; what is left out is not known."""

    valence: Share | None = None
    energy: Share | None = None
    danceability: Share | None = None
    acousticness: Share | None = None
    instrumentalness: Share | None = None
    speechiness: Share | None = None
    liveness: Share | None = None
    arousal: Share | None = Field(None, description="Only of what was heard in the sound, not of a catalogue")
    tempo: float | None = Field(None, gt=0, le=400, strict=True, allow_inf_nan=False, description="BPM")
    loudness: float | None = Field(None, ge=-60, le=0, strict=True, allow_inf_nan=False, description="dB")
    key: int | None = Field(None, ge=-1, le=11, strict=True, description="0 C to 11 B, -1 none")
    mode: int | None = Field(None, ge=0, le=1, strict=True, description="0 minor, 1 major")
    time_signature: int | None = Field(None, ge=3, le=7, strict=True, description="Beats a bar")

    def known(self) -> Features:
        """As the rest of the system takes it."""
        return Features(**{name: getattr(self, name) for name in SongFeatures.model_fields})


class Described(SongFeatures):
    """A song by its features, whether the history knows it or not."""

    id: str | None = Field(None, max_length=128, description="Any name; it comes back with the answer")


class Play(BaseModel):
    """A play, with its mood as soon as the classifier has said it, or the reason why it has none."""

    model_config = ConfigDict(from_attributes=True)

    play_id: UUID = Field(description="What feedback names it by")
    song_id: str
    title: str
    artist: str
    listener: str
    played_at: datetime = Field(description="UTC")
    mood: Mood | None
    confidence: float | None = Field(description="How sure the classifier is, 0 to 1")
    probabilities: dict[Mood, float] = Field(description="Of each mood, where a trained model told it; else empty")
    reason: str | None = Field(description="Why it has no mood, though the classifier has heard it")


class Now(BaseModel):
    """The newest plays."""

    model_config = ConfigDict(from_attributes=True)

    playing: bool = Field(description="Whether the first of them may still be sounding")
    plays: list[Play] = Field(description="Newest first")
    said: list[str] = Field(description="What its listener has said of the first of them: reactions, moods")


def _said(name: str) -> dict[str, Any]:
    return {"required": [name], "properties": {name: {"not": {"type": "null"}}}}


class Reacted(Body):
    """What a listener thinks of a play: a reaction, a correction of its mood, or both."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [_said("reaction"), _said("mood")]})

    play_id: UUID = Field(description="The `event_id` of the play")
    listener: str = Field(min_length=1, max_length=128, pattern=ID)
    song_id: str = Field(min_length=1, max_length=128, pattern=ID)
    reaction: Reaction | None = None
    mood: Mood | None = Field(None, description="The mood that the song really has")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.reaction is None and self.mood is None:
            raise ValueError("a reaction, a mood, or both are needed")
        return self


class Accepted(BaseModel):
    """Kafka has it."""

    event_ids: list[UUID] = Field(description="Of the reaction and of the correction, in this order")
