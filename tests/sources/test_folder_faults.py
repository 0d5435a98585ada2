"""A folder of files that cannot be read, are no files, change while they are read, or hold damage of every kind."""

import multiprocessing
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

import pytest

from moodstream.audio import listen
from moodstream.audio.decode import decode
from moodstream.audio.library import File, Library
from moodstream.errors import AudioError, SourceError
from moodstream.sources import Report
from moodstream.sources.folder import songs
from tests.audio import sounds
from tests.sources.running import run
from tests.sources.test_folder import put, titles

NOBODY = 65_534
FLIPPED = 12
CODECS = {"m4a": "aac", "wma": "wmav2", "aac": "aac"}
KINDS = ("wav", "flac", "ogg", "mp3", "aiff", *CODECS)


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that every user can reach, which one of pytest's is not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        for path in Path(folder).rglob("*"):
            path.chmod(0o755)


def as_nobody(task: Callable[..., Any], *arguments: Any) -> Any:
    """What a task gives in a process that is not root's: no permission would stop root."""
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    process = fork.Process(target=_unprivileged, args=(theirs, task, arguments))
    process.start()
    theirs.close()
    said = ours.recv()
    process.join()
    return said


def _unprivileged(answers: Connection, task: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    try:
        answers.send(task(*arguments))
    except (SourceError, AudioError) as error:
        answers.send(error)


def played(folder: Path, cache_dir: Path) -> tuple[list[str], list[str]]:
    report = Report()
    return titles(folder, cache_dir, report), report.problems


def test_what_a_user_may_not_read_is_named_and_the_rest_is_played(shared: Path) -> None:
    folder, cache_dir = shared / "music", shared / "cache"
    for name in ("a.wav", "closed/b.wav", "listed/c.wav", "hidden/d.wav", "z/e.wav"):
        put(folder / name, cache_dir, 300 + 10 * ord(name[0]))
    for path in (cache_dir, *cache_dir.iterdir()):
        path.chmod(0o777)
    for name, mode in {"closed": 0o000, "listed": 0o444, "hidden": 0o111}.items():
        (folder / name).chmod(mode)
    found, problems = as_nobody(played, folder, cache_dir)
    assert found == ["a", "e"]
    unread = ("closed", "hidden", "listed/c.wav")
    assert problems == [f"{folder}/{name} cannot be read: Permission denied." for name in unread]


def test_a_folder_that_a_user_may_not_read_is_refused_with_one_sentence(shared: Path) -> None:
    (shared / "music").mkdir(mode=0o000)
    refused = as_nobody(played, shared / "music", shared / "cache")
    assert isinstance(refused, SourceError)
    assert str(refused) == f"{shared}/music cannot be read: Permission denied."


def test_a_file_that_a_user_may_not_read_is_refused_and_nothing_is_remembered_of_it(shared: Path) -> None:
    path = sounds.write(shared / "a.wav")
    path.chmod(0o000)
    (shared / "cache").mkdir()
    (shared / "cache").chmod(0o777)
    refused = as_nobody(hear, path, shared / "cache")
    assert isinstance(refused, AudioError)
    assert str(refused) == f"{path} cannot be read: Permission denied."
    path.chmod(0o644)
    assert hear(path, shared / "cache") is None


def hear(path: Path, cache_dir: Path) -> str | None:
    """The fault of a file, if any."""
    with closing(Library(cache_dir)) as library:
        return listen.hear(
            File(path, path.stat().st_size, path.stat().st_mtime_ns), path.parent, library
        ).analysis.fault


def test_pipes_and_sockets_are_named_and_not_waited_for(music: Path, cache: Path) -> None:
    os.mkfifo(music / "a.mp3")
    put(music / "b.wav", cache, 440)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(music / "c.flac"))
        report = Report()
        assert titles(music, cache, report) == ["b"]
    assert report.problems == [f"{music}/{name} is neither a file nor a folder." for name in ("a.mp3", "c.flac")]


def test_links_that_go_round_in_circles_end(music: Path, cache: Path) -> None:
    put(music / "a" / "b" / "song.wav", cache, 440)
    (music / "a" / "b" / "up").symlink_to(music)
    (music / "x").symlink_to("y")
    (music / "y").symlink_to("x")
    (music / "x.mp3").symlink_to("y.mp3")
    (music / "y.mp3").symlink_to("x.mp3")
    report = Report()
    assert titles(music, cache, report) == ["song"]
    assert report.problems == [f"{music}/{n}.mp3 cannot be read: Too many levels of symbolic links." for n in "xy"]


def test_files_that_change_between_the_look_at_the_folder_and_their_turn_harm_no_other(
    music: Path,
    cache: Path,
) -> None:
    put(music / "a.wav", cache, 300)
    for name in ("cut", "folder", "gone", "grown", "pipe", "whole"):
        sounds.write(music / f"{name}.wav", sounds.tone(400 + 10 * len(name) + ord(name[0])))
    report = Report()
    found = songs(music, cache, report)
    assert next(found).title == "a"  # a known song comes before the others are read
    (music / "cut.wav").write_bytes((music / "cut.wav").read_bytes()[:60])
    for name in ("folder", "gone", "pipe"):
        (music / f"{name}.wav").unlink()
    (music / "folder.wav").mkdir()
    os.mkfifo(music / "pipe.wav")
    sounds.write(music / "grown.wav", sounds.tone(500, 3.0))
    assert [(song.title, song.duration_ms) for song in found] == [("grown", 3000), ("whole", 2000)]
    assert [problem.removeprefix(f"{music}/").partition(".")[0] for problem in report.problems] == [
        *("cut", "folder", "gone", "pipe"),
    ]


@pytest.mark.parametrize("change", ["grown", "cut", "gone"])
def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    path = sounds.write(tmp_path / "a.wav")
    whole = path.read_bytes()

    changes = {
        "grown": lambda: path.write_bytes(whole * 2),
        "cut": lambda: path.write_bytes(whole[:-9]),
        "gone": path.unlink,
    }

    def changing(path: Path, window: float | None) -> Any:
        changes[change]()
        return decode(path, window)

    with monkeypatch.context() as changed:
        changed.setattr(listen, "decode", changing)
        with pytest.raises(AudioError, match=rf"^{path} (changed|cannot be read).*\.$"):
            hear(path, tmp_path / "cache")
    path.write_bytes(whole)
    with closing(Library(tmp_path / "cache")) as library:
        assert library.heard(File(path, len(whole), path.stat().st_mtime_ns)) is None
    assert hear(path, tmp_path / "cache") is None


def test_of_files_damaged_in_every_way_each_is_played_or_named(music: Path, cache: Path) -> None:
    random = Random(1)
    for kind in KINDS:
        original, samples = music / f"{kind} whole.{kind}", sounds.clicks(120, 1.5) + sounds.tone(440, 1.5, level=0.2)
        _ = (
            sounds.write_with_ffmpeg(original, CODECS[kind], samples)
            if kind in CODECS
            else sounds.write(original, samples)
        )
        for number in range(FLIPPED):
            (music / f"{kind} {number}.{kind}").write_bytes(damaged(random, original.read_bytes()))
    report = Report()
    found = run("folder", music, cache_dir=cache, report=report)
    used = len(found) + report.counts["copies of another file"]
    assert used + len(report.problems) == len(list(music.iterdir()))
    assert report.problems
    assert {f"{kind} whole" for kind in KINDS} <= {play.song.title for play in found}
    assert all(play.song.features is not None and play.song.duration_ms != 0 for play in found)


def damaged(random: Random, whole: bytes) -> bytes:
    """A file with some of its bits flipped, in its header or anywhere, or with a piece missing, doubled or zero."""
    copy = bytearray(whole)
    kind = random.choice(("header", "header", "anywhere", "cut", "missing", "doubled", "zero"))
    start = random.randrange(len(copy))
    end = min(len(copy), start + random.choice((1, 100, 5000)))
    if kind in ("header", "anywhere"):
        for _ in range(random.choice((1, 4, 30))):
            copy[random.randrange(200 if kind == "header" else len(copy))] ^= 1 << random.randrange(8)
    elif kind == "zero":
        copy[start:end] = bytes(end - start)
    elif kind == "doubled":
        copy[start:start] = copy[start:end]
    else:
        del copy[start : None if kind == "cut" else end]
    return bytes(copy)
