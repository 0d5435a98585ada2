"""`stream_music.py` as its users run it: sources onto the topic, and from there into the database."""

import json
import signal
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.integration.system import System, until

START = ("--start", "2026-01-01T20:00:00Z")
COLUMNS = "track_id,title,artist,genre,duration_ms,valence,energy,danceability,acousticness,tempo"
TITLE = "😀 'quoted' \"twice\"; DROP TABLE songs; <script>"


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """Two hundred songs; of three more rows, each has something wrong with it."""
    file = tmp_path / "songs.csv"
    quoted = TITLE.replace('"', '""')
    rows = [f'id-{n},"{quoted}",Artist {n % 9},rock,200000,0.9,0.7,0.7,0.1,{60 + n % 100}' for n in range(200)]
    rows[50:50] = ["bad,Too loud,X,rock,200000,1.9,0.7,0.7,0.1,120", "short,row", "nan,Not a number,X,,,NaN,0.5,,,"]
    file.write_text("\n".join([COLUMNS, *rows]), encoding="utf-8")
    return file


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """A folder of short recordings in several formats; one is broken, one is another's copy."""
    folder = tmp_path / "music"
    folder.mkdir()
    time_ = np.arange(22_050 * 3) / 22_050
    for number, extension in enumerate(["wav", "flac", "ogg", "mp3"]):
        tone = 0.3 * np.sin(2 * np.pi * 220 * (number + 1) * time_) * (time_ * 2 % 1 < 0.5)
        soundfile.write(folder / f"song {number}.{extension}", tone, 22_050)
    (folder / "copy.wav").write_bytes((folder / "song 0.wav").read_bytes())
    (folder / "broken.mp3").write_bytes(b"no music at all" * 1000)
    return folder


def test_a_table_of_songs_arrives_whole_and_its_bad_rows_are_named(system: System, catalogue: Path) -> None:
    system.start("mysql_connector.py")
    ended = system.run("stream_music.py", "catalogue", str(catalogue), "--once")
    assert ended.returncode == 0
    assert "200 plays published" in ended.stderr
    assert all(f"line {line}" in ended.stderr for line in (52, 53, 54))
    system.until_stored("song_stream", 200)
    assert system.rows("SELECT DISTINCT title FROM songs") == [{"title": TITLE}]
    assert system.count("dead_letters") == 0


def test_the_same_events_sent_again_are_no_new_plays(system: System, catalogue: Path) -> None:
    system.start("mysql_connector.py")
    for _ in range(2):
        assert system.run("stream_music.py", "catalogue", str(catalogue), "--once", *START).returncode == 0
    system.run("stream_music.py", "catalogue", str(catalogue), "--once", "--count", "5")
    system.until_stored("song_stream", 205)


def test_a_folder_of_music_is_heard_and_stored(system: System, music: Path) -> None:
    system.start("mysql_connector.py")
    system.start("mood_classifier.py")
    ended = system.run("stream_music.py", "folder", str(music), "--once", *START, seconds=120)
    assert ended.returncode == 0
    assert "4 plays published" in ended.stderr
    assert "broken.mp3" in ended.stderr
    system.until_stored("mood_classified", 4)
    heard = system.rows("SELECT origin, extractor, tempo, loudness FROM songs")
    assert all(row["origin"] == "audio" and row["extractor"] and -60 <= row["loudness"] <= 0 for row in heard)
    again = system.run("stream_music.py", "folder", str(music), "--once", *START, seconds=120)
    assert "4 plays published" in again.stderr
    time.sleep(1)
    system.until_stored("song_stream", 4)


def test_a_dry_run_prints_messages_and_needs_no_servers(system: System) -> None:
    away = {"kafka_bootstrap_servers": "127.0.0.1:1", "mysql_port": 1}
    runs = [
        system.run("stream_music.py", "--dry-run", "--count", "20", "--seed", "3", *START, **away) for _ in range(2)
    ]
    assert [run.returncode for run in runs] == [0, 0]
    assert runs[0].stdout == runs[1].stdout
    plays = [json.loads(line) for line in runs[0].stdout.splitlines()]
    assert len(plays) == 20
    assert all(play["song"]["origin"] == "audio" for play in plays)
    other = system.run("stream_music.py", "--dry-run", "--count", "20", "--seed", "4", *START, **away)
    assert other.stdout != runs[0].stdout


def test_plays_keep_to_the_rate(system: System, catalogue: Path) -> None:
    started = time.monotonic()
    ended = system.run("stream_music.py", "catalogue", str(catalogue), "--rate", "20", "--count", "60")
    assert ended.returncode == 0
    assert 2.9 < time.monotonic() - started < 15


def test_plays_that_are_dated_by_start_are_not_waited_for(system: System, catalogue: Path) -> None:
    system.start("mysql_connector.py")
    command = ("stream_music.py", "catalogue", str(catalogue), "--count", "49", "--rate", "0.001", *START)
    assert system.run(*command, seconds=30).returncode == 0
    system.until_stored("song_stream", 49)
    span = system.rows("SELECT TIMESTAMPDIFF(SECOND, MIN(played_at), MAX(played_at)) AS s FROM song_stream")
    assert span == [{"s": 48_000}]


def test_ctrl_c_publishes_what_is_in_hand_and_ends_with_zero(system: System, catalogue: Path) -> None:
    streaming = system.start("stream_music.py", "catalogue", str(catalogue), "--rate", "50")
    streaming.says("health and metrics at")
    time.sleep(2)
    assert streaming.stop(signal.SIGINT) == 0
    assert "plays published" in streaming.output
    assert "Traceback" not in streaming.output


def test_without_a_broker_it_says_so_once_and_ends_when_asked(system: System, catalogue: Path) -> None:
    away = system.settings.model_copy(update={"kafka_bootstrap_servers": "127.0.0.1:1"})
    streaming = system.start("stream_music.py", "catalogue", str(catalogue), settings=away)
    streaming.says("waiting: Kafka at 127.0.0.1:1")
    time.sleep(2)
    assert streaming.output.count("Kafka at 127.0.0.1:1") == 1
    until(lambda: streaming.health()[0] == 503)
    assert streaming.stop() == 0
    assert "before Kafka took the last" in streaming.output


@pytest.mark.parametrize(
    ("command", "code", "sentence"),
    [
        (["catalogue", "no-such.csv", "--dry-run"], 1, "no-such.csv"),
        (["folder", "no-such-folder", "--dry-run"], 1, "no-such-folder"),
        (["catalogue", "README.md", "--dry-run"], 1, "column"),
        (["lastfm", "--dry-run"], 2, "LASTFM_API_KEY"),
        (["--rate", "fast"], 2, "--rate"),
        (["--start", "yesterday"], 2, "--start"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_what_cannot_be_played_is_one_sentence(system: System, command: list[str], code: int, sentence: str) -> None:
    ended = system.run("stream_music.py", *command)
    assert ended.returncode == code
    assert sentence in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr
