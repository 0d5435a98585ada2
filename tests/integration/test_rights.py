"""What each account may do on a real server: everything that its service does, and nothing else is let through."""

import itertools
import re
from fnmatch import fnmatch
from typing import Any, cast

import mysql.connector

from moodstream.errors import MoodstreamError
from moodstream.settings import ROOT, Role, Settings
from moodstream.store.accounts import RIGHTS, initialise
from moodstream.store.migrate import migrate, read
from moodstream.store.mysql import Database

ROLES: tuple[Role, ...] = ("connector", "batch", "dashboard")

# S(elect), I(nsert), U(pdate), D(elete) for each role, in the order of ROLES.
TABLES = """
songs                    SIU S   S
song_stream              SIU -   S
mood_classified          SIU S   S
user_feedback            SIU S   S
playlist_recommendations SIU S   S
dead_letters             SIU -   S
batch_classified         S   SIU S
batch_runs               S   SIU S
rollup_state             SIU -   S
plays_by_minute          SIU -   S
plays_by_hour            SIU -   S
plays_by_day             SIU -   S
reactions_by_minute      SIU -   S
reactions_by_hour        SIU -   S
reactions_by_day         SIU -   S
songs_played             SIU -   S
schema_migrations        SI  -   S
"""
MAY = {name: dict(zip(ROLES, letters, strict=True)) for name, *letters in map(str.split, TABLES.strip().splitlines())}

# None of these touches a row, also where it is allowed.
TOUCHING = {
    "S": "SELECT {key} FROM {table} LIMIT 0",
    "I": "INSERT INTO {table} ({key}) SELECT NULL FROM DUAL WHERE FALSE",
    "U": "UPDATE {table} SET {key} = NULL WHERE FALSE",
    "D": "DELETE FROM {table} WHERE FALSE",
}
LET_THROUGH = {None, 1364}
"""No error, or that of a column without a default, which is looked at once the right to insert is seen."""
MIGRATING = ["CREATE TABLE made_by_{role} (id INT)", "ALTER TABLE batch_runs COMMENT 'altered'"]
NOBODY = [
    "DROP TABLE songs",
    "TRUNCATE TABLE songs",
    "RENAME TABLE songs TO sung",
    "ALTER TABLE songs RENAME TO sung",
    "DROP DATABASE {database}",
    "CREATE DATABASE {database}_more",
    "CREATE VIEW seen AS SELECT 1 AS one",
    "CREATE TRIGGER fired BEFORE INSERT ON songs FOR EACH ROW SET @fired = 1",
    "CREATE PROCEDURE called() SELECT 1",
    "CREATE FUNCTION counted() RETURNS INT DETERMINISTIC RETURN 1",
    "CREATE EVENT timed ON SCHEDULE EVERY 1 DAY DO DELETE FROM songs",
    "CREATE TEMPORARY TABLE passing (id INT)",
    "LOCK TABLES songs READ",
    "CREATE USER {database}_evil",
    "CREATE ROLE {database}_evil",
    "DROP USER {admin}",
    "ALTER USER {admin} IDENTIFIED BY 'evil'",
    "GRANT SELECT ON songs TO {admin}",
    "GRANT SELECT ON {database}.* TO {admin}",
    "GRANT ALL PRIVILEGES ON *.* TO {admin}",
    "SHOW GRANTS FOR {admin}",
    "SELECT * FROM mysql.user",
    "UPDATE mysql.db SET db = 'evil'",
    "SELECT * FROM {database}_other.secrets",
    "USE mysql",
    "SELECT 'evil' INTO OUTFILE '{database}.txt'",
    "LOAD DATA INFILE '{database}.txt' INTO TABLE songs",
    "SET GLOBAL max_connections = 151",
    "FLUSH PRIVILEGES",
    "SHOW ENGINE INNODB STATUS",
    "INSTALL PLUGIN evil SONAME 'evil.so'",
    "SHUTDOWN",
]
# The server's own numbers for what an account may not, told apart by what is asked: a whole database (1044), a file
# (1045), a table (1142), the server (1227), a routine (1370), an account by way of a GRANT (1410).
DENIED = {1044, 1045, 1142, 1227, 1370, 1410}


def number(database: Database, statement: str) -> int | None:
    """The number of the error that a statement ends with, if it does."""
    try:
        with database.transaction() as cursor:
            cursor.execute(statement)
            cursor.fetchall()
    except MoodstreamError as fault:
        return cast(int, cast(mysql.connector.Error, fault.__cause__).errno)
    return None


def run(settings: Settings, *statements: str) -> None:
    """Run statements as the administrator."""
    admin = Database(settings, "admin")
    with admin.transaction() as cursor:
        for statement in statements:
            cursor.execute(statement)
    admin.close()


def keys(settings: Settings) -> dict[str, str]:
    """The tables of the database, and the first column of each."""
    found = Database(settings, "admin").query(
        "SELECT table_name AS name, column_name AS first FROM information_schema.columns"
        " WHERE table_schema = DATABASE() AND ordinal_position = 1"
    )
    return {row["name"]: row["first"] for row in found}


def wrong(settings: Settings) -> list[str]:
    """Where rights to the tables are not what the table above says."""
    firsts, different = keys(settings), []
    for role in ROLES:
        database = Database(settings, role)
        for (table, key), (letter, statement) in itertools.product(firsts.items(), TOUCHING.items()):
            got = number(database, statement.format(table=table, key=key))
            if got not in (LET_THROUGH if letter in MAY[table][role] else {1142}):
                different.append(f"{role} {letter} {table}: {got}")
        database.close()
    return different


def test_every_table_and_every_role_is_in_the_matrix(shared_settings: Settings) -> None:
    assert keys(shared_settings).keys() == MAY.keys()
    assert tuple(RIGHTS) == ROLES


def test_each_account_touches_the_tables_that_its_service_does_and_no_other(shared_settings: Settings) -> None:
    assert wrong(shared_settings) == []


def test_only_the_connector_makes_and_alters_tables(shared_settings: Settings) -> None:
    for role, statement in itertools.product(ROLES, MIGRATING):
        got = number(Database(shared_settings, role), statement.format(role=role))
        assert got == (None if role == "connector" else 1142), (role, statement)


def test_what_no_service_does_is_denied_to_every_account(shared_settings: Settings) -> None:
    name = shared_settings.mysql_database
    run(shared_settings, f"CREATE DATABASE {name}_other", f"CREATE TABLE {name}_other.secrets (id INT)")
    names: dict[str, Any] = {"database": name, "admin": f"'{shared_settings.mysql_admin_user}'@'localhost'"}
    answers = {
        (role, statement): number(Database(shared_settings, role), statement.format(**names))
        for role, statement in itertools.product(ROLES, NOBODY)
    }
    run(shared_settings, f"DROP DATABASE {name}_other")
    assert {asked: got for asked, got in answers.items() if got not in DENIED} == {}


def test_the_connector_can_apply_every_migration_to_an_empty_database(shared_settings: Settings) -> None:
    run(shared_settings, *(f"DROP TABLE {table}" for table in keys(shared_settings)))
    assert migrate(Database(shared_settings, "connector"), read()) == [migration.name for migration in read()]
    assert keys(shared_settings).keys() == MAY.keys()


def test_rights_that_are_no_longer_given_are_taken_away_by_initialising_again(shared_settings: Settings) -> None:
    name = shared_settings.mysql_database
    before = "SELECT, INSERT, UPDATE, CREATE, ALTER, INDEX"  # as accounts were made once
    place = "`{}`.*".format(name.replace("_", r"\_"))
    run(
        shared_settings,
        f"GRANT {before} ON {place} TO '{shared_settings.mysql_user}'",
        f"GRANT ALL PRIVILEGES ON {place} TO '{shared_settings.mysql_dashboard_user}'",
        f"GRANT DELETE ON `{name}`.songs TO '{shared_settings.mysql_batch_user}'",
    )
    assert len(wrong(shared_settings)) > 3
    initialise(shared_settings)
    assert wrong(shared_settings) == []


def test_an_account_that_serves_two_roles_has_the_rights_of_both(database_settings: Settings) -> None:
    both = database_settings.model_copy(update={"mysql_batch_user": database_settings.mysql_user})
    initialise(both)
    database = Database(both, "connector")
    for table, key in keys(both).items():
        for letter in set(MAY[table]["connector"] + MAY[table]["batch"]) - {"-"}:
            assert number(database, TOUCHING[letter].format(table=table, key=key)) in LET_THROUGH


def test_the_page_about_security_says_what_is_given() -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| ")]
    start = next(number for number, row in enumerate(rows) if row[0] == "account")
    heads, *lines = rows[start : start + 1 + len(ROLES)]
    columns = [_tables(head) for head in heads[1:]]
    said: dict[str, dict[str, set[str]]] = {}
    for role, *cells in lines:
        said[role] = {}
        for tables, cell in zip(columns, cells, strict=True):
            rights, _, but = cell.partition(", but for ")
            for table in tables - _tables(but) if rights else ():
                said[role][table] = set(rights.split(", "))
    assert said == RIGHTS


def _tables(text: str) -> set[str]:
    """The tables that a text names, where `plays_by_*` stands for all that begin so."""
    patterns = re.findall(r"`([\w*]+)`", text)
    return {each for each in patterns if each == "*"} | {
        table for table in MAY for pattern in patterns if pattern != "*" and fnmatch(table, pattern)
    }
