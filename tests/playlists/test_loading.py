"""Playlists that come in: as tolerant as players are, and strict where it matters."""

import io
import json
import re
import time
from collections.abc import Callable
from typing import Any, BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moodstream.errors import DataError
from moodstream.messages import Playlist, Track, play_id
from moodstream.moods import Mood
from moodstream.playlists import FORMATS, READERS, detected, jspf, load, m3u, xspf
from moodstream.playlists.items import MOST_BYTES, MOST_ITEMS, Item, held
from moodstream.playlists.naming import song_urn
from tests.factories import NOON

ids = st.from_regex(r"\S(?:.{0,40}\S)?", fullmatch=True)
texts = st.text(max_size=40)
tracks = st.builds(
    Track,
    song_id=ids,
    title=texts,
    artist=texts,
    score=st.just(1.0),
    reason=texts,
    mood=st.none() | st.sampled_from(Mood),
    duration_ms=st.none() | st.integers(1, 2**31 - 1),
)


def playlist_of(found: list[Track]) -> Playlist:
    event_id = play_id("p", "anna", "", NOON)
    return Playlist(event_id=event_id, listener="anna", made_at=NOON, mood=Mood.CALM, tracks=tuple(found))


def back(name: str, playlist: Playlist) -> list[Item]:
    """What is read of a playlist that was written."""
    file = io.BytesIO()
    FORMATS[name](playlist, file)
    file.seek(0)
    return READERS[name](file)


def read(load: Callable[[BinaryIO], list[Item]], text: str | bytes) -> list[Item]:
    return load(io.BytesIO(text.encode() if isinstance(text, str) else text))


def xml(tracks: str, head: str = "") -> str:
    return f'{head}<playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList>{tracks}</trackList></playlist>'


def listed(*tracks: Any) -> str:
    return json.dumps({"playlist": {"track": tracks}})


@settings(max_examples=60, deadline=None)
@given(st.lists(tracks, max_size=5))
def test_what_is_written_as_jspf_is_read_again(found: list[Track]) -> None:
    assert [(item.song_id, item.title, item.artist, item.duration_ms) for item in back("jspf", playlist_of(found))] == [
        (track.song_id, track.title.strip(), track.artist.strip(), track.duration_ms) for track in found
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(tracks, max_size=5))
def test_what_is_written_as_xspf_is_read_again_but_for_what_xml_has_no_way_to_say(found: list[Track]) -> None:
    def told(text: str) -> str:
        # Line ends become \n (XML 1.0, section 2.11).
        return re.sub("\r\n?", "\n", xspf.FORBIDDEN.sub("", text)).strip()

    assert [(item.song_id, item.title, item.artist, item.duration_ms) for item in back("xspf", playlist_of(found))] == [
        (track.song_id, told(track.title), told(track.artist), track.duration_ms) for track in found
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(tracks, max_size=5))
def test_what_is_written_as_m3u_is_read_again_on_one_line_and_in_whole_seconds(found: list[Track]) -> None:
    items = back("m3u", playlist_of(found))
    assert [item.song_id for item in items] == [track.song_id for track in found]
    for item, track in zip(items, found, strict=True):
        title, artist = (m3u.BREAKS.sub(" ", text).strip() for text in (track.title, track.artist))
        if title and artist and " - " not in artist:
            assert (item.artist, item.title) == (artist, title)
        if track.duration_ms and 500 < track.duration_ms < 2_000_000_000:
            assert item.duration_ms == round(track.duration_ms / 1000) * 1000


def test_m3u_is_read_as_players_write_it() -> None:
    text = (
        "\ufeff#EXTM3U\r\n#PLAYLIST:Mine\r\n\r\n#EXTINF:200,Abba - Waterloo - Live\r\nmusic/Abba/Waterloo.mp3\r\n"
        "#EXTALB:Arrival\r\n#EXTINF:-1,Fernando\r\nC:\\Music\\Fernando.mp3\r\n# a remark\r\nhttp://a.b/Abba%20-%20SOS.ogg\r\n"
    )
    assert read(m3u.load, text) == [
        Item("Waterloo - Live", "Abba", "music/Abba/Waterloo.mp3", 200_000),
        Item("Fernando", "", "C:\\Music\\Fernando.mp3", None, "Arrival"),
        Item("SOS", "Abba", "http://a.b/Abba%20-%20SOS.ogg"),
    ]


@pytest.mark.parametrize(
    ("location", "artist", "title"),
    [
        ("Abba - SOS.mp3", "Abba", "SOS"),
        ("../x/Abba - SOS.v2.mp3", "Abba", "SOS.v2"),
        ("D:\\x\\Abba - SOS.mp3", "Abba", "SOS"),
        ("file:///x/Bj%C3%B6rk%20-%20J%C3%B3ga.flac", "Björk", "Jóga"),
        ("https://a.b/c/SOS.mp3?x=1", "", "SOS"),
        ("http://[a - b.mp3", "http://[a", "b"),
        ("100%.mp3", "", "100%"),
        ("spotify:track:4uLU6", "", "spotify:track:4uLU6"),
    ],
)
def test_without_a_name_the_file_names_the_song(location: str, artist: str, title: str) -> None:
    item = read(m3u.load, location)[0]
    if location.startswith("http://["):
        assert item.location == location
    else:
        assert (item.artist, item.title) == (artist, title)


@pytest.mark.parametrize(
    ("extinf", "expected"),
    [
        ("123,Abba - SOS", ("Abba", "SOS", 123_000)),
        (" 123.7 , Abba - SOS ", ("Abba", "SOS", 123_000)),
        ('-1 tvg-name="a, b" group="c",Abba - SOS', ("Abba", "SOS", None)),
        ('10 tvg="unclosed,Abba - SOS', ("Abba", "SOS", None)),
        ("0,SOS", ("", "SOS", None)),
        ("99999999999,SOS", ("", "SOS", None)),
        ("999999999,SOS", ("", "SOS", None)),
        ('7,"Heroes", live', ("", '"Heroes", live', 7000)),
        ("12", ("", "x", 12_000)),
        ("", ("", "x", None)),
    ],
)
def test_extinf_is_read_however_it_is_written(extinf: str, expected: tuple[str, str, int | None]) -> None:
    item = read(m3u.load, f"#EXTINF:{extinf}\nx.mp3")[0]
    assert (item.artist, item.title, item.duration_ms) == expected


def test_what_is_said_of_one_song_is_not_said_of_the_next() -> None:
    first, second = read(m3u.load, "#EXTINF:9,Abba - SOS\n#EXTART:ABBA\n#EXTALB:Abba\na.mp3\nb.mp3")
    assert (first.artist, first.album) == ("ABBA", "Abba")
    assert second == Item("b", "", "b.mp3")


def test_m3u_in_latin_1_and_with_old_line_ends_is_read() -> None:
    assert read(m3u.load, "#EXTINF:1,Björk - Jóga\ra.mp3\r".encode("latin-1")) == [Item("Jóga", "Björk", "a.mp3", 1000)]


@pytest.mark.parametrize("text", ["", "\ufeff", "#EXTM3U\n", "\r\n\r\n"])
def test_an_empty_m3u_has_no_songs(text: str) -> None:
    assert read(m3u.load, text) == []


@pytest.mark.parametrize(
    "extinf", ["1 " + '"a' * 200_001, " " * 400_000 + '"', '"a"' * 200_000 + '"', "-" * 400_000 + '"']
)
def test_no_extinf_takes_long_to_read(extinf: str) -> None:
    started = time.process_time()
    assert len(read(m3u.load, f"#EXTINF:{extinf}\nx.mp3")) == 1
    assert time.process_time() - started < 2


@pytest.mark.parametrize("text", [" " * 400_000, "<a>" + "<?xml " * 200_000, "<a>" + " " * 400_000])
def test_no_declaration_takes_long_to_look_for(text: str) -> None:
    started = time.process_time()
    with pytest.raises(DataError):
        load(text, "xspf")
    assert time.process_time() - started < 2


def test_xspf_is_read_with_and_without_its_namespace() -> None:
    track = (
        "<track><location>a.mp3</location><identifier>mbid:1</identifier>"
        f"<identifier>{song_urn('a/b ü')}</identifier><title> SOS </title><creator>Abba</creator><album>A</album>"
        "<duration>200499</duration><link rel='x'>y</link>"
        "<extension application='z'><title>no</title></extension></track>"
    )
    expected = [Item("SOS", "Abba", "a.mp3", 200_499, "A", "a/b ü")]
    assert read(xspf.load, xml(track)) == expected
    assert read(xspf.load, f"<playlist><trackList>{track}</trackList></playlist>") == expected
    assert read(xspf.load, xml(track).replace("xmlns=", "xmlns:s=")) == expected


def test_xspf_is_read_in_the_encoding_that_it_says() -> None:
    text = xml("<track><title>Jóga</title></track>", '<?xml version="1.0" encoding="ISO-8859-1"?>')
    assert read(xspf.load, text.encode("latin-1")) == [Item("Jóga")]
    assert read(xspf.load, text.replace("ISO-8859-1", "UTF-16").encode("utf-16")) == [Item("Jóga")]


def test_a_text_is_a_text_whatever_encoding_its_xml_once_had() -> None:
    text = xml("<track><title>Jóga</title></track>", '\ufeff<?xml version="1.0" encoding="ISO-8859-1"?>')
    assert load(text, "xspf") == [Item("Jóga")]


@pytest.mark.parametrize("duration", ["", "-5", "1.5", "x", "0", "9" * 30, "٣"])
def test_a_duration_that_is_none_is_not_known(duration: str) -> None:
    assert read(xspf.load, xml(f"<track><duration>{duration}</duration></track>")) == [Item()]


@pytest.mark.parametrize("duration", [0, -1, 0.5, None, True, 1e300, 2**31, "3"])
def test_a_duration_in_json_that_is_none_is_not_known(duration: Any) -> None:
    assert read(jspf.load, listed({"duration": duration})) == [Item()]


@pytest.mark.parametrize("number", ["NaN", "Infinity"])
def test_a_duration_that_is_no_number_is_not_known(number: str) -> None:
    assert read(jspf.load, f'{{"playlist": {{"track": [{{"duration": {number}}}]}}}}') == [Item()]


def test_jspf_takes_one_text_for_a_list_of_one() -> None:
    track = {"identifier": song_urn("a b"), "location": ["x", "y"], "title": None, "extension": {"z": []}}
    assert read(jspf.load, listed(track)) == [Item("", "", "x", None, "", "a b")]


ENTITY = '<!DOCTYPE x [<!ENTITY e "ha"><!ENTITY f "&e;&e;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("head", [ENTITY, OUTSIDE, '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">', "<!DOCTYPE x>"])
def test_xml_declares_nothing(head: str) -> None:
    with pytest.raises(DataError, match="declares a document type or entities"):
        read(xspf.load, xml("<track><title>x</title></track>", head))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no XML (line 1, column 1: no element found)"),
        ("<playlist>\n<trackList></playlist>", "no XML (line 2, column 14: mismatched tag)"),
        ("<playlist>&nbsp;</playlist>", "no XML (line 1, column 11: undefined entity"),
        ("<rss/>", "begins with <rss>"),
        ('<?xml version="1.0" encoding="klingon"?><playlist/>', "encoding"),
        (b"<playlist>\xff</playlist>", "no XML (line 1, column 11: not well-formed"),
    ],
)
def test_what_is_no_xspf_is_refused_with_the_place(text: str | bytes, says: str) -> None:
    with pytest.raises(DataError, match=re.escape(says)):
        read(xspf.load, text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no JSON (line 1, column 1"),
        ('{"playlist":\n  x}', "no JSON (line 2, column 3"),
        ("[]", "is missing"),
        ('{"playlist": []}', "is missing"),
        ('{"playlist": {}}', "is missing"),
        (listed({}, 7), "track 2 is not an object"),
        (listed({"title": 7}), "the title of track 1 is not text"),
        (listed({}, {"creator": ["x"]}), "the creator of track 2 is not text"),
        (listed({"identifier": [7]}), "the identifier of track 1 is not a list of texts"),
        (listed({"location": {"a": 1}}), "the location of track 1 is not a list of texts"),
        (b"\xff\xfe\xfa", "can be read"),
        ('{"playlist": {"track": [{"duration": ' + "9" * 5000 + "}]}}", "can be read"),
        ("[" * 100_000, "can be read"),
    ],
)
def test_what_is_no_jspf_is_refused_with_the_place(text: str | bytes, says: str) -> None:
    with pytest.raises(DataError, match=re.escape(says)):
        read(jspf.load, text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\npart1.ts", "(HLS, line 2)"),
        (b"a.mp3\nID3\0\0", "line 2 has a zero byte"),
        (f"#EXTINF:1,x\n{'x' * 3000}", "The location of line 2 has 3,000 characters, and 2,000"),
        (f"#EXTINF:1,{'x' * 3000}\na", "The title of line 2"),
    ],
)
def test_what_is_no_m3u_is_refused_with_the_place(text: str | bytes, says: str) -> None:
    with pytest.raises(DataError, match=re.escape(says)):
        read(m3u.load, text)


@pytest.mark.parametrize("name", READERS)
def test_a_playlist_that_is_too_long_is_not_read(name: str) -> None:
    file = io.BytesIO(b" " * (MOST_BYTES + 10))
    with pytest.raises(DataError, match="longer than 4 MiB"):
        READERS[name](file)
    assert file.tell() == MOST_BYTES + 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("m3u", "a\n" * (MOST_ITEMS + 1)),
        ("xspf", xml("<track/>" * (MOST_ITEMS + 1))),
        ("jspf", listed(*({} for _ in range(MOST_ITEMS + 1)))),
    ],
)
def test_so_many_songs_are_read_and_no_more(name: str, text: str) -> None:
    with pytest.raises(DataError, match="more songs than the 10,000 that can be read"):
        read(READERS[name], text)


def test_of_songs_that_are_too_many_no_more_are_read_than_it_takes_to_know() -> None:
    items = (Item(title=str(number)) for number in range(10 * MOST_ITEMS))
    with pytest.raises(DataError, match="more songs"):
        held(items)
    assert next(items).title == str(MOST_ITEMS + 1)


def test_xml_of_any_depth_is_survived() -> None:
    depth = 200_000
    text = b"<playlist>" + b"<a>" * depth + b"</a>" * depth + b"</playlist>"
    assert read(xspf.load, text) == []


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_rubbish_is_read_or_refused_in_one_sentence(name: str, rubbish: bytes) -> None:
    said = ""
    try:
        read(READERS[name], rubbish)
    except DataError as error:
        said = str(error)
    assert "\n" not in said


@pytest.mark.parametrize(
    ("text", "kind"),
    [("\ufeff <playlist/>", "xspf"), ('\n{"playlist"', "jspf"), ("#EXTM3U", "m3u"), ("a.mp3", "m3u"), ("", "m3u")],
)
def test_the_format_is_seen_by_the_beginning(text: str, kind: str) -> None:
    assert detected(text) == kind
