"""A session with the database, opened by whichever implementation of the driver a process has."""

from moodstream.settings import Settings
from moodstream.store.mysql import Database, driver


def cipher(settings: Settings) -> tuple[str, str]:
    """Which implementation of the driver opened it, and how it is encrypted; empty where it is not."""
    database = Database(settings, "dashboard")
    try:
        return driver(), database.query("SHOW STATUS LIKE 'Ssl_cipher'")[0]["Value"]
    finally:
        database.close()
