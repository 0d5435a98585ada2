"""Stores everything that is said on the topics in MySQL, each message once."""

import argparse
import logging
import sys
from collections.abc import Sequence

from moodstream import cli, service
from moodstream.messages import DEAD_LETTERS, TOPICS
from moodstream.records import Received
from moodstream.service import Outcome, Service
from moodstream.settings import Settings
from moodstream.store.accounts import initialise
from moodstream.store.migrate import migrate, read
from moodstream.store.mysql import Database
from moodstream.store.sink import Sink

EXAMPLES = """\
  python mysql_connector.py            apply the migrations, then store what comes
  python mysql_connector.py --init     make the database and its accounts, as MYSQL_ADMIN_USER"""


def connector(settings: Settings) -> Service:
    """The service: migrations before the first batch of every assignment, then batch after batch."""
    database = Database(settings, "connector")
    sink = Sink(database)

    def store(batch: Sequence[Received]) -> Outcome:
        return Outcome(reject=sink.write(batch)) if batch else Outcome()

    return Service("mysql_connector", [*TOPICS, DEAD_LETTERS], store, assigned=lambda _: _migrated(database))


def _migrated(database: Database) -> None:
    migrate(database, read())


def main(settings: Settings, arguments: argparse.Namespace) -> int:
    if not arguments.init:
        return service.run(connector(settings), settings)
    initialise(settings)
    logging.info("the database %s, its tables and its accounts are ready", settings.mysql_database)
    return 0


if __name__ == "__main__":
    parser = cli.parser(__doc__, EXAMPLES)
    parser.add_argument("--init", action="store_true", help="make database, tables and accounts, and end")
    sys.exit(cli.run(main, parser.parse_args()))
