"""How many messages a second the sink stores, beside bare inserts of the same rows on the same server."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from benchmarks.classifier import BATCH, batches, plays
from benchmarks.figures import Figure, rate
from local.database_server import DatabaseServer
from moodstream.classifiers import RULES, classified
from moodstream.messages import encode
from moodstream.records import Received
from moodstream.settings import Settings
from moodstream.store import tables
from moodstream.store.accounts import initialise
from moodstream.store.mysql import Database, driver
from moodstream.store.recount import SUBJECTS
from moodstream.store.sink import Sink
from moodstream.store.tables import Table

NUMBER = 10_000
EMPTIED = ("songs", "song_stream", "mood_classified", *(subject.table for subject in SUBJECTS))


def figures() -> list[Figure]:
    with DatabaseServer.temporary() as server:
        settings = Settings(
            _env_file=None,
            **server.settings,
            **dict.fromkeys(
                ("mysql_password", "mysql_batch_password", "mysql_dashboard_password"), secrets.token_hex(8)
            ),
        )
        initialise(settings)
        admin, sink = Database(settings, "admin"), Sink(Database(settings, "connector"))
        values = [encode(said) for said in classified(plays(NUMBER), RULES, datetime.now(UTC))]
        empty = partial(_emptied, admin)
        bare = rate(lambda: _bare(admin, batches(NUMBER), tables.PLAYS), NUMBER, empty)
        stored = rate(lambda: _through(sink, batches(NUMBER)), NUMBER, empty)
        again = rate(lambda: _through(sink, batches(NUMBER)), NUMBER)
        bare_told = rate(lambda: _bare(admin, _told(values), tables.CLASSIFICATIONS), NUMBER, empty)
        told = rate(lambda: _through(sink, _told(values)), NUMBER, empty)
        told_again = rate(lambda: _through(sink, _told(values)), NUMBER)
    limit = f"bare inserts, {driver()}"
    return [
        Figure("sink, new plays and their songs", stored, "plays/s", bare, limit),
        Figure("sink, a replay of plays that changes nothing", again, "plays/s", bare, limit),
        Figure("sink, new classifications and their roll-ups", told, "plays/s", bare_told, limit),
        Figure("sink, a replay of classifications that changes nothing", told_again, "plays/s", bare_told, limit),
    ]


def _told(values: Sequence[bytes]) -> list[list[Received]]:
    """Classifications as the broker gives them, not decoded yet."""
    records = [Received("mood_classified", 0, offset, 0, b"", value, []) for offset, value in enumerate(values)]
    return [records[start : start + BATCH] for start in range(0, len(records), BATCH)]


def _emptied(admin: Database) -> None:
    with admin.transaction() as cursor:
        for table in EMPTIED:
            cursor.execute(f"TRUNCATE {table}")


def _through(sink: Sink, given: list[list[Received]]) -> None:
    for batch in given:
        sink.write(batch)


def _bare(admin: Database, given: list[list[Received]], table: Table) -> None:
    """The same messages as plain multi-row inserts, with nothing checked, counted or kept once."""
    row = f"({', '.join(['%s'] * len(table.columns))})"
    for batch in given:
        rows = [values for record in batch for target, values in tables.rows(record.message) if target is table]
        statement = f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES {', '.join([row] * len(rows))}"  # noqa: S608
        with admin.transaction() as cursor:
            cursor.execute(statement, [value for values in rows for value in values])
