"""Reading what scrobblers send: the JSON of ListenBrainz' `submit-listens`, within the limits that it documents."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec
from starlette.exceptions import HTTPException

from moodstream.web.pushing import Listened

MOST, MOST_BYTES = 1000, 10_240
"""Listens in a request, and bytes of each of them on average."""
EARLIEST = 1_033_430_400
"""October 2002; what is dated before is a fault of a clock."""
AHEAD = timedelta(hours=1)
LONGEST_TEXT = 500


class _Metadata(msgspec.Struct):
    """Of what was listened to. `additional_info` may have anything, under names of the clients' own."""

    artist_name: str
    track_name: str
    release_name: str | None = None
    additional_info: dict[str, Any] | None = None


class _Listen(msgspec.Struct):
    """`listened_at` in seconds since 1970, at the beginning of the song."""

    track_metadata: _Metadata
    listened_at: int | None = None


class _Submission(msgspec.Struct):
    """The body of a request."""

    listen_type: Literal["single", "playing_now", "import"]
    payload: list[_Listen]


def read(body: bytes, now: datetime) -> list[Listened]:
    """What was listened to; nothing where a song is only being played now.

    Raises:
        HTTPException: 400 where ListenBrainz would refuse it.
    """
    try:
        said = msgspec.json.decode(body, type=_Submission, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, OverflowError, RecursionError) as error:
        raise HTTPException(400, f"The JSON document cannot be used: {error}.") from error
    _check(said, len(body))
    names = [_name(listen.track_metadata) for listen in said.payload]
    if said.listen_type == "playing_now":
        return []
    return [_listened(listen, name, now) for listen, name in zip(said.payload, names, strict=True)]


def _check(said: _Submission, size: int) -> None:
    count = len(said.payload)
    if not 1 <= count <= (MOST if said.listen_type == "import" else 1):
        raise HTTPException(400, f"The payload has {count} listens; `import` takes 1 to {MOST}, the others take one.")
    if size > count * MOST_BYTES:
        raise HTTPException(400, f"The JSON document is too large: a listen may have {MOST_BYTES} bytes.")
    if said.listen_type == "playing_now" and said.payload[0].listened_at is not None:
        raise HTTPException(400, "There may be no listened_at where the listen_type is playing_now.")


def _name(metadata: _Metadata) -> tuple[str, str]:
    artist, title = (text.strip()[:LONGEST_TEXT].strip() for text in (metadata.artist_name, metadata.track_name))
    if not (artist and title):
        raise HTTPException(400, "track_metadata.artist_name or track_metadata.track_name is empty.")
    return artist, title


def _listened(listen: _Listen, name: tuple[str, str], now: datetime) -> Listened:
    since, latest = listen.listened_at, int((now + AHEAD).timestamp())
    if since is None or not EARLIEST <= since <= latest:
        raise HTTPException(400, f"listened_at is {since}: it has to be seconds since 1970, {EARLIEST} to {latest}.")
    metadata = listen.track_metadata
    return Listened(
        *name,
        datetime.fromtimestamp(since, UTC),
        album=(metadata.release_name or "").strip()[:LONGEST_TEXT] or None,
        duration_ms=_duration_ms(metadata.additional_info or {}),
    )


def _duration_ms(info: dict[str, Any]) -> int | None:
    """The length of the song, where it is told as it should be: a listen is a listen without it."""
    for name, unit in (("duration_ms", 1), ("duration", 1000)):
        told = info.get(name)
        if isinstance(told, int | float) and 0 < told * unit < 2**31:
            return max(1, int(told * unit))
    return None
