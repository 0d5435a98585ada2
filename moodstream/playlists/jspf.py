"""JSPF (https://xspf.org/jspf): XSPF's elements as JSON, where `identifier` and `meta` of a track are lists."""

import json
from typing import Any, BinaryIO

from moodstream.messages import Playlist, Track
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
