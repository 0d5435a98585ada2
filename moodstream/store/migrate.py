"""Forward-only migrations: `sql/NNN_name.sql`, each applied once, under a lock, and never changed afterwards.

A server commits each DDL statement by itself, so a migration may be cut off half way; every statement
is therefore written so that it can be run again.
"""

import hashlib
import logging
import re
from pathlib import Path
from typing import NamedTuple

from moodstream.errors import ConfigurationError, TransientError
from moodstream.settings import ROOT
from moodstream.store.mysql import Cursor, Database

log = logging.getLogger(__name__)

FOLDER = ROOT / "sql"
LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    version    INT NOT NULL PRIMARY KEY,
    name       VARCHAR(128) NOT NULL,
    checksum   CHAR(64) NOT NULL,
    applied_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci
"""


class Migration(NamedTuple):
    """One file of `sql/`."""

    version: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def statements(self) -> list[str]:
        lines = (line for line in self.text.splitlines() if not line.lstrip().startswith("--"))
        return [part.strip() for part in re.split(r";\s*(?:\n|\Z)", "\n".join(lines)) if part.strip()]


def read(folder: Path = FOLDER) -> list[Migration]:
    """The migrations of a folder, in order."""
    files = sorted(folder.glob("[0-9][0-9][0-9]_*.sql"))
    return [Migration(int(file.name[:3]), file.stem, file.read_text(encoding="utf-8")) for file in files]


def migrate(database: Database, migrations: list[Migration], patience: int = 60) -> list[str]:
    """Apply what is not applied yet, and name it. Several processes may call this at once.

    Raises:
        ConfigurationError: a migration that is applied already was changed, or the account lacks a right.
        TransientError: the server is away, or another process has held the lock for `patience` seconds.
    """
    with database.transaction() as cursor:
        _lock(cursor, patience)
        try:
            cursor.execute(LEDGER)
            applied = _applied(cursor)
            return [_apply(cursor, migration) for migration in migrations if _pending(migration, applied)]
        finally:
            cursor.execute("DO RELEASE_LOCK(CONCAT(DATABASE(), '.migrate'))")


def _lock(cursor: Cursor, patience: int) -> None:
    cursor.execute("SELECT GET_LOCK(CONCAT(DATABASE(), '.migrate'), %s) AS got", (patience,))
    if cursor.fetchall()[0]["got"] != 1:  # type: ignore[call-overload]
        raise TransientError(f"another process has been applying the migrations for {patience} s")


def _applied(cursor: Cursor) -> dict[int, str]:
    cursor.execute("SELECT version, checksum FROM schema_migrations")
    return {row["version"]: row["checksum"] for row in cursor.fetchall()}  # type: ignore[call-overload, misc]


def _pending(migration: Migration, applied: dict[int, str]) -> bool:
    if applied.get(migration.version, migration.checksum) != migration.checksum:
        raise ConfigurationError(
            f"sql/{migration.name}.sql was changed after it had been applied: "
            "put it back as it was, and make the change in a new file."
        )
    return migration.version not in applied


def _apply(cursor: Cursor, migration: Migration) -> str:
    for statement in migration.statements:
        cursor.execute(statement)
    cursor.execute(
        "INSERT INTO schema_migrations (version, name, checksum) VALUES (%s, %s, %s)",
        (migration.version, migration.name, migration.checksum),
    )
    log.info("applied sql/%s.sql", migration.name)
    return migration.name
