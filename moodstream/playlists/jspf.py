"""JSPF (https://xspf.org/jspf): XSPF's elements as JSON, where `identifier` and `meta` of a track are lists."""

import json
from typing import Any, BinaryIO

from moodstream.errors import DataError
from moodstream.messages import Playlist, Track
from moodstream.playlists.items import Item, content, held, milliseconds, short, song_of
from moodstream.playlists.naming import CREATOR, MOOD, song_urn, title


def dump(playlist: Playlist, file: BinaryIO) -> None:
    """Write a playlist as JSPF."""
    written = {
        "title": title(playlist),
        "creator": CREATOR,
        "identifier": playlist.event_id.urn,
        "date": playlist.made_at.isoformat(),
        "track": [_track(track) for track in playlist.tracks],
    }
    file.write(json.dumps({"playlist": written}, ensure_ascii=False, indent=2).encode() + b"\n")


def _track(track: Track) -> dict[str, Any]:
    known = {
        "identifier": [song_urn(track.song_id)],
        "title": track.title,
        "creator": track.artist,
        "annotation": track.reason,
        "duration": track.duration_ms,
        "meta": [{MOOD: track.mood}] if track.mood else None,
    }
    return {name: value for name, value in known.items() if value is not None}


def load(file: BinaryIO) -> list[Item]:
    """Read a playlist as JSPF.

    Raises:
        DataError: it is no JSON, not a playlist, or too long.
    """
    try:
        read = json.loads(content(file))
    except json.JSONDecodeError as error:
        raise DataError(f"The playlist is no JSON (line {error.lineno}, column {error.colno}: {error.msg}).") from error
    except (ValueError, RecursionError) as error:  # bytes that are no text, a number of thousands of digits, an abyss
        raise DataError("The playlist is no JSON that can be read: save it as JSPF in UTF-8.") from error
    playlist = read.get("playlist") if isinstance(read, dict) else None
    tracks = playlist.get("track") if isinstance(playlist, dict) else None
    if not isinstance(tracks, list):
        raise DataError('The playlist is no JSPF: {"playlist": {"track": [...]}} is missing.')
    return held(_item(track, f"track {number}") for number, track in enumerate(tracks, start=1))


def _item(track: Any, place: str) -> Item:
    if not isinstance(track, dict):
        raise DataError(f"The playlist is no JSPF: {place} is not an object.")
    locations, duration = _texts(track, "location", place), track.get("duration", 0)
    return Item(
        title=_text(track, "title", place),
        artist=_text(track, "creator", place),
        location=locations[0] if locations else "",
        duration_ms=milliseconds(duration) if type(duration) in (int, float) else None,
        album=_text(track, "album", place),
        song_id=song_of(*_texts(track, "identifier", place), *locations),
    )


def _text(track: dict[str, Any], name: str, place: str) -> str:
    value = track.get(name)
    if value is not None and not isinstance(value, str):
        raise DataError(f"The playlist is no JSPF: the {name} of {place} is not text.")
    return short(value or "", name, place)


def _texts(track: dict[str, Any], name: str, place: str) -> list[str]:
    """A list of texts; or one text, as some write it."""
    value = track.get(name)
    values = value if isinstance(value, list) else [] if value is None else [value]
    if not all(isinstance(each, str) for each in values):
        raise DataError(f"The playlist is no JSPF: the {name} of {place} is not a list of texts.")
    return [short(each, name, place) for each in values]
