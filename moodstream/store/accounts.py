"""The accounts of the services and their rights: none has more than what its service does."""

from moodstream.errors import ConfigurationError
from moodstream.settings import Role, Settings
from moodstream.store.migrate import migrate, read
from moodstream.store.mysql import Cursor, Database

# What each role may do, by table; `*` is the whole database. Nobody may delete, drop or truncate.
RIGHTS: dict[Role, dict[str, str]] = {
    "connector": {"*": "SELECT, INSERT, UPDATE, CREATE, ALTER, INDEX"},
    "batch": {
        "*": "SELECT",
        "batch_classified": "INSERT, UPDATE",
        "batch_runs": "INSERT, UPDATE",
    },
    "dashboard": {"*": "SELECT"},
}


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
            _account(cursor, settings, role)
    database.close()


def _demand_passwords(settings: Settings) -> None:
    for role in RIGHTS:
        user, password = settings.account(role)
        if not password:
            raise ConfigurationError(f"The account {user} has no password: set it in .env (see .env.example).")


def _account(cursor: Cursor, settings: Settings, role: Role) -> None:
    user, password = settings.account(role)
    cursor.execute("CREATE USER IF NOT EXISTS %s IDENTIFIED BY %s", (user, password))
    cursor.execute("ALTER USER %s IDENTIFIED BY %s", (user, password))
    for table, rights in RIGHTS[role].items():
        cursor.execute(f"GRANT {rights} ON {_place(settings.mysql_database, table)} TO %s", (user,))


def _place(database: str, table: str) -> str:
    """The object of a GRANT. Before `.*` an underscore would match any letter, unless it is escaped."""
    return f"`{database}`.`{table}`" if table != "*" else "`{}`.*".format(database.replace("_", r"\_"))
