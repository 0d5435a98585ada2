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
from moodstream.web.feed import Feed, Feeds, Question
from moodstream.web.publisher import Publisher
from moodstream.web.render import question
from moodstream.web.server import listen, refuse_openness, serving, url
from moodstream.web.services import Services

EXAMPLES = """\
  python dashboard.py
  DASHBOARD_PORT=8052 python dashboard.py       where 8051 is taken
  DASHBOARD_HOST=0.0.0.0 python dashboard.py    for all who can reach this machine, and know DASHBOARD_PASSWORD"""

POLL_SECONDS = 0.5


def main(settings: Settings, _: argparse.Namespace) -> int:
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


if __name__ == "__main__":
    sys.exit(cli.run(main, cli.parser(__doc__, EXAMPLES).parse_args()))
