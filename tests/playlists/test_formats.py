"""Playlist files: right by their formats, whatever the titles hold."""

import io
import json
from collections.abc import Callable
from typing import Any, BinaryIO
from xml.etree import ElementTree

import pytest

from moodstream.messages import Playlist, Track, play_id
from moodstream.moods import Mood
from moodstream.playlists import FORMATS, jspf, m3u, xspf
from moodstream.playlists.naming import song_urn
from tests.factories import NOON

HOSTILE = [
    "line\nbreak\r\nand another\x85\u2028\u2029end",
    "#EXTINF:0,not an entry",
    "<script>alert('x')</script> & ]]> \"quotes\"",
    "bell \x07 escape \x1b[31m null \x00 vertical \x0b",
    "😀 𝄞 你好 ﷽ \ufffe\uffff",
    "",
]


def make_playlist(*titles: str, **more: Any) -> Playlist:
    tracks = tuple(
        Track(
            song_id=f"id/{number} ü",
            title=title,
            artist=more.get("artist", "Abba"),
            score=1.0,
            reason="you like it",
            mood=more.get("mood", Mood.CALM),
            duration_ms=more.get("duration_ms", 200_499),
        )
        for number, title in enumerate(titles)
    )
    event_id = play_id("p", "anna", "", NOON)
    return Playlist(event_id=event_id, listener="anna", made_at=NOON, mood=more.get("mood", Mood.CALM), tracks=tracks)


def dumped(dump: Callable[[Playlist, BinaryIO], None], playlist: Playlist) -> bytes:
    file = io.BytesIO()
    dump(playlist, file)
    return file.getvalue()


def test_m3u_names_each_song_and_says_where_it_is() -> None:
    assert dumped(m3u.dump, make_playlist("Waterloo", "Fernando")).decode().splitlines() == [
        "#EXTM3U",
        "#PLAYLIST:Calm for anna",
        "#EXTINF:200,Abba - Waterloo",
        "urn:moodstream:song:id%2F0%20%C3%BC",
        "#EXTINF:200,Abba - Fernando",
        "urn:moodstream:song:id%2F1%20%C3%BC",
    ]


def test_m3u_says_minus_one_where_the_duration_is_not_known() -> None:
    assert b"#EXTINF:-1,Abba - Waterloo\n" in dumped(m3u.dump, make_playlist("Waterloo", duration_ms=None))


def test_m3u_of_a_song_without_an_artist_has_its_title_alone() -> None:
    assert b"#EXTINF:200,Waterloo\n" in dumped(m3u.dump, make_playlist("Waterloo", artist=""))


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_breaks_an_m3u_file(title: str) -> None:
    lines = dumped(m3u.dump, make_playlist(title, title, artist=title)).decode().splitlines()
    assert len(lines) == 6
    assert [line[:8] for line in lines] == ["#EXTM3U", "#PLAYLIS", "#EXTINF:", "urn:mood", "#EXTINF:", "urn:mood"]


def test_xspf_has_the_namespace_the_version_and_the_elements_of_the_specification() -> None:
    root = ElementTree.fromstring(dumped(xspf.dump, make_playlist("Waterloo")))  # noqa: S314
    space = "{http://xspf.org/ns/0/}"
    assert (root.tag, root.get("version")) == (f"{space}playlist", "1")
    assert [child.tag.removeprefix(space) for child in root] == ["title", "creator", "identifier", "date", "trackList"]
    (track,) = root.find(f"{space}trackList") or []
    assert [(child.tag.removeprefix(space), child.text) for child in track] == [
        ("identifier", "urn:moodstream:song:id%2F0%20%C3%BC"),
        ("title", "Waterloo"),
        ("creator", "Abba"),
        ("annotation", "you like it"),
        ("duration", "200499"),
        ("meta", "Calm"),
    ]
    assert track[-1].get("rel") == "urn:moodstream:mood"
    assert root.findtext(f"{space}date") == "2026-11-21T12:00:00+00:00"


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_breaks_an_xspf_file(title: str) -> None:
    root = ElementTree.fromstring(dumped(xspf.dump, make_playlist(title)))  # noqa: S314
    found = root.findtext(".//{http://xspf.org/ns/0/}track/{http://xspf.org/ns/0/}title")
    allowed = "".join(c for c in title if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff"))
    assert found == allowed.replace("\r\n", "\n")  # as XML reads line ends


@pytest.mark.parametrize("title", HOSTILE)
def test_jspf_keeps_every_title_as_it_is(title: str) -> None:
    playlist = json.loads(dumped(jspf.dump, make_playlist(title)))["playlist"]
    assert playlist["track"] == [
        {
            "identifier": ["urn:moodstream:song:id%2F0%20%C3%BC"],
            "title": title,
            "creator": "Abba",
            "annotation": "you like it",
            "duration": 200_499,
            "meta": [{"urn:moodstream:mood": "Calm"}],
        }
    ]
    assert playlist["title"] == "Calm for anna"
    assert playlist["date"] == "2026-11-21T12:00:00+00:00"


def test_what_is_not_known_is_left_out() -> None:
    playlist = make_playlist("Waterloo", duration_ms=None, mood=None)
    (track,) = json.loads(dumped(jspf.dump, playlist))["playlist"]["track"]
    assert set(track) == {"identifier", "title", "creator", "annotation"}
    written = dumped(xspf.dump, playlist)
    assert b"<duration>" not in written
    assert b"<meta" not in written
    assert b"<title>For anna</title>" in written


@pytest.mark.parametrize("name", FORMATS)
def test_a_playlist_may_be_empty(name: str) -> None:
    assert dumped(FORMATS[name], make_playlist())


@pytest.mark.parametrize("song_id", ["a b", "a\nb", "ü😀", "100%", "urn:x", "#", "a?b=c&d"])
def test_an_identifier_is_plain_ascii_on_one_line(song_id: str) -> None:
    urn = song_urn(song_id)
    assert urn.isascii()
    assert not set(urn.removeprefix("urn:moodstream:song:")) & set(" \n#?&:/")


def test_different_songs_have_different_identifiers() -> None:
    assert len({song_urn(song_id) for song_id in ("a b", "a%20b", "a+b", "A b")}) == 4
