"""The accounts of the services and their rights: none has more than what its service does."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from moodstream.errors import ConfigurationError
from moodstream.settings import Role, Settings
from moodstream.store import review, rollups, tables
from moodstream.store.migrate import migrate, read
from moodstream.store.mysql import Cursor, Database, Row

EVERYWHERE = "*"
HISTORY = [table.name for table in tables.ORDER]
COUNTS = [*(rollup.table for rollup in rollups.ROLLUPS), rollups.SONGS_PLAYED.name]
BATCH = [review.BATCH_CLASSIFIED.name, review.BATCH_RUNS.name]
JUDGED = ["songs", "mood_classified", "user_feedback", "playlist_recommendations"]

# What each role may do, by table. Nobody may delete, drop or truncate. The connector's migrations make and alter
# tables; what it writes is named, so that a new table is out of reach until `--init` has been run again.
RIGHTS: dict[Role, dict[str, set[str]]] = {
    "connector": {
        EVERYWHERE: {"SELECT", "CREATE", "ALTER"},
        **{name: {"INSERT", "UPDATE"} for name in (*HISTORY, *COUNTS, "rollup_state")},
        "schema_migrations": {"INSERT"},
    },
    "batch": {
        **{name: {"SELECT"} for name in JUDGED},
        **{name: {"SELECT", "INSERT", "UPDATE"} for name in BATCH},
    },
    "dashboard": {EVERYWHERE: {"SELECT"}},
}


class Right(NamedTuple):
    """A right to `table`, where `EVERYWHERE` is the whole database."""

    table: str
    right: str


def initialise(settings: Settings) -> None:
    """Make the database, its tables and the accounts of the services, as the administrator. Repeatable.

    Raises:
        ConfigurationError: the administrator is refused, or an account of the settings has no password.
        TransientError: the server is away.
    """
    _demand_passwords(settings)
    name = settings.mysql_database
    server = Database(settings, "admin", database=False)
    with server.transaction() as cursor:
        cursor.execute(f"CREATE DATABASE IF NOT EXISTS `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
    server.close()
    database = Database(settings, "admin")
    migrate(database, read())
    with database.transaction() as cursor:
        for role in RIGHTS:
            _account(cursor, *settings.account(role))
        for user, wanted in _wanted(settings).items():
            _settle(cursor, name, user, wanted)
    database.close()


def _demand_passwords(settings: Settings) -> None:
    for role in RIGHTS:
        user, password = settings.account(role)
        if not password:
            raise ConfigurationError(f"The account {user} has no password: set it in .env (see .env.example).")


def _account(cursor: Cursor, user: str, password: str) -> None:
    cursor.execute("CREATE USER IF NOT EXISTS %s IDENTIFIED BY %s", (user, password))
    cursor.execute("ALTER USER %s IDENTIFIED BY %s", (user, password))


def _wanted(settings: Settings) -> Mapping[str, set[Right]]:
    """The rights of each account; one that serves several roles has those of all."""
    wanted: dict[str, set[Right]] = defaultdict(set)
    for role, by_table in RIGHTS.items():
        user, _ = settings.account(role)
        wanted[user] |= {Right(table, right) for table, rights in by_table.items() for right in rights}
    return wanted


def _settle(cursor: Cursor, database: str, user: str, wanted: set[Right]) -> None:
    """Give what is wanted before the rest is taken: a service that runs meanwhile is never without a right."""
    given = set(_given(cursor, database, user))
    for table, rights in _by_table(wanted - given):
        cursor.execute(f"GRANT {rights} ON {_place(database, table)} TO %s", (user,))
    for table, rights in _by_table(given - wanted):
        cursor.execute(f"REVOKE {rights} ON {_place(database, table)} FROM %s", (user,))


def _by_table(rights: Iterable[Right]) -> Iterator[tuple[str, str]]:
    for table, those in groupby(sorted(rights), attrgetter("table")):
        yield table, ", ".join(right for _, right in those)


def _given(cursor: Cursor, database: str, user: str) -> Iterator[Right]:
    """What an account may do in the database by now; what it may elsewhere is not ours."""
    account = f"'{user}'@'%'"
    cursor.execute(
        "SELECT privilege_type AS held FROM information_schema.schema_privileges"
        " WHERE grantee = %s AND table_schema = %s AND privilege_type <> 'USAGE'",
        (account, _escaped(database)),
    )
    yield from (Right(EVERYWHERE, row["held"]) for row in _rows(cursor))
    cursor.execute(
        "SELECT table_name AS place, privilege_type AS held FROM information_schema.table_privileges"
        " WHERE grantee = %s AND table_schema = %s AND privilege_type <> 'USAGE'",
        (account, database),
    )
    yield from (Right(row["place"], row["held"]) for row in _rows(cursor))


def _rows(cursor: Cursor) -> list[Row]:
    return cursor.fetchall()  # type: ignore[return-value]


def _place(database: str, table: str) -> str:
    """The object of a GRANT."""
    return f"`{_escaped(database)}`.*" if table == EVERYWHERE else f"`{database}`.`{table}`"


def _escaped(database: str) -> str:
    """The name as rights to the whole database have it, where an underscore would match any letter."""
    return database.replace("_", r"\_")
