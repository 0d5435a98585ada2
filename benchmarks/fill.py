"""Fill the database of the settings with a history of millions of plays: `python -m benchmarks.fill --help`.

It must be there (`python mysql_connector.py --init`) and empty, and is filled as its administrator.
"""

import moodstream  # noqa: F401, I001  before all else, so that the database driver's C extension can be loaded

import argparse
import logging
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime

import numpy as np

from benchmarks import catalogue
from benchmarks.rows import TABLES, Written
from benchmarks.world import World
from moodstream import cli
from moodstream.errors import ConfigurationError
from moodstream.settings import Settings
from moodstream.store.mysql import Database
from moodstream.store.rebuild import rebuild
from moodstream.store.tables import Table

log = logging.getLogger(__name__)

EXAMPLES = """\
  python -m benchmarks.fill                                ten million plays in two years
  python -m benchmarks.fill --plays 100000 --days 30       enough for a look"""

ROWS_A_STATEMENT = 5_000
KEYS = """
SELECT index_name AS name, GROUP_CONCAT(column_name ORDER BY seq_in_index) AS parts FROM information_schema.statistics
 WHERE table_schema = DATABASE() AND table_name = %s AND index_name <> 'PRIMARY' GROUP BY index_name
"""


def fill(
    settings: Settings,
    *,
    plays: int = 10_000_000,
    songs: int = 100_000,
    listeners: int = 1_000,
    days: int = 730,
    now: datetime | None = None,
) -> None:
    """Fill an empty, migrated database. The newest play is `now` (aware).

    Raises:
        ConfigurationError: the database has a history already.
        TransientError: the server is away.
    """
    world = World(plays, songs, listeners, days, now or datetime.now(UTC))
    admin = Database(settings, "admin")
    if admin.query("SELECT 1 FROM mood_classified LIMIT 1"):
        raise ConfigurationError("The database is not empty: set MYSQL_DATABASE to a new one, made with --init.")
    written = Written(world)
    last = _plays(settings, world, written)
    log.info("songs, what batch says of them, playlists")
    catalogue.songs(admin, world, last)
    catalogue.batch(admin, world, written)
    catalogue.playlists(admin, world)
    rebuild(admin)
    admin.query("ANALYZE TABLE songs, song_stream, mood_classified, user_feedback, songs_played, plays_by_minute")
    admin.close()


def _plays(settings: Settings, world: World, written: Written) -> list[int]:
    """Write what was said of each play; the time of each song's last one (microseconds since 1970; 0: none)."""
    admin = Database(settings, "admin")
    done, last = 0, np.zeros(world.songs, dtype=np.int64)
    with ExitStack() as stack:
        for table in TABLES:
            stack.enter_context(_without_keys(admin, table))
        threads = stack.enter_context(ThreadPoolExecutor(len(TABLES)))
        writers = [stack.enter_context(closing(Database(settings, "admin"))) for _ in TABLES]
        writing: Iterator[None] = iter(())
        for chunk in world.chunks():
            rows = written.rows(chunk)
            list(writing)  # the chunk before, which was written while this one was made
            writing = threads.map(_insert, writers, TABLES, rows)
            np.maximum.at(last, chunk.song, chunk.at)
            done += len(chunk.at)
            log.info("%s of %s plays", f"{done:,}", f"{world.plays:,}")
        list(writing)
    admin.close()
    return last.tolist()


@contextmanager
def _without_keys(admin: Database, table: Table) -> Iterator[None]:
    """A table without its keys, which are made anew at the end: sorting them is quicker than keeping them."""
    keys = {row["name"]: row["parts"] for row in admin.query(KEYS, (table.name,))}
    admin.query(f"ALTER TABLE {table.name} {', '.join(f'DROP KEY {name}' for name in keys)}")
    try:
        yield
    finally:
        log.info("the keys of %s", table.name)
        for name, parts in keys.items():  # one by one, since a connection does not wait for minutes
            admin.query(f"ALTER TABLE {table.name} ADD KEY {name} ({parts})")


def _insert(database: Database, table: Table, rows: Sequence[str]) -> None:
    with database.transaction() as cursor:
        for start in range(0, len(rows), ROWS_A_STATEMENT):
            part = ",".join(rows[start : start + ROWS_A_STATEMENT])
            cursor.execute(f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES {part}")  # noqa: S608


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def _main(settings: Settings, arguments: argparse.Namespace) -> int:
    fill(settings, **vars(arguments))
    return 0


if __name__ == "__main__":
    parser = cli.parser(__doc__ or "", EXAMPLES)
    for name, number in (("plays", 10_000_000), ("songs", 100_000), ("listeners", 1_000), ("days", 730)):
        parser.add_argument(f"--{name}", type=_number, default=number, help=f"how many (default: {number:,})")
    sys.exit(cli.run(_main, parser.parse_args()))
