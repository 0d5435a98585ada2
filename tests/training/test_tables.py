"""Reading a table: its kind by its columns, and every fault in one sentence."""

import time
from pathlib import Path

import pandas as pd
import pytest

from moodstream.errors import ConfigurationError
from moodstream.training.songs import labelled
from moodstream.training.tables import read
from tests.training.songs import make_songs, write

FEATURES = "valence,energy,tempo,acousticness,danceability"
ROW = "0.5,0.5,120,0.5,0.5"


def file(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "songs.csv"
    path.write_text(text, encoding=encoding)
    return path


@pytest.mark.parametrize(
    ("header", "row", "kind"),
    [
        (f"mood,{FEATURES}", f"Sad,{ROW}", "moods"),
        (f"title,{FEATURES}", f"A song,{ROW}", "features"),
        ("valence_mean,arousal_mean,loudness_mean,flux_mean,hnr_std", "5,5,0.1,1,4", "ratings"),
        (f"{FEATURES},chroma_stft,mfcc,rmse,zcr", f"{ROW},0.2,-100,2,0.1", "descriptors"),
    ],
)
def test_the_columns_tell_the_kind_of_a_table(tmp_path: Path, header: str, row: str, kind: str) -> None:
    assert read(file(tmp_path, f"{header}\n{row}\n")).kind == kind


def test_capitals_and_spaces_in_headers_and_a_byte_order_mark_are_forgiven(tmp_path: Path) -> None:
    table = read(file(tmp_path, f" MOOD,{FEATURES.title()}\nsad ,{ROW}\n", "utf-8-sig"))
    assert (table.kind, list(table.frame["mood"])) == ("moods", ["Sad"])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        (f"mood,{FEATURES}\n", "no rows"),
        ("one,two\n1,2\n", "lacks valence, energy, tempo, acousticness, danceability"),
        ("mood,valence,energy,tempo,acousticness\nSad,0.5,0.5,120,0.5\n", "lacks danceability"),
        (f"mood,mood ,{FEATURES}\nSad,Sad,{ROW}\n", "two columns named mood"),
        (f"mood,{FEATURES}\nSad,{ROW}\nJolly,{ROW}\n", "line 3: 'Jolly' is not a mood"),
        (f"mood,{FEATURES}\nSad,0.5,0.5,fast,0.5,0.5\n", "line 2: tempo is 'fast'"),
        (f"mood,{FEATURES}\nSad,0.5,0.5,inf,0.5,0.5\n", "line 2: tempo is"),
        (f"mood,{FEATURES}\nSad,{ROW}\nSad,1.5,0.5,120,0.5,0.5\nSad,-1,0.5,120,0.5,0.5\n", "line 3: .* at fault: 2"),
        (f"mood,{FEATURES},valence\nSad,{ROW},0.9\n", "two columns named valence"),
        (f"mood,{FEATURES}\nSad,{ROW},\n", "more values in a row than names"),
        (f"mood,{FEATURES}\n1.5,{ROW}\n", "line 2: '1.5' is not a mood"),
        ('mood,valence\n"Sad,0.5\n', "is not a CSV file"),
    ],
)
def test_a_fault_is_one_sentence_that_names_the_file(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says) as fault:
        read(file(tmp_path, text))
    assert "songs.csv" in str(fault.value)
    assert "\n" not in str(fault.value)


def test_a_file_that_is_not_there_and_one_that_is_no_text_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        read(tmp_path / "nowhere.csv")
    with pytest.raises(ConfigurationError, match="Is a directory"):
        read(tmp_path)
    (tmp_path / "song.csv").write_bytes(b"\xff\xfe\x00\x81" * 10)
    with pytest.raises(ConfigurationError, match="is not a CSV file"):
        read(tmp_path / "song.csv")


@pytest.mark.parametrize(
    "text",
    [
        "," * 5_000_000,
        " \n\n" + "," * 5_000_000,
        '"a\n"' + ",b" * 3_000 + "\n1\n",
        '"' + "a" * 300_000 + '"' + "," * 5_000_000,
    ],
    ids=["nothing but columns", "after blank lines", "over two lines", "behind a long name"],
)
def test_a_header_of_more_columns_than_any_table_has_is_not_read(tmp_path: Path, text: str) -> None:
    started = time.process_time()
    with pytest.raises(ConfigurationError, match="more than 2,000 columns"):
        read(file(tmp_path, text))
    assert time.process_time() - started < 2


def test_a_tempo_of_zero_is_one_that_is_not_known(tmp_path: Path) -> None:
    frame = read(file(tmp_path, f"mood,{FEATURES}\nSad,0.5,0.5,0,0.5,0.5\n")).frame
    assert frame["tempo"].isna().all()


def test_rows_without_a_mood_are_left_out_and_counted(tmp_path: Path) -> None:
    table = read(file(tmp_path, f"mood,{FEATURES}\nSad,{ROW}\n,{ROW}\nNeutral,{ROW}\nDark,{ROW}\n"))
    songs = labelled(table)
    assert (songs.mood.tolist(), songs.unlabelled) == ([0, 4], 2)
    assert set(songs.source) == {"songs"}
    assert len(set(songs.group)) == 2


def test_a_table_without_any_mood_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="has no song with one of the moods"):
        labelled(read(file(tmp_path, f"mood,{FEATURES}\n,{ROW}\n")))


def test_the_same_bytes_have_the_same_fingerprint(tmp_path: Path) -> None:
    songs = make_songs(5)
    first, second = write(songs, tmp_path / "a.csv"), write(songs, tmp_path / "b.csv")
    assert read(first).sha256 == read(second).sha256
    assert read(write(pd.concat([songs, songs]), tmp_path / "c.csv")).sha256 != read(first).sha256
