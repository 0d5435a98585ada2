"""Extended M3U in UTF-8 (`.m3u8`): `#EXTINF:seconds,Artist - Title`, then the song's URN.

A line is an entry, so whatever would break one, in any player's reading, becomes a space. What others wrote is read as
players read it: with or without `#EXTINF`, in UTF-8 or Latin-1, with the line ends of any system. An artist whose name
has ` - ` in it cannot be told from the title.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from moodstream.errors import DataError
from moodstream.messages import Playlist, Track
from moodstream.playlists.items import Item, content, guessed, held, milliseconds, parted, short, song_of
from moodstream.playlists.naming import song_urn, title

# C0, DEL and C1, which hold the ASCII line breaks, and Unicode's own two.
BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
UNKNOWN = -1
"""The seconds of a song whose duration is not known."""
LINE = re.compile(r"\r\n|\r|\n")
# The seconds, then what some players add (`tvg-name="a, b"`), then the name of the song. Nothing is read again another
# way (`+`): a line of blanks, which can be cut anywhere, would take hours.
EXTINF = re.compile(r'\s*+(-?[0-9]{1,9}+)?+(?:[^,"]++|"[^"]*+")*+(?:,(.*+))?+', re.DOTALL)


def dump(playlist: Playlist, file: BinaryIO) -> None:
    """Write a playlist as extended M3U."""
    lines = ["#EXTM3U", f"#PLAYLIST:{_line(title(playlist))}"]
    for track in playlist.tracks:
        lines += [f"#EXTINF:{_seconds(track)},{_line(_named(track))}", song_urn(track.song_id)]
    file.write("".join(f"{line}\n" for line in lines).encode())


def _named(track: Track) -> str:
    return " - ".join(filter(None, (track.artist, track.title)))


def _seconds(track: Track) -> int:
    return UNKNOWN if track.duration_ms is None else round(track.duration_ms / 1000)


def _line(text: str) -> str:
    return BREAKS.sub(" ", text).strip()


def load(file: BinaryIO) -> list[Item]:
    """Read a playlist as M3U, plain or extended.

    Raises:
        DataError: it is no text, a stream's list of parts (HLS), or too long.
    """
    return held(_items(_decoded(content(file))))


def _items(text: str) -> Iterator[Item]:
    said: dict[str, str] = {}
    for number, line in enumerate(LINE.split(text), start=1):
        line = line.strip()
        if line.startswith("#"):
            _remark(line, number, said)
        elif line:
            yield _item(line, f"line {number}", said)
            said = {}


def _decoded(read: bytes) -> str:
    if b"\0" in read:
        line = read[: read.index(b"\0")].count(b"\n") + 1
        raise DataError(f"The playlist is no text (line {line} has a zero byte): save it as M3U in UTF-8.")
    try:
        return read.decode("utf-8-sig")
    except UnicodeDecodeError:
        return read.decode("latin-1")


def _remark(line: str, number: int, said: dict[str, str]) -> None:
    name, _, value = line.partition(":")
    if name.startswith("#EXT-X-"):
        raise DataError(f"The playlist is a stream's list of its parts (HLS, line {number}), and none of songs.")
    if name in ("#EXTINF", "#EXTART", "#EXTALB"):
        said[name] = value


def _item(location: str, place: str, said: dict[str, str]) -> Item:
    seconds, name = _told(said.get("#EXTINF", ""))
    artist, song = parted(name) if name.strip() else guessed(location)
    return Item(
        title=short(song, "title", place),
        artist=short(said.get("#EXTART", "") or artist, "artist", place),
        location=short(location, "location", place),
        duration_ms=milliseconds(seconds * 1000),
        album=short(said.get("#EXTALB", ""), "album", place),
        song_id=song_of(location),
    )


def _told(extinf: str) -> tuple[int, str]:
    """The seconds and the name of an `#EXTINF`."""
    match = EXTINF.fullmatch(extinf)
    if match is None:  # a quotation mark too many
        return UNKNOWN, extinf.partition(",")[2]
    return int(match[1] or UNKNOWN), match[2] or ""
