"""How many plays a second the sink stores, beside bare inserts of the same rows on the same server."""

import secrets

from benchmarks.classifier import batches
from benchmarks.figures import Figure, rate
from local.database_server import DatabaseServer
from moodstream.settings import Settings
from moodstream.store import tables
from moodstream.store.accounts import initialise
from moodstream.store.mysql import Database, driver
from moodstream.store.sink import Sink

NUMBER = 10_000


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
        bare = rate(lambda: _bare(admin), NUMBER)
        stored = rate(lambda: _through(admin, sink), NUMBER)
        again = rate(lambda: [sink.write(batch) for batch in batches(NUMBER)], NUMBER)
    return [
        Figure("sink, new plays and their songs", stored, "plays/s", bare, f"bare inserts, {driver()}"),
        Figure("sink, a replay that changes nothing", again, "plays/s", bare, f"bare inserts, {driver()}"),
    ]


def _emptied(admin: Database) -> None:
    with admin.transaction() as cursor:
        cursor.execute("TRUNCATE songs")
        cursor.execute("TRUNCATE song_stream")


def _through(admin: Database, sink: Sink) -> None:
    _emptied(admin)
    for batch in batches(NUMBER):
        sink.write(batch)


def _bare(admin: Database) -> None:
    """The same plays as plain multi-row inserts, with nothing decoded, checked or kept once."""
    _emptied(admin)
    for batch in batches(NUMBER):
        rows = [values for record in batch for table, values in tables.rows(record.message) if table is tables.PLAYS]
        marks = ", ".join(["(%s, %s, %s, %s, %s)"] * len(rows))
        with admin.transaction() as cursor:
            cursor.execute(f"INSERT INTO song_stream VALUES {marks}", [value for row in rows for value in row])  # noqa: S608
