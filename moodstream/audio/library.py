"""What has been analysed before: a small database in CACHE_DIR, so that nothing is heard twice.

An analysis is kept by what the sound is, not by where it lies: a file that moves is known, and so is a copy. Beside
it, path, size and time of change tell without reading a file whether it is still the one that was read.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from moodstream.audio import EXTRACTOR, extractor
from moodstream.audio.tags import Tags
from moodstream.errors import ConfigurationError
from moodstream.identity import folded
from moodstream.messages import Features, Song

SCHEMA = """
CREATE TABLE IF NOT EXISTS analyses (
    content TEXT, extractor TEXT, analysis TEXT NOT NULL, PRIMARY KEY (content, extractor)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
    path BLOB PRIMARY KEY, size INTEGER NOT NULL, modified_ns INTEGER NOT NULL,
    content TEXT NOT NULL, tags TEXT NOT NULL, name TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS files_by_name ON files (name);
"""

# Another process may be writing, and a write takes milliseconds.
PATIENCE_SECONDS = 30.0


class Analysis(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was heard in a sound: its features and length, or the `fault`, as what is said of a file after its name.

    A `flaw` says so of a sound that could be heard, but not as whole as it should be. `window` is how many seconds of
    the sound were to be heard; None where all of it was.
    """

    features: Features | None = None
    modelled: tuple[str, ...] = ()
    estimates: tuple[str, ...] = ()
    duration_ms: int | None = None
    fault: str | None = None
    flaw: str | None = None
    window: float | None = None


class File(NamedTuple):
    """A file as the disk shows it without opening it: `size` in bytes, `modified_ns` since 1970."""

    path: Path
    size: int
    modified_ns: int


class Heard(NamedTuple):
    """A file that has been read: `content` tells its bytes from all others."""

    content: str
    tags: Tags
    analysis: Analysis

    def song(self) -> Song:
        """The song that it is, to be called only where there is no `fault`."""
        return Song(
            song_id=self.content,
            **msgspec.structs.asdict(self.tags),
            duration_ms=self.analysis.duration_ms,
            features=self.analysis.features,
            origin="audio",
            extractor=extractor(self.analysis.window),
            modelled=self.analysis.modelled,
            estimates=self.analysis.estimates,
        )


class Library:
    """The analyses and files that are known; for use in one thread.

    Analyses of `window` seconds of a song, and those of whole songs (None), are kept apart.

    Raises:
        ConfigurationError: CACHE_DIR cannot be written, or what is in it is damaged (here and in every method).
    """

    def __init__(self, cache_dir: Path, window: float | None = None) -> None:
        self.window = window
        self._extractor = extractor(window)
        self._path = cache_dir.expanduser() / "library.sqlite"
        with self._named():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(self._path, timeout=PATIENCE_SECONDS, isolation_level=None)
            # Whoever comes second while another switches is told that it is locked, and finds it switched.
            with suppress(sqlite3.OperationalError):
                self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.executescript(SCHEMA)

    def close(self) -> None:
        self._database.close()

    def analysis(self, content: str) -> Analysis | None:
        """What is known of a sound."""
        sql = "SELECT analysis FROM analyses WHERE content = ? AND extractor = ?"
        with self._named():
            row = self._first(sql, content, self._extractor)
            return None if row is None else msgspec.json.decode(row[0], type=Analysis)

    def keep(self, content: str, analysis: Analysis) -> None:
        """Remember what was heard in a sound."""
        self._first(
            "INSERT OR REPLACE INTO analyses VALUES (?, ?, ?)",
            content,
            self._extractor,
            msgspec.json.encode(analysis).decode(),
        )

    def heard(self, file: File) -> Heard | None:
        """What is known of a file that has not changed since it was read."""
        sql = """SELECT content, tags, analysis FROM files JOIN analyses USING (content)
                 WHERE path = ? AND size = ? AND modified_ns = ? AND extractor = ?"""
        return self._heard(sql, bytes(file.path), file.size, file.modified_ns, self._extractor)

    def keep_file(self, file: File, heard: Heard) -> None:
        """Remember a file and what was heard in it."""
        self.keep(heard.content, heard.analysis)
        self._first(
            "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)",
            bytes(file.path),
            file.size,
            file.modified_ns,
            heard.content,
            msgspec.json.encode(heard.tags).decode(),
            folded(heard.tags.artist, heard.tags.title),
        )

    def find(self, artist: str, title: str) -> Heard | None:
        """A file with sound that bears this name, whatever its case, accents and punctuation, best heard as a whole."""
        sql = """SELECT content, tags, analysis FROM files JOIN analyses USING (content)
                 WHERE name = ? AND (extractor = ? OR extractor GLOB ?) AND json_extract(analysis, '$.fault') IS NULL
                 ORDER BY extractor, content LIMIT 1"""
        return self._heard(sql, folded(artist, title), EXTRACTOR, f"{EXTRACTOR}/*")

    def _heard(self, sql: str, *values: bytes | str | int) -> Heard | None:
        with self._named():
            if (row := self._first(sql, *values)) is None:
                return None
            content, tags, analysis = row
            return Heard(content, msgspec.json.decode(tags, type=Tags), msgspec.json.decode(analysis, type=Analysis))

    def _first(self, sql: str, *values: bytes | str | int) -> tuple[str, ...] | None:
        with self._named(), closing(self._database.execute(sql, values)) as cursor:
            return cursor.fetchone()  # type: ignore[no-any-return]

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, msgspec.DecodeError, OSError) as error:
            raise ConfigurationError(
                f"{self._path} cannot be used ({error}): remove it, or set CACHE_DIR to another folder."
            ) from error
