"""XSPF, version 1 (https://xspf.org/spec): XML that says what a song is rather than where its file is."""

import re
from typing import BinaryIO
from xml.etree import ElementTree

from moodstream.messages import Playlist, Track
from moodstream.playlists.naming import CREATOR, MOOD, song_urn, title

NAMESPACE = "http://xspf.org/ns/0/"
# What XML 1.0 has no way to write, not even escaped (section 2.2, Char).
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def dump(playlist: Playlist, file: BinaryIO) -> None:
    """Write a playlist as XSPF. Characters that XML forbids are left out."""
    root = ElementTree.Element("playlist", {"version": "1", "xmlns": NAMESPACE})
    _add(root, "title", title(playlist))
    _add(root, "creator", CREATOR)
    _add(root, "identifier", playlist.event_id.urn)
    _add(root, "date", playlist.made_at.isoformat())
    tracks = ElementTree.SubElement(root, "trackList")
    for track in playlist.tracks:
        _add_track(tracks, track)
    ElementTree.indent(root)
    ElementTree.ElementTree(root).write(file, encoding="utf-8", xml_declaration=True)


def _add_track(tracks: ElementTree.Element, track: Track) -> None:
    element = ElementTree.SubElement(tracks, "track")
    _add(element, "identifier", song_urn(track.song_id))
    _add(element, "title", track.title)
    _add(element, "creator", track.artist)
    _add(element, "annotation", track.reason)
    if track.duration_ms is not None:
        _add(element, "duration", str(track.duration_ms))
    if track.mood is not None:
        _add(element, "meta", track.mood, rel=MOOD)


def _add(parent: ElementTree.Element, name: str, text: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, name, attributes).text = FORBIDDEN.sub("", text)
