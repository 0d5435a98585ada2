"""XSPF, version 1 (https://xspf.org/spec): XML that says what a song is rather than where its file is."""

import re
from typing import BinaryIO
from xml.etree import ElementTree

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from moodstream.errors import DataError
from moodstream.messages import Playlist, Track
from moodstream.playlists.items import Item, content, held, milliseconds, short, song_of
from moodstream.playlists.naming import CREATOR, MOOD, song_urn, title

NAMESPACE = "http://xspf.org/ns/0/"
# What XML 1.0 has no way to write, not even escaped (section 2.2, Char).
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
DURATION = re.compile("[0-9]{1,10}")


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


def load(file: BinaryIO) -> list[Item]:
    """Read a playlist as XSPF, of any version, with or without its namespace.

    Raises:
        DataError: it is no XML, not a playlist, declares entities, or is too long.
    """
    try:
        root = fromstring(content(file), forbid_dtd=True)
    except DefusedXmlException as error:
        raise DataError(
            "The playlist declares a document type or entities, which no XSPF needs: remove them."
        ) from error
    except ParseError as error:
        line, column = error.position
        raise DataError(
            f"The playlist is no XML (line {line}, column {column + 1}: {str(error).partition(':')[0]})."
        ) from error
    except (ValueError, LookupError) as error:
        raise DataError("The playlist is in an encoding that cannot be read: save it as XSPF in UTF-8.") from error
    if _name(root) != "playlist":
        raise DataError(f"The playlist is no XSPF: it begins with <{_name(root)}> rather than <playlist>.")
    tracks = (track for each in _all(root, "trackList") for track in _all(each, "track"))
    return held(_item(track, f"track {number}") for number, track in enumerate(tracks, start=1))


def _item(track: ElementTree.Element, place: str) -> Item:
    def text(name: str) -> str:
        return next(iter(texts(name)), "")

    def texts(name: str) -> list[str]:
        return [short("".join(each.itertext()), name, place) for each in _all(track, name)]

    duration = text("duration")
    return Item(
        title=text("title"),
        artist=text("creator"),
        location=text("location"),
        duration_ms=milliseconds(int(duration)) if DURATION.fullmatch(duration) else None,
        album=text("album"),
        song_id=song_of(*texts("identifier"), *texts("location")),
    )


def _all(parent: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [child for child in parent if _name(child) == name]


def _name(element: ElementTree.Element) -> str:
    """The name of an element, without its namespace."""
    return element.tag.rpartition("}")[2]
