"""Every row that is a song is played; every other is named with its line and the reason, and harms no neighbour."""

from pathlib import Path

import pytest

from moodstream.errors import SourceError
from moodstream.messages import Features, Song, decode, encode
from moodstream.sources import Report
from moodstream.sources.catalogue import songs
from tests.sources.running import run

HEADER = "track_id,title,artist,genre,duration_ms,key,mode,time_signature,valence,energy,tempo,loudness"
ROW = "id-1,Rain,Anna,Jazz,180000,5,1,4,0.5,0.25,120.5,-6.5"


def table(path: Path, *rows: str | bytes, header: str | bytes = HEADER) -> Path:
    lines = [line if isinstance(line, bytes) else line.encode() for line in (header, *rows)]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def read(path: Path) -> tuple[list[Song], Report]:
    report = Report()
    return list(songs(path, report)), report


def test_a_row_becomes_a_song_with_its_features(tmp_path: Path) -> None:
    [song], report = read(table(tmp_path / "c.csv", ROW))
    assert song == Song(
        song_id="id-1",
        title="Rain",
        artist="Anna",
        genre="Jazz",
        duration_ms=180_000,
        features=Features(key=5, mode=1, time_signature=4, valence=0.5, energy=0.25, tempo=120.5, loudness=-6.5),
        origin="catalogue",
    )
    assert str(report) == "1 songs"


def test_values_that_are_not_there_are_not_known(tmp_path: Path) -> None:
    [song], _ = read(table(tmp_path / "c.csv", "id-1,Rain,Anna,,,,,,,0.25,,"))
    assert song.features == Features(energy=0.25)
    assert (song.genre, song.duration_ms) == (None, None)


def test_a_song_without_any_features_is_still_a_song(tmp_path: Path) -> None:
    [song], _ = read(table(tmp_path / "c.csv", "id-1,Rain,Anna", header="track_id,title,artist"))
    assert (song.features, song.origin) == (None, None)


@pytest.mark.parametrize(("tempo", "metre"), [("0", "0"), ("0.0", "1"), ("0.000", "1.0")])
def test_what_the_services_write_where_they_found_none_is_not_known(tmp_path: Path, tempo: str, metre: str) -> None:
    [song], _ = read(
        table(tmp_path / "c.csv", f"i,t,a,{tempo},{metre},-1", header="track_id,title,artist,tempo,time_signature,key")
    )
    assert song.features == Features(key=-1)


def test_columns_may_come_in_any_order_and_case_and_others_are_passed_over(tmp_path: Path) -> None:
    path = table(tmp_path / "c.csv", "Anna,0.5,x,Rain,id-1", header="\ufeffArtist, Energy,Unknown,TITLE,track_id")
    [song], _ = read(path)
    assert (song.artist, song.title, song.features) == ("Anna", "Rain", Features(energy=0.5))


def test_whole_numbers_may_be_written_as_fractions(tmp_path: Path) -> None:
    [song], _ = read(table(tmp_path / "c.csv", "id-1,Rain,Anna,,180000.0,5.0,1.0,4.0,,,,"))
    assert song.features == Features(key=5, mode=1, time_signature=4)


BAD = {
    "too few values": "id-2,Rain,Anna",
    "no id": ROW.replace("id-1", " "),
    "no title": ROW.replace("Rain", ""),
    "an id that is too long": ROW.replace("id-1", "i" * 129),
    "a title that is too long": ROW.replace("Rain", "x" * 501),
    "a share above one": ROW.replace("0.25", "1.25"),
    "no number": ROW.replace("0.25", "much"),
    "not a number": ROW.replace("0.25", "nan"),
    "infinity": ROW.replace("120.5", "inf"),
    "half a key": ROW.replace(",5,", ",5.5,"),
    "no UTF-8": ROW.encode().replace(b"Rain", b"Caf\xe9"),
    "an endless field": '"' + "x" * 140_000 + '"' + ROW,
}


@pytest.mark.parametrize("bad", BAD)
def test_a_row_that_is_no_song_is_named_by_its_line_and_harms_no_neighbour(tmp_path: Path, bad: str) -> None:
    found, report = read(table(tmp_path / "c.csv", ROW, BAD[bad], ROW.replace("id-1", "id-3")))
    assert [song.song_id for song in found] == ["id-1", "id-3"]
    [problem] = report.problems
    assert problem.startswith("line 3: ")
    assert str(report).endswith("2 songs, 1 not used")


def test_lines_are_counted_where_rows_are_longer_than_a_line(tmp_path: Path) -> None:
    found, report = read(table(tmp_path / "c.csv", ROW.replace("Rain", '"Rain\n, again"'), "", "bad"))
    assert found[0].title == "Rain\n, again"
    assert report.problems == ["line 5: it has 1 values for 12 columns"]


def test_titles_are_kept_as_they_are_written(tmp_path: Path) -> None:
    title = "💔 <b>'; DROP TABLE songs; --"
    [play] = run("catalogue", table(tmp_path / "c.csv", ROW.replace("Rain", title)), cache_dir=tmp_path)
    assert play.song.title == title
    assert decode("song_stream", encode(play)) == play


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has no column track_id, title, artist"),
        (b"track_id;title;artist\n1;2;3\n", "has no column track_id, title, artist"),
        (b"track_id,artist\n", "has no column title"),
        (bytes(range(256)) * 10, "has no column"),
        (HEADER.encode("utf-16"), "has no column"),
        (HEADER.encode(), "has no row that is a song"),
        (HEADER.encode() + b"\nbad", "The first problem: line 2: it has 1 values"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_with_one_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "c.csv").write_bytes(content)
    with pytest.raises(SourceError, match=rf"c\.csv .*{said}"):
        read(tmp_path / "c.csv")


@pytest.mark.parametrize(("name", "said"), [("missing.csv", "No such file"), (".", "Is a directory")])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read(tmp_path / name)


def test_rows_are_played_before_the_rest_of_the_file_is_read(tmp_path: Path) -> None:
    path = table(tmp_path / "c.csv", *[ROW] * 100_000)
    stream = songs(path, report := Report())
    assert next(stream).song_id == "id-1"
    assert report.counts["songs"] == 1


def test_plays_are_spread_over_the_listeners(tmp_path: Path) -> None:
    path = table(tmp_path / "c.csv", ROW, ROW, ROW)
    assert [play.listener for play in run("catalogue", path, cache_dir=tmp_path, listeners=2)] == [
        "listener-1",
        "listener-2",
        "listener-1",
    ]
    assert {play.listener for play in run("catalogue", path, "--listener", "ben", cache_dir=tmp_path)} == {"ben"}


def test_a_catalogue_goes_round_and_is_reported_once(tmp_path: Path) -> None:
    report = Report()
    plays = run(
        "catalogue", table(tmp_path / "c.csv", ROW, "bad"), cache_dir=tmp_path, report=report, once=False, count=3
    )
    assert len({play.event_id for play in plays}) == 3
    assert str(report) == "not used: line 3: it has 1 values for 12 columns\n1 songs, 1 not used"
