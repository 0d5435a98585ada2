"""What a file says of itself comes first; its name and folders stand in for what it does not say."""

from pathlib import Path

import mutagen
import pytest
from mutagen.id3 import TALB, TIT2, TPE1
from mutagen.wave import WAVE

from moodstream.audio.tags import Tags, read
from tests.audio import sounds


@pytest.mark.parametrize("name", ["a.ogg", "a.flac", "a.mp3"])
def test_tags_are_read_in_every_format(tmp_path: Path, name: str) -> None:
    path = sounds.write(tmp_path / name)
    tags = mutagen.File(path, easy=True)
    if tags.tags is None:
        tags.add_tags()
    tags.update({"title": "Ünder ☂", "artist": ["", "Anna"], "album": "One", "genre": "Jazz"})
    tags.save()
    assert read(path, tmp_path) == Tags("Ünder ☂", "Anna", "One", "Jazz")


def test_tags_of_windows_media_are_read(tmp_path: Path) -> None:
    path = sounds.write_with_ffmpeg(tmp_path / "a.wma", "wmav2")
    tags = mutagen.File(path)
    tags.update({"Title": "Rain", "Author": "Anna", "WM/AlbumTitle": "One", "WM/Genre": "Jazz"})
    tags.save()
    assert read(path, tmp_path) == Tags("Rain", "Anna", "One", "Jazz")


def test_tags_of_wav_are_read(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "a.wav")
    tags = WAVE(path)
    tags.add_tags()
    for frame in (TIT2(text="Rain"), TPE1(text=["Anna", "Ben"]), TALB(text=" ")):
        tags.tags.add(frame)
    tags.save()
    assert read(path, tmp_path) == Tags("Rain", "Anna", album=None)


@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("music/Anna/One/03 Rain.wav", Tags("Rain", "Anna", "One")),
        ("music/Anna/Rain.wav", Tags("Rain", "Anna")),
        ("music/Rain.wav", Tags("Rain", "music")),
        ("music/x/y/12. Anna - Rain - Live.wav", Tags("Rain - Live", "Anna", "y")),
        ("music/1999.wav", Tags("1999", "music")),
        ("music/99 Red.wav", Tags("Red", "music")),
        ("music/a\nb.c.wav", Tags("a b.c", "music")),
        ("music/caf\udce9.wav", Tags("caf\ufffd", "music")),
    ],
)
def test_names_stand_in_for_tags(tmp_path: Path, name: str, tags: Tags) -> None:
    assert read(sounds.write(tmp_path / "a.wav").rename(_room_for(tmp_path / name)), tmp_path / "music") == tags


def _room_for(path: Path) -> Path:
    path.parent.mkdir(parents=True)
    return path


def test_damaged_tags_are_as_none(tmp_path: Path) -> None:
    (tmp_path / "Rain.flac").write_bytes(b"fLaC" + b"\xff" * 100)
    assert read(tmp_path / "Rain.flac", tmp_path).title == "Rain"


@pytest.mark.parametrize("place", [84, 193])
def test_damage_that_mutagen_trips_over_is_as_no_tags(tmp_path: Path, place: int) -> None:
    path = sounds.write(tmp_path / "Nina - Rain.ogg")
    tags = mutagen.File(path, easy=True)
    tags["title"], tags["artist"] = "Rain", "Nina"
    tags.save()
    content = bytearray(path.read_bytes())
    content[place] = 0
    path.write_bytes(content)
    with pytest.raises(IndexError):
        mutagen.File(path, easy=True)
    assert read(path, tmp_path) == Tags(title="Rain", artist="Nina")


def test_a_title_that_fits_no_message_is_cut_and_shows_it(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "a.ogg")
    tags = mutagen.File(path, easy=True)
    tags["title"] = "x" * 600
    tags.save()
    assert read(path, tmp_path).title == "x" * 499 + "…"
