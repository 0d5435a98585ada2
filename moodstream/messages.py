"""What is said on the topics: one struct per topic, with units and ranges.

A message is decoded only by `decode`, which checks every range, refuses NaN and infinities, and
brings every time to UTC, so that nothing behind it has to. To add a topic, add a struct, its row in
`TOPICS`, a migration in `sql/` and a table in `store/tables.py`.
"""

import hashlib
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from moodstream.errors import DataError
from moodstream.moods import Mood

# Ids and sources compare with PAD SPACE in the database, so they may not begin or end with white space.
UNPADDED = r"^\S(?:.*\S)?\Z"
Id = Annotated[str, Meta(min_length=1, max_length=128, pattern=UNPADDED)]
Text = Annotated[str, Meta(max_length=500)]
Source = Annotated[str, Meta(min_length=1, max_length=32, pattern=UNPADDED)]
Share = Annotated[float, Meta(ge=0, le=1)]
# Bounded as everything is, so that what follows from a message is never too large for its topic.
Names = Annotated[tuple[Annotated[str, Meta(max_length=32)], ...], Meta(max_length=64)]

EARLIEST, LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def utc(moment: datetime) -> datetime:
    """Bring an aware time to UTC.

    Raises:
        ValueError: the time has no offset, or is not between 1970 and 2200.
    """
    if moment.tzinfo is None:
        raise ValueError(f"time {moment.isoformat()} has no UTC offset")
    if not EARLIEST <= moment < LATEST:
        raise ValueError(f"time {moment.isoformat()} is not between 1970 and 2200")
    return moment.astimezone(UTC)


class Features(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a song sounds, in the terms of the streaming services' public documentation.

    Shares are in 0..1, `tempo` in BPM, `loudness` in dB (-60..0), `key` -1 (none found), 0 (C) .. 11 (B),
    `mode` 0 minor, 1 major, `time_signature` in beats a bar. `arousal` is there where the audio was heard.
    None means not known.
    """

    valence: Share | None = None
    energy: Share | None = None
    danceability: Share | None = None
    acousticness: Share | None = None
    instrumentalness: Share | None = None
    speechiness: Share | None = None
    liveness: Share | None = None
    arousal: Share | None = None
    tempo: Annotated[float, Meta(gt=0, le=400)] | None = None
    loudness: Annotated[float, Meta(ge=-60, le=0)] | None = None
    key: Annotated[int, Meta(ge=-1, le=11)] | None = None
    mode: Literal[0, 1] | None = None
    time_signature: Annotated[int, Meta(ge=3, le=7)] | None = None


class Song(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A song, and where what is known of its sound came from.

    `duration_ms` in milliseconds. `origin` and `extractor` are set where `features` are;
    `modelled` names the features that a trained model told from the sound, `estimates` those that are no more
    than educated guesses; the others were measured, or are as a catalogue says them.
    """

    song_id: Id
    title: Text
    artist: Text
    album: Text | None = None
    genre: Text | None = None
    duration_ms: Annotated[int, Meta(gt=0, lt=2**31)] | None = None
    features: Features | None = None
    origin: Literal["audio", "catalogue", "import"] | None = None
    extractor: Annotated[str, Meta(max_length=64)] | None = None
    modelled: Names = ()
    estimates: Names = ()

    def __post_init__(self) -> None:
        if self.features is not None and self.origin is None:
            raise ValueError("a song with features must say its origin")


class Play(msgspec.Struct, frozen=True, kw_only=True):
    """Topic `song_stream`, key `listener`: somebody played a song."""

    schema: Literal[1] = 1
    event_id: UUID
    listener: Id
    played_at: datetime
    source: Source
    song: Song

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "played_at", utc(self.played_at))


class Classification(msgspec.Struct, frozen=True, kw_only=True):
    """Topic `mood_classified`, key `listener`: the mood of one play, or the reason why it has none.

    `confidence` in 0..1; what it means is said by the `model` that gave it. `probabilities` are there where a trained
    model gave them: one for each mood but Neutral, which is what is said where none of them is likely enough.
    """

    schema: Literal[1] = 1
    event_id: UUID
    play_id: UUID
    listener: Id
    played_at: datetime
    classified_at: datetime
    source: Source
    song: Song
    model: Annotated[str, Meta(min_length=1, max_length=64)]
    mood: Mood | None = None
    confidence: Share | None = None
    probabilities: dict[Mood, Share] | None = None
    reason: Text | None = None

    def __post_init__(self) -> None:
        if (self.mood is None) == (self.reason is None):
            raise ValueError("a classification has either a mood or the reason why it has none")
        msgspec.structs.force_setattr(self, "played_at", utc(self.played_at))
        msgspec.structs.force_setattr(self, "classified_at", utc(self.classified_at))


Reaction = Literal["like", "dislike", "skip", "replay", "never"]
"""`never` is "never again": the song is not recommended to this listener until a `like` of it."""


class Feedback(msgspec.Struct, frozen=True, kw_only=True):
    """Topic `user_feedback`, key `listener`: what a listener thinks of a song.

    `mood` is the listener's correction ("this is actually ..."); `play_id` the play that it answers, if any.
    """

    schema: Literal[1] = 1
    event_id: UUID
    listener: Id
    song_id: Id
    reacted_at: datetime
    play_id: UUID | None = None
    reaction: Reaction | None = None
    mood: Mood | None = None

    def __post_init__(self) -> None:
        if self.reaction is None and self.mood is None:
            raise ValueError("feedback needs a reaction, a mood, or both")
        msgspec.structs.force_setattr(self, "reacted_at", utc(self.reacted_at))


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """A recommended song: `score` orders a playlist (higher first), `reason` says in words why it is there."""

    song_id: Id
    title: Text
    artist: Text
    score: float
    reason: Text
    mood: Mood | None = None
    duration_ms: Annotated[int, Meta(gt=0, lt=2**31)] | None = None


class Playlist(msgspec.Struct, frozen=True, kw_only=True):
    """Topic `playlist_recommendations`, key `listener`: what to play next, in playing order."""

    schema: Literal[1] = 1
    event_id: UUID
    listener: Id
    made_at: datetime
    mood: Mood | None = None
    tracks: Annotated[tuple[Track, ...], Meta(max_length=500)]

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "made_at", utc(self.made_at))


Message = Play | Classification | Feedback | Playlist

TOPICS: dict[str, type[Message]] = {
    "song_stream": Play,
    "mood_classified": Classification,
    "user_feedback": Feedback,
    "playlist_recommendations": Playlist,
}
TOPIC_OF: dict[type[Message], str] = {kind: topic for topic, kind in TOPICS.items()}
DEAD_LETTERS = "dead_letters"

_decoders = {topic: msgspec.json.Decoder(kind) for topic, kind in TOPICS.items()}
_encoder = msgspec.json.Encoder()


def encode(message: Message) -> bytes:
    """Write a message as UTF-8 JSON."""
    return _encoder.encode(message)


def decode(topic: str, value: bytes | None) -> Message:
    """Read a message of a topic.

    Raises:
        DataError: it is empty, not JSON, not UTF-8, of an unknown schema, or a field is missing or out of range.
    """
    if not value:
        raise DataError("empty message")
    try:
        return _decoders[topic].decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, OverflowError, RecursionError) as error:
        raise DataError(f"{type(error).__name__}: {error}"[:500]) from error


def play_id(source: str, listener: str, song_id: str, played_at: datetime) -> UUID:
    """Identify a play by who played what and when: the same play always gets the same id.

    The result has the shape of a version 7 UUID (RFC 9562): it sorts by time, and what would be random
    is a digest, so that a play that is sent again is the same row.
    """
    digest = hashlib.sha256("\0".join((source, listener, song_id, played_at.isoformat())).encode()).digest()
    return _timed_uuid(int(played_at.timestamp() * 1000), digest, version=7)


def derived_id(origin: UUID, purpose: str) -> UUID:
    """Derive the id of what follows from an event: version 8 of RFC 9562, sorting with its origin."""
    return _timed_uuid(origin.int >> 80, hashlib.sha256(origin.bytes + purpose.encode()).digest(), version=8)


def _timed_uuid(milliseconds: int, digest: bytes, version: int) -> UUID:
    low = int.from_bytes(digest[:10], "big") & ~(0xF << 76) & ~(0x3 << 62)
    return UUID(int=(milliseconds & (2**48 - 1)) << 80 | version << 76 | 0b10 << 62 | low)
