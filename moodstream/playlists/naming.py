"""How playlists, songs and moods are called in every format."""

from urllib.parse import quote

from moodstream.messages import Playlist

CREATOR = "moodstream"
SONG = "urn:moodstream:song:"
"""What the identifiers of songs begin with."""
MOOD = "urn:moodstream:mood"
"""The name of the metadata that tells a track's mood."""


def song_urn(song_id: str) -> str:
    """The identifier of a song: RFC 8141, with everything but unreserved ASCII characters percent-encoded."""
    return SONG + quote(song_id, safe="")


def title(playlist: Playlist) -> str:
    """What the playlist is called."""
    return f"{playlist.mood} for {playlist.listener}" if playlist.mood else f"For {playlist.listener}"
