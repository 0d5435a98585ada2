"""Each song of a folder is played once a round, in the order of names, and analysed once for ever."""

import argparse
import os
from contextlib import closing
from pathlib import Path

import pytest

from moodstream.audio.library import Analysis, File, Library
from moodstream.audio.listen import hear
from moodstream.errors import ConfigurationError, SourceError
from moodstream.messages import decode, encode
from moodstream.sources import Report
from tests.audio import sounds
from tests.factories import make_features
from tests.sources.running import run

KNOWN = Analysis(features=make_features(), duration_ms=2000)


def put(path: Path, cache: Path, hertz: float) -> Path:
    """Write a song whose analysis is known already, so that a test need not wait for it."""
    sounds.write(path, sounds.tone(hertz, 0.1))
    with closing(Library(cache)) as library:
        file = File(path, path.stat().st_size, path.stat().st_mtime_ns)
        heard = hear(file, path.parent, library)
        library.keep_file(file, heard._replace(analysis=KNOWN))
    return path


def titles(music: Path, cache: Path, report: Report | None = None, **more: object) -> list[str]:
    return [play.song.title for play in run("folder", music, cache_dir=cache, report=report, **more)]


def test_a_library_is_analysed_played_and_remembered(music: Path, cache: Path) -> None:
    sounds.write(music / "Anna" / "One" / "01 Rain.ogg", sounds.chords(60, sounds.MAJOR_CADENCE))
    sounds.write(music / "Anna" / "One" / "02 Sun.FLAC", sounds.clicks(120, 5))
    (music / "broken.mp3").write_bytes(b"x" * 1000)
    (music / "cover.jpg").write_bytes(b"")
    (music / "gone.ogg").symlink_to("nowhere")
    report = Report()
    plays = run("folder", music, "--listener", "ben", cache_dir=cache, report=report)
    assert [(play.song.title, play.song.artist, play.song.album) for play in plays] == [
        ("Rain", "Anna", "One"),
        ("Sun", "Anna", "One"),
    ]
    assert all(decode("song_stream", encode(play)) == play for play in plays)
    rain = plays[0].song
    assert rain.features is not None
    assert (rain.features.key, rain.features.mode, rain.origin, rain.duration_ms) == (0, 1, "audio", 8000)
    assert {play.listener for play in plays} == {"ben"}
    assert [problem.partition(" ")[0] for problem in report.problems] == [f"{music}/gone.ogg", f"{music}/broken.mp3"]
    assert str(report).endswith("1 other files, 2 songs, 2 not used")

    for name in ("01 Rain.ogg", "02 Sun.FLAC"):  # to be heard again, these would have to be read
        path = music / "Anna" / "One" / name
        status = path.stat()
        path.write_bytes(bytes(status.st_size))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    again = Report()
    assert [play.song for play in run("folder", music, cache_dir=cache, report=again)] == [play.song for play in plays]
    assert again.problems == report.problems


def test_copies_and_links_are_played_once(music: Path, cache: Path) -> None:
    rain = put(music / "rain.wav", cache, 440)
    put(music / "zzz.wav", cache, 440)
    (music / "again.wav").symlink_to(rain)
    os.link(rain, music / "hard.wav")
    (music / "loop").symlink_to(music)
    (music / "self.wav").symlink_to("self.wav")
    with closing(Library(cache)) as library:
        hear(File(music / "again.wav", rain.stat().st_size, rain.stat().st_mtime_ns), music, library)
    report = Report()
    assert titles(music, cache, report) == ["again"]
    assert report.counts["copies of another file"] == 1
    assert report.counts["links to what was found already"] == 3
    assert report.problems == [f"{music}/self.wav cannot be read: Too many levels of symbolic links."]


def test_songs_come_in_the_order_of_names(music: Path, cache: Path) -> None:
    for number, name in enumerate(("b/x.wav", "a.wav", "b/a.wav", "c.wav")):
        put(music / name, cache, 300 + 50 * number)
    assert titles(music, cache) == ["a", "a", "x", "c"]


def test_a_folder_goes_round_and_is_reported_once(music: Path, cache: Path) -> None:
    put(music / "a.wav", cache, 440)
    report = Report()
    plays = run("folder", music, cache_dir=cache, report=report, once=False, count=3)
    assert [play.song.title for play in plays] == ["a", "a", "a"]
    assert len({play.event_id for play in plays}) == 3
    assert str(report) == "1 songs"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("missing", "missing cannot be read: No such file or directory."),
        ("file.ogg", "file.ogg is a file, not a folder"),
        ("empty", "empty holds no music"),
    ],
)
def test_a_folder_that_is_none_is_refused_with_one_sentence(tmp_path: Path, path: str, said: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.ogg").write_text("")
    with pytest.raises(SourceError, match=said):
        run("folder", tmp_path / path, cache_dir=tmp_path / "cache")


def test_a_folder_of_nothing_but_damage_does_not_go_round_for_ever(music: Path, cache: Path) -> None:
    with closing(Library(cache)) as library:
        (music / "a.wav").write_bytes(b"x")
        hear(File(music / "a.wav", 1, (music / "a.wav").stat().st_mtime_ns), music, library)
    with pytest.raises(SourceError, match="1 files that should be music, and none can be played"):
        run("folder", music, cache_dir=cache, once=False)


def test_a_cache_that_cannot_be_written_is_a_matter_of_settings(music: Path, tmp_path: Path) -> None:
    sounds.write(music / "a.wav")
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="CACHE_DIR"):
        run("folder", music, cache_dir=tmp_path / "file")


def test_a_window_is_heard_apart_from_the_whole_song_and_says_so(music: Path, cache: Path) -> None:
    sounds.write(music / "a.ogg", sounds.clicks(120, 8))
    (part,) = run("folder", music, "--window", "3.5", cache_dir=cache)
    (whole,) = run("folder", music, cache_dir=cache)
    assert part.song.extractor == f"{whole.song.extractor}/3.5s"
    assert part.song.duration_ms == whole.song.duration_ms
    assert part.song.features != whole.song.features


@pytest.mark.parametrize("seconds", ["0", "0.5", "-1", "nan", "inf", "1e9", "long"])
def test_a_window_that_is_none_is_refused(music: Path, cache: Path, seconds: str) -> None:
    with pytest.raises(argparse.ArgumentError, match=f"--window: .*{seconds}"):
        run("folder", music, "--window", seconds, cache_dir=cache)


def test_a_song_that_is_cut_off_is_played_and_named(music: Path, cache: Path) -> None:
    path = sounds.write(music / "a.mp3", sounds.clicks(120))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    report = Report()
    assert titles(music, cache, report) == ["a"]
    assert f"used: {path} is cut off" in str(report)
    assert "1 songs, 1 of them damaged" in str(report)
