"""What Last.fm said of things that do not change, so that pylast asks once. Its own cache would unpickle a file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from moodstream.errors import ConfigurationError

SCHEMA = "CREATE TABLE IF NOT EXISTS answers (question TEXT PRIMARY KEY, xml TEXT NOT NULL) WITHOUT ROWID"
PATIENCE_SECONDS = 30.0


class Answers:
    """A cache as pylast asks for one: texts by the digest of their question; for use in one thread.

    Raises:
        ConfigurationError: the file cannot be read or written (here and in every method).
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        with self._named():
            file.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(file, timeout=PATIENCE_SECONDS, isolation_level=None)
        self._first(SCHEMA)

    def __contains__(self, question: str) -> bool:
        return self.get_xml(question) is not None

    def get_xml(self, question: str) -> str | None:
        """The answer, where it is known."""
        row = self._first("SELECT xml FROM answers WHERE question = ?", question)
        return row[0] if row else None

    def set_xml(self, question: str, xml: str) -> None:
        """Remember an answer."""
        self._first("INSERT OR REPLACE INTO answers VALUES (?, ?)", question, xml)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _first(self, sql: str, *values: str) -> tuple[str] | None:
        with self._named(), closing(self._database.execute(sql, values)) as cursor:
            return cursor.fetchone()  # type: ignore[no-any-return]

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise ConfigurationError(
                f"{self._file} cannot be used ({error}): remove it, or set CACHE_DIR to another folder."
            ) from error
