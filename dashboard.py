"""Shows on a page, live, what is played and in which mood: http://localhost:8051."""

import argparse
import logging
import sys

from moodstream import cli
from moodstream.errors import TransientError
from moodstream.lifecycle import Stop
from moodstream.settings import Settings
from moodstream.store import queries
from moodstream.store.mysql import Database
from moodstream.web.app import create
from moodstream.web.feed import Feed, Question
from moodstream.web.server import listen, serving

EXAMPLES = """\
  python dashboard.py
  DASHBOARD_PORT=8052 python dashboard.py       where 8051 is taken
  DASHBOARD_HOST=0.0.0.0 python dashboard.py    for all who can reach this machine"""

POLL_SECONDS = 0.5


def main(settings: Settings, _: argparse.Namespace) -> int:
    stop = Stop()
    listener = listen(settings.dashboard_host, settings.dashboard_port)
    check_account(settings)
    feed = Feed(Database(settings, "dashboard"), always=[Question(queries.now_playing)])
    with serving(create(feed), listener) as alive:
        logging.info("dashboard: page, health and metrics at http://%s:%d", *listener.getsockname()[:2])
        while alive() and feed.alive() and not stop.wait(POLL_SECONDS):
            pass
    logging.info("dashboard: stopped")
    return 0 if stop else 1


def check_account(settings: Settings) -> None:
    """Log in once, so that a wrong password ends the start; a server that is away does not: the page says so.

    Raises:
        ConfigurationError: the database refuses the account.
    """
    database = Database(settings, "dashboard")
    try:
        database.query("SELECT 1")
    except TransientError as error:
        logging.warning("the page comes up all the same: %s", error)
    finally:
        database.close()


if __name__ == "__main__":
    sys.exit(cli.run(main, cli.parser(__doc__, EXAMPLES).parse_args()))
