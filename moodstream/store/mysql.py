"""Connections to MySQL or MariaDB, and what their errors mean. The only importer of the driver."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import mysql.connector
from mysql.connector.abstracts import MySQLConnectionAbstract, MySQLCursorAbstract
from mysql.connector.errors import get_mysql_exception

from moodstream.errors import ConfigurationError, DataError, MoodstreamError, SlowError, TransientError
from moodstream.settings import Role, Settings
from moodstream.store import handshake

try:
    from _mysql_connector import MySQLInterfaceError as UnwrappedError
except ImportError:  # without the C extension nothing of it comes

    class UnwrappedError(Exception):  # type: ignore[no-redef]
        """Nothing raises it."""


log = logging.getLogger(__name__)

Connection = MySQLConnectionAbstract
Row = dict[str, Any]


class Cursor(MySQLCursorAbstract):
    """A cursor of either implementation of the driver; `packet` is how many bytes a statement may have."""

    packet: int


# A server takes this much whatever its max_allowed_packet is.
PACKET = "SELECT GREATEST(@@max_allowed_packet, @@net_buffer_length)"

# By number where the class of the SQLSTATE says too little: most server faults are a plain HY000.
REFUSED = frozenset({1045, 1130, 1524, 1698, 2054, 2059, 2061})
CONFIGURATION = REFUSED | {1044, 1049, 1054, 1064, 1142, 1143, 1146, 1227, 1370}
DATA = frozenset({1048, 1062, 1118, 1153, 1264, 1265, 1292, 1366, 1406, 1690, 3140, 3819, 4025})
# With these, a connection that TLS fails on ends, and with some of them one that is cut.
HANDSHAKE = frozenset({2013, 2026, 2055})
SLOW = frozenset({1969, 3024})

INIT = "`python mysql_connector.py --init`"
ADVICE = {
    1044: f"The account {{user}} may not use the database {{database}}: check MYSQL_DATABASE, or run {INIT}.",
    1049: f"{{place}} has no database {{database}}: check MYSQL_DATABASE, or run {INIT}.",
    1142: f"The account {{user}} lacks a right ({{error}}): grant it with {INIT}.",
    1146: "The database {database} lacks a table ({error}): start `python mysql_connector.py`, which makes it.",
} | dict.fromkeys(REFUSED, "{place} refuses the account {user}: check {setting}_USER and {setting}_PASSWORD.")


def translate(error: mysql.connector.Error, settings: Settings, role: Role) -> MoodstreamError:
    """Tell by number and SQLSTATE class whether a fault is transient, of the settings, or of the data.

    What is not known counts as transient, since waiting loses nothing.
    """
    number, state = error.errno or 0, (error.sqlstate or "")[:2]
    if number in SLOW:
        return SlowError("The database was asked for more than it can tell in time.")
    if number in DATA or (state in {"22", "23"} and number not in CONFIGURATION):
        return DataError(f"{number}: {error.msg}"[:500])
    if number in CONFIGURATION or state == "28":
        return ConfigurationError(_sentence(error, settings, role))
    return TransientError(f"MySQL at {settings.mysql_host}:{settings.mysql_port}: {number} {error.msg}")


def _sentence(error: mysql.connector.Error, settings: Settings, role: Role) -> str:
    template = ADVICE.get(error.errno, "{place} refuses ({error}): check {setting}_USER and the other MYSQL settings.")
    return template.format(
        place=f"MySQL at {settings.mysql_host}:{settings.mysql_port}",
        user=settings.account(role)[0],
        database=settings.mysql_database,
        setting="MYSQL" if role == "connector" else f"MYSQL_{role.upper()}",
        error=error.msg,
    )


class Database:
    """One connection of one role, made when first needed and made anew after it was lost.

    Not thread-safe: one for each thread.

    Args:
        database: whether to use the database of the settings, which may have yet to be made.
        seconds: how long a SELECT may take, where that is limited.
    """

    def __init__(self, settings: Settings, role: Role, *, database: bool = True, seconds: float | None = None) -> None:
        self._settings = settings
        self._role: Role = role
        self._database = settings.mysql_database if database else None
        self._seconds = seconds
        self._connection: Connection | None = None
        self._packet = 0

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        """A cursor whose statements are committed together, or not at all. Rows come as dictionaries.

        Raises:
            TransientError, ConfigurationError, DataError, SlowError: as `translate` tells them apart; after a
                transient one the connection is dropped, so that the next transaction makes a new one.
        """
        cursor: Cursor | None = None
        try:
            connection = self._connection or self._connect()
            cursor = cast(Cursor, connection.cursor(dictionary=True))
            cursor.packet = self._packet
            yield cursor
            with _wrapped():
                connection.commit()
        except mysql.connector.Error as error:
            fault = translate(error, self._settings, self._role)
            self._abandon(drop=not isinstance(fault, DataError) or error.errno == 1153)
            raise fault from error
        except DataError:  # ours, about what was not sent
            self._abandon(drop=False)
            raise
        except BaseException:
            self._abandon(drop=True)
            raise
        finally:
            if cursor is not None:
                _quietly(cursor.close)

    def query(self, statement: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a statement, as dictionaries."""
        with self.transaction() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall()  # type: ignore[return-value]

    def close(self) -> None:
        """Give the connection back; the next transaction makes a new one."""
        self._abandon(drop=True)

    def _abandon(self, *, drop: bool) -> None:
        if self._connection is None:
            return
        if drop:
            connection, self._connection = self._connection, None
            _quietly(connection.close)
        else:
            _quietly(self._connection.rollback)

    def _connect(self) -> Connection:
        try:
            self._connection = self._open()
        except mysql.connector.Error as error:
            if error.errno in HANDSHAKE:
                handshake.examine(self._settings)
            raise
        self._packet = self._largest(self._connection)
        if self._seconds is not None:
            self._limit(self._connection, self._seconds)
        place = f"{self._settings.mysql_host}:{self._settings.mysql_port}"
        log.info("MySQL at %s as %s, %s", place, self._settings.account(self._role)[0], driver())
        return self._connection

    def _open(self) -> Connection:
        user, password = self._settings.account(self._role)
        connection = mysql.connector.connect(
            host=self._settings.mysql_host,
            port=self._settings.mysql_port,
            user=user,
            password=password,
            database=self._database,
            charset="utf8mb4",
            collation="utf8mb4_unicode_ci",
            time_zone="+00:00",
            sql_mode="STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,NO_ENGINE_SUBSTITUTION",
            connection_timeout=5,
            read_timeout=120,
            use_pure=not mysql.connector.HAVE_CEXT,
            **encryption(self._settings),
        )
        return cast(Connection, connection)  # never one of a pool

    def _largest(self, connection: Connection) -> int:
        with connection.cursor() as cursor:
            cursor.execute(PACKET)
            [(size,)] = cursor.fetchall()
        return int(cast(int, size))

    def _limit(self, connection: Connection, seconds: float) -> None:
        """Have the server end a SELECT that takes longer; MariaDB counts in seconds, MySQL in milliseconds."""
        with connection.cursor() as cursor:
            if "MariaDB" in (connection.server_info or ""):
                cursor.execute("SET SESSION max_statement_time = %s", (seconds,))
            else:
                cursor.execute("SET SESSION max_execution_time = %s", (round(seconds * 1000),))


def encryption(settings: Settings) -> dict[str, Any]:
    """The driver's options for TLS; without a CA, it takes what the server offers, and verifies nothing."""
    if settings.mysql_tls_ca is None:
        return {}
    files = {
        "ssl_ca": settings.mysql_tls_ca,
        "ssl_cert": settings.mysql_tls_certificate,
        "ssl_key": settings.mysql_tls_key,
    }
    given = {name: str(file.expanduser()) for name, file in files.items() if file is not None}
    return given | {"ssl_verify_cert": True, "ssl_verify_identity": True}


def driver() -> str:
    """Which of the driver's two implementations is in use."""
    return "C extension" if mysql.connector.HAVE_CEXT else "pure Python driver (slower)"


@contextmanager
def _wrapped() -> Iterator[None]:
    """Raise as an error of the driver's what its C extension raises in `commit` and `rollback`, which leave it bare."""
    try:
        yield
    except UnwrappedError as error:
        raise get_mysql_exception(error.errno, msg=error.msg, sqlstate=error.sqlstate) from error


def _quietly(call: Any) -> None:
    """Do what can only fail because the connection is gone already."""
    try:
        with _wrapped():
            call()
    except mysql.connector.Error as error:
        log.debug("while letting go of a connection: %s", error)
