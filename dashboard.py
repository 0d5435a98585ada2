"""Shows on a page, live, what is played and in which mood: http://localhost:8051."""

import argparse
import logging
import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from moodstream import cli
from moodstream.errors import TransientError
from moodstream.lifecycle import Stop
from moodstream.settings import Settings
from moodstream.store.mysql import Database
from moodstream.store.queries.wanted import Wanted
from moodstream.web.app import create
from moodstream.web.charts import now
from moodstream.web.feed import Feed, Feeds
from moodstream.web.keyring import Keyring
from moodstream.web.publisher import Publisher
from moodstream.web.questions import Question
from moodstream.web.render import question
from moodstream.web.server import listen, refuse_openness, serving, url
from moodstream.web.services import Services

EXAMPLES = """\
  python dashboard.py
  DASHBOARD_PORT=8052 python dashboard.py       where 8051 is taken
  DASHBOARD_HOST=0.0.0.0 python dashboard.py    for all who can reach this machine, and know DASHBOARD_PASSWORD
  python dashboard.py --add-key phone --listener anna    a key for a program that sends what anna plays
  python dashboard.py --keys                             which keys there are"""

POLL_SECONDS = 0.5


def main(settings: Settings, arguments: argparse.Namespace) -> int:
    if arguments.add_key is not None:
        return add_key(Keyring(settings.api_keys_file), arguments.add_key, arguments.listener)
    if arguments.remove_key is not None:
        Keyring(settings.api_keys_file).remove(arguments.remove_key)
        return 0
    return list_keys(Keyring(settings.api_keys_file)) if arguments.keys else serve(settings)


def serve(settings: Settings) -> int:
    """Serve the page until asked to stop."""
    stop = Stop()
    listener = listen(settings.dashboard_host, settings.dashboard_port)
    refuse_openness(listener, settings)
    check_account(settings)
    feeds = feed_from(settings)
    with closing(Publisher(settings)) as publisher, serving(create(feeds, publisher, settings), listener) as alive:
        logging.info("dashboard: page, health and metrics at %s", url(listener))
        while alive() and all(feed.alive() for feed in feeds) and not stop.wait(POLL_SECONDS):
            pass
    logging.info("dashboard: stopped")
    return 0 if stop else 1


def feed_from(settings: Settings) -> Feeds:
    """The feeds of the page. That something plays is asked even while nobody looks: it shows that MySQL is there."""
    services, playing = Services(settings), question(now.CARD, Wanted())

    def heard(asked: Question, found: Any) -> None:
        if asked == playing:
            services.latency.saw(((play.play_id, play.played_at) for play in found.plays), datetime.now(UTC))

    history = Feed("history", Database(settings, "dashboard"), always=[playing], heard=heard)
    return Feeds(history, Feed("services", services))


def check_account(settings: Settings) -> None:
    """Log in once, so that a wrong password ends the start; a server that is away does not: the page says so.

    Raises:
        ConfigurationError: the database refuses the account.
    """
    with closing(Database(settings, "dashboard")) as database:
        try:
            database.query("SELECT 1")
        except TransientError as error:
            logging.warning("the page comes up all the same: %s", error)


def add_key(keyring: Keyring, name: str, listener: str | None) -> int:
    """Make a key, and print it alone, so that it can be piped to where it is needed."""
    print(keyring.add(name, listener))
    may = f"write what {listener} plays and says" if listener else "write for every listener, and train models"
    print(f"This key may {may}. It is shown this once: only a hash of it is kept.", file=sys.stderr)
    return 0


def list_keys(keyring: Keyring) -> int:
    """Print the keys, the oldest first: a line for each, with tabs between."""
    for key in keyring.all():
        print(key.name, key.listener or "everything", f"{key.created_at:%Y-%m-%d %H:%M} UTC", sep="\t")
    return 0


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = cli.parser(__doc__, EXAMPLES)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--add-key", metavar="NAME", help="make an API key and print it, this once")
    what.add_argument("--keys", action="store_true", help="list the names of the API keys")
    what.add_argument("--remove-key", metavar="NAME", help="have an API key open nothing any more")
    parser.add_argument("--listener", metavar="L", help="with --add-key: the key writes for this listener alone")
    given = parser.parse_args()
    if given.listener is not None and given.add_key is None:
        parser.error("--listener goes with --add-key")
    return given


if __name__ == "__main__":
    sys.exit(cli.run(main, arguments()))
