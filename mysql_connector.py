"""Stores everything that is said on the topics in MySQL, each message once."""

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from functools import partial

from moodstream import cli, service
from moodstream.errors import MoodstreamError
from moodstream.letters.command import Task
from moodstream.messages import DEAD_LETTERS, TOPICS
from moodstream.records import Received
from moodstream.service import Outcome, Service
from moodstream.settings import Settings
from moodstream.store.accounts import initialise
from moodstream.store.migrate import migrate, read
from moodstream.store.mysql import Database
from moodstream.store.rebuild import fill, rebuild
from moodstream.store.sink import Sink
from moodstream.store.verify import verify

EXAMPLES = """\
  python mysql_connector.py            apply the migrations, then store what comes
  python mysql_connector.py --init     make the database and its accounts, as MYSQL_ADMIN_USER
  python mysql_connector.py --verify   are the roll-ups what the history says? Also beside a running connector
  python mysql_connector.py --rebuild  make the roll-ups anew from the history, beside a running connector or not
  python mysql_connector.py --dead-letters list         what was refused, and why
  python mysql_connector.py --dead-letters show 3f2a    one of it, with its bytes
  python mysql_connector.py --dead-letters replay all   send it again, once the cause is mended"""


def connector(settings: Settings) -> Service:
    """The service: migrations before the first batch of every assignment, then batch after batch."""
    database = Database(settings, "connector")
    sink = Sink(database)

    def store(batch: Sequence[Received]) -> Outcome:
        return Outcome(reject=sink.write(batch)) if batch else Outcome()

    return Service("mysql_connector", [*TOPICS, DEAD_LETTERS], store, assigned=partial(prepare, database))


def prepare(database: Database, alive: Callable[[str], None]) -> None:
    """Bring the tables up to date, and count what was stored before there were roll-ups."""
    migrate(database, read())
    fill(database, alive)


def _initialise(settings: Settings) -> int:
    initialise(settings)
    logging.info("the database %s, its tables and its accounts are ready", settings.mysql_database)
    return 0


def _verify(settings: Settings) -> int:
    differences = 0
    for table in verify(Database(settings, "connector")):
        print(table, flush=True)
        differences += table.differences
    if differences:
        raise MoodstreamError("The roll-ups are not what the history says: run `python mysql_connector.py --rebuild`.")
    return 0


def _rebuild(settings: Settings) -> int:
    rebuild(Database(settings, "connector"))
    logging.info("the roll-ups are what the history says")
    return 0


def _run(settings: Settings) -> int:
    return service.run(connector(settings), settings)


def main(settings: Settings, arguments: argparse.Namespace) -> int:
    task: Callable[[Settings], int] = arguments.task
    return task(settings)


def parser() -> argparse.ArgumentParser:
    options = cli.parser(__doc__, EXAMPLES)
    options.set_defaults(task=_run)
    tasks = options.add_mutually_exclusive_group()
    for name, task, text in (
        ("--init", _initialise, "make database, tables and accounts, and end"),
        ("--verify", _verify, "hold the roll-ups against the history, name what differs (then 1), and end"),
        ("--rebuild", _rebuild, "make the roll-ups anew from the history, and end"),
    ):
        tasks.add_argument(name, dest="task", action="store_const", const=task, help=text)
    text = "list, show or replay (all, or by the first digits of their ids) what was refused, and end"
    tasks.add_argument("--dead-letters", dest="task", action=Task, nargs="+", metavar=("ACTION", "ID"), help=text)
    return options


if __name__ == "__main__":
    sys.exit(cli.run(main, parser().parse_args()))
