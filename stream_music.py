"""Plays music onto `song_stream`: simulated listeners, a folder of files, a table of songs, or what Last.fm hears."""

import argparse
import logging
import math
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from moodstream import cli, preview, telemetry
from moodstream.classifiers import classified, classifier
from moodstream.lifecycle import Stop
from moodstream.messages import Play, utc
from moodstream.outbox import Outbox
from moodstream.settings import Settings
from moodstream.sources import SOURCES, Clock, Report
from moodstream.watchdog import watched

EXAMPLES = """\
  python stream_music.py                                      simulated listeners, two plays a second
  python stream_music.py simulate --listeners 5 --rate 10 --seed 7
  python stream_music.py folder ~/Music --once
  python stream_music.py catalogue songs.csv --once
  python stream_music.py lastfm                               with LASTFM_API_KEY and LASTFM_USERNAME
  python stream_music.py simulate --count 3 --dry-run         print plays, features and moods; needs no servers
  python stream_music.py folder ~/Music --once --start 2026-01-01T20:00:00Z
                                      the same plays, with the same ids, at every run
  python stream_music.py simulate --start 2026-01-01T00:00:00Z --rate 0.005 --count 5000
                                      eleven days of simulated plays, at once
  python stream_music.py folder --help                        the options of one source"""

log = logging.getLogger("stream_music")


def main(settings: Settings, arguments: argparse.Namespace) -> int:
    """Run one source to its end, or until asked to stop; then say what it met."""
    report = Report()
    plays = SOURCES[arguments.source].plays(arguments, settings, report, clock(arguments))
    try:
        rate = 0.0 if arguments.start else arguments.rate  # what is dated otherwise need not be waited for
        (dry_run if arguments.dry_run else publish)(islice(plays, arguments.count), settings, rate)
    finally:
        for line in str(report).splitlines():
            log.info(line)
    return 0


def dry_run(plays: Iterator[Play], settings: Settings, _rate: float) -> None:
    """Print each play with its mood, as fast as they come: for a person on a terminal, otherwise as JSON lines."""
    by = classifier("trained", settings.model_dir)
    for play in plays:
        (said,) = classified([play], by, play.played_at)
        for line in preview.lines(said) if sys.stdout.isatty() else [preview.json_line(play, said)]:
            print(line, flush=True)


def publish(plays: Iterator[Play], settings: Settings, rate: float) -> None:
    """Publish at most `rate` plays a second, and wait until the broker has them all."""
    stop = Stop(interrupt=True)
    with telemetry.serve("stream_music", settings) as health, watched(health):
        outbox = Outbox(settings, stop, health)
        try:
            for play in paced(plays, rate):
                outbox.put(play)
        except KeyboardInterrupt:
            log.info("asked to stop")
        outbox.close()
        log.info("%d plays published", outbox.published)


def paced(plays: Iterator[Play], rate: float) -> Iterator[Play]:
    """The plays, each at its time: `rate` a second, or as they come where it is 0."""
    due = time.monotonic()
    for play in plays:
        time.sleep(max(0.0, due - time.monotonic()))
        yield play
        # After a pause of the source's own there is nothing to catch up with.
        due = max(due, time.monotonic() - 1.0) + (1 / rate if rate else 0.0)


def clock(arguments: argparse.Namespace) -> Clock:
    """The present; with `--start`, a time that begins there and goes on by one play at each look."""
    if arguments.start is None:
        return lambda: datetime.now(UTC)
    step = timedelta(seconds=1 / arguments.rate if arguments.rate else 1.0)
    moments = (arguments.start + number * step for number in range(sys.maxsize))
    return lambda: next(moments)


def _moment(text: str) -> datetime:
    try:
        return utc(datetime.fromisoformat(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}: write it as 2026-01-31T20:00:00Z") from error


def _number(kind: type[int] | type[float], least: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        number = kind(text)
        if not least <= number < math.inf:
            raise argparse.ArgumentTypeError(f"{text} is not {least:g} or more")
        return number

    return parse


def _arguments() -> argparse.Namespace:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--rate",
        type=_number(float, 0),
        metavar="N",
        help="plays a second at most, 0 for as they come (default: 2, with --once 0)",
    )
    shared.add_argument("--count", type=_number(int, 0), metavar="N", help="end after so many plays")
    shared.add_argument("--once", action="store_true", help="end after one pass over what there is")
    shared.add_argument("--dry-run", action="store_true", help="print plays, features and moods; needs no servers")
    shared.add_argument(
        "--start", type=_moment, metavar="TIME", help="date the plays from then on, RATE a second, without waiting"
    )
    shared.add_argument(
        "--listeners", type=_number(int, 1), default=3, metavar="N", help="how many simulated listeners"
    )
    shared.add_argument("--seed", type=int, default=1, metavar="N", help="what the simulation draws from")
    parser = cli.parser(__doc__, EXAMPLES)
    commands = parser.add_subparsers(dest="source", metavar="SOURCE", help="simulate unless given")
    for name, source in SOURCES.items():
        command = commands.add_parser(name, parents=[shared], help=source.__doc__, description=source.__doc__)
        source.add_arguments(command)
    given = sys.argv[1:]
    simulated = not given or (given[0].startswith("-") and given[0] not in {"-h", "--help"})
    arguments = parser.parse_args(["simulate", *given] if simulated else given)
    if arguments.rate is None:
        arguments.rate = 0.0 if arguments.once else 2.0
    return arguments


if __name__ == "__main__":
    sys.exit(cli.run(main, _arguments()))
