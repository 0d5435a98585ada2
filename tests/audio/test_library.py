"""What was analysed is remembered by content, found by name, and never heard twice."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from moodstream.audio import EXTRACTOR
from moodstream.audio.library import Analysis, File, Heard, Library
from moodstream.audio.listen import hear
from moodstream.audio.tags import Tags
from moodstream.errors import AudioError, ConfigurationError
from moodstream.messages import decode, encode
from tests.audio import sounds
from tests.factories import make_features, make_play

FILE = File(Path("/music/rain.ogg"), 1000, 2000)
ANALYSIS = Analysis(features=make_features(), estimates=("valence",), duration_ms=180_000)
HEARD = Heard("file-1", Tags("Rain", "Anna", genre="Jazz"), ANALYSIS)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with closing(Library(tmp_path / "cache")) as library:
        yield library


def at(path: Path) -> File:
    return File(path, path.stat().st_size, path.stat().st_mtime_ns)


def test_a_file_that_has_not_changed_is_known(library: Library) -> None:
    library.keep_file(FILE, HEARD)
    assert library.heard(FILE) == HEARD


@pytest.mark.parametrize(
    "changed", [FILE._replace(size=1), FILE._replace(modified_ns=1), FILE._replace(path=Path("/music/other.ogg"))]
)
def test_a_file_that_has_changed_is_not(library: Library, changed: File) -> None:
    library.keep_file(FILE, HEARD)
    assert library.heard(changed) is None


def test_what_is_known_outlives_the_process(tmp_path: Path, library: Library) -> None:
    library.keep_file(FILE, HEARD)
    library.keep_file(FILE, HEARD)
    with closing(Library(tmp_path / "cache")) as again:
        assert again.heard(FILE) == HEARD


def test_the_song_of_a_file_is_a_valid_message(library: Library) -> None:
    library.keep_file(FILE, HEARD)
    known = library.heard(FILE)
    assert known is not None
    play = make_play(known.song())
    assert decode("song_stream", encode(play)) == play
    assert (play.song.title, play.song.genre, play.song.estimates) == ("Rain", "Jazz", ("valence",))


def test_what_was_heard_in_a_window_and_in_the_whole_song_are_kept_apart(tmp_path: Path, library: Library) -> None:
    part = HEARD._replace(analysis=msgspec.structs.replace(ANALYSIS, duration_ms=1, window=30.0))
    with closing(Library(tmp_path / "cache", window=30.0)) as windowed:
        library.keep_file(FILE, HEARD)
        assert windowed.heard(FILE) is None
        windowed.keep_file(FILE, part)
        assert (windowed.heard(FILE), library.heard(FILE)) == (part, HEARD)
        assert windowed.find("Anna", "Rain") == HEARD
    assert (part.song().extractor, HEARD.song().extractor) == (f"{EXTRACTOR}/30s", EXTRACTOR)


def test_a_song_that_was_heard_in_part_alone_is_found_all_the_same(tmp_path: Path, library: Library) -> None:
    with closing(Library(tmp_path / "cache", window=30.0)) as windowed:
        windowed.keep_file(FILE, HEARD)
    assert library.find("Anna", "Rain") == HEARD


@pytest.mark.parametrize(
    ("artist", "title"), [("anna", "RAIN"), ("Ánna", "Rain!"), (" Anna ", "«Rain»"), ("ANNA", "_rain_")]
)
def test_a_song_is_found_however_its_name_is_written(library: Library, artist: str, title: str) -> None:
    library.keep_file(FILE, HEARD)
    assert library.find(artist, title) == HEARD


def test_a_song_of_another_name_is_not_found(library: Library) -> None:
    library.keep_file(FILE, HEARD)
    assert library.find("Rain", "Anna") is None
    assert library.find("Anna", "Rainy") is None


def test_a_file_without_sound_is_never_found_by_name(library: Library) -> None:
    library.keep_file(FILE, Heard("file-2", HEARD.tags, Analysis(fault="is silent.")))
    assert library.find("Anna", "Rain") is None
    assert library.heard(FILE) is not None


def test_a_copy_is_not_listened_to_again(tmp_path: Path, library: Library) -> None:
    first = hear(at(sounds.write(tmp_path / "a.wav", sounds.noise())), tmp_path, library)
    library.keep(first.content, ANALYSIS)
    (tmp_path / "b.wav").write_bytes((tmp_path / "a.wav").read_bytes())
    copy = hear(at(tmp_path / "b.wav"), tmp_path, library)
    assert (copy.content, copy.tags.title, copy.analysis) == (first.content, "b", ANALYSIS)


def test_a_damaged_file_is_remembered_with_its_fault(tmp_path: Path, library: Library) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    hear(at(tmp_path / "a.wav"), tmp_path, library)
    known = library.heard(at(tmp_path / "a.wav"))
    assert known is not None
    assert known.analysis.fault is not None
    assert known.analysis.fault.startswith("is damaged or no audio file")


def test_a_file_that_went_away_is_not_remembered(tmp_path: Path, library: Library) -> None:
    gone = File(tmp_path / "gone.wav", 1, 1)
    with pytest.raises(AudioError, match=r"gone\.wav cannot be read: No such file or directory\.$"):
        hear(gone, tmp_path, library)
    assert library.heard(gone) is None


class Moving(Library):
    """A library under whose eyes a file is moved, after it was read and before it is decoded."""

    def __init__(self, cache_dir: Path, path: Path) -> None:
        super().__init__(cache_dir)
        self._moved = path

    def analysis(self, content: str) -> Analysis | None:
        self._moved.rename(self._moved.with_suffix(".moved"))
        return super().analysis(content)


def test_a_file_that_goes_away_while_it_is_heard_is_not_remembered_as_damaged(tmp_path: Path) -> None:
    file = at(sounds.write(tmp_path / "a.wav"))
    with closing(Moving(tmp_path / "cache", file.path)) as moving:
        with pytest.raises(AudioError, match=r"a\.wav cannot be read: No such file or directory\.$"):
            hear(file, tmp_path, moving)
        assert moving.heard(file) is None


@pytest.mark.parametrize("row", ['{"features":', '{"features": {"energy": 5}}', "[]"])
def test_a_damaged_analysis_is_named_with_what_to_do(tmp_path: Path, library: Library, row: str) -> None:
    library.keep_file(FILE, HEARD)
    with closing(sqlite3.connect(tmp_path / "cache" / "library.sqlite", isolation_level=None)) as database:
        database.execute("UPDATE analyses SET analysis = ?", (row,))
    for look in (lambda: library.heard(FILE), lambda: library.analysis("file-1"), lambda: library.find("Anna", "Rain")):
        with pytest.raises(ConfigurationError, match=r"library\.sqlite cannot be used .*CACHE_DIR"):
            look()


def test_a_damaged_cache_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "library.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(ConfigurationError, match=r"library\.sqlite cannot be used .*CACHE_DIR"):
        Library(tmp_path)


def test_a_cache_that_cannot_be_made_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="CACHE_DIR"):
        Library(tmp_path / "file" / "cache")
