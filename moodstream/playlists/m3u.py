"""Extended M3U in UTF-8 (`.m3u8`): `#EXTINF:seconds,Artist - Title`, then the song's URN.

A line is an entry, so whatever would break one, in any player's reading, becomes a space.
"""

import re
from typing import BinaryIO

from moodstream.messages import Playlist, Track
from moodstream.playlists.naming import song_urn, title

# C0, DEL and C1, which hold the ASCII line breaks, and Unicode's own two.
BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
UNKNOWN = -1
"""The seconds of a song whose duration is not known."""


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
