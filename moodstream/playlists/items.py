"""What a playlist file says of a song, and how its text and its locations are read."""

from collections.abc import Iterable
from itertools import islice
from pathlib import PurePosixPath, PureWindowsPath
from typing import BinaryIO, NamedTuple
from urllib.parse import unquote, urlsplit

from moodstream.errors import DataError
from moodstream.playlists.naming import SONG

MOST_BYTES, MOST_ITEMS = 4 * 1024**2, 10_000
LONGEST = 2000
"""Characters of a title, an artist, an album or a location; no song of the history has longer ones."""


class Item(NamedTuple):
    """An entry of a playlist. Text is empty where the file does not say; `duration_ms` and `song_id` are None then.

    `song_id` is there where the file names the song by its URN, see `naming.song_urn`.
    """

    title: str = ""
    artist: str = ""
    location: str = ""
    duration_ms: int | None = None
    album: str = ""
    song_id: str | None = None


def content(file: BinaryIO) -> bytes:
    """All that is in a file.

    Raises:
        DataError: it is longer than `MOST_BYTES`.
    """
    read = file.read(MOST_BYTES + 1)
    if len(read) > MOST_BYTES:
        raise DataError(f"The playlist is longer than {MOST_BYTES // 1024**2} MiB: split it.")
    return read


def held(items: Iterable[Item]) -> list[Item]:
    """The items, where they are not too many; no more of them are read than can be held.

    Raises:
        DataError: there are more than `MOST_ITEMS`.
    """
    read = list(islice(items, MOST_ITEMS + 1))
    if len(read) > MOST_ITEMS:
        raise DataError(f"The playlist has more songs than the {MOST_ITEMS:,} that can be read: split it.")
    return read


def short(text: str, what: str, place: str) -> str:
    """Text without white space around it.

    Raises:
        DataError: it is longer than `LONGEST`; the sentence says what of which place.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise DataError(f"The {what} of {place} has {len(text):,} characters, and {LONGEST:,} at most can be read.")
    return text


def milliseconds(value: float) -> int | None:
    """A duration that a song can have, as messages hold it; None for any other."""
    return int(value) if 1 <= value < 2**31 else None


def song_of(*names: str) -> str | None:
    """The song id of the first identifier or location that is a song's URN."""
    for name in names:
        if name[: len(SONG)].lower() == SONG and len(name) > len(SONG):
            return unquote(name[len(SONG) :])
    return None


def guessed(location: str) -> tuple[str, str]:
    """Artist and title by the name of a file, `Artist - Title.mp3`; what cannot be told is empty."""
    if song_of(location) is not None:
        return "", ""
    parts = _split(location)
    path = PureWindowsPath(location) if "\\" in location else PurePosixPath(parts)
    return parted(path.stem)


def parted(text: str) -> tuple[str, str]:
    """`Artist - Title` in its two parts; all of it is the title where there are not two."""
    artist, dash, title = text.partition(" - ")
    return (artist.strip(), title.strip()) if dash and title.strip() else ("", text.strip())


def _split(location: str) -> str:
    try:
        parts = urlsplit(location)
    except ValueError:  # an address with a bracket too many is a file's name as well as any
        return location
    return unquote(parts.path) if parts.scheme in ("file", "http", "https") else location
