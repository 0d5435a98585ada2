"""Learns from moods and feedback what each listener likes, publishes playlists with songs in them, and exports one."""

import argparse
import logging
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

from moodstream import bus, cli, service
from moodstream.bus import Offsets
from moodstream.errors import MoodstreamError
from moodstream.messages import Classification, Feedback, Playlist, play_id
from moodstream.moods import Mood
from moodstream.playlists import FORMATS
from moodstream.recommend.candidates import Wish
from moodstream.recommend.desk import Desk
from moodstream.recommend.library import MOST, Library
from moodstream.recommend.listener import PLAYS, REACTIONS, Event, Listener
from moodstream.recommend.suggest import suggest
from moodstream.recommend.taste import present_mood
from moodstream.records import Received
from moodstream.service import Outcome, Service
from moodstream.settings import Settings
from moodstream.store import history
from moodstream.store.mysql import Database

log = logging.getLogger(__name__)

NAME = "playlist_manager"
OVERLAP = 2000
"""How many messages of a partition are read again though MySQL has them: it may have a mood, and not yet the song."""
AT_START = 10_000
"""How many listeners are recalled at a start, to see whether anybody's playlist is missing: about 10 s of questions."""
EXAMPLES = """\
  python playlist_manager.py                                          publish playlists as tastes change
  python playlist_manager.py --export m3u --listener anna             write what anna might play next
  python playlist_manager.py --export xspf --listener anna --mood Calm --output calm.xspf
  python playlist_manager.py --export jspf --listener anna --longest 300 --without-genre Comedy --without-genre Opera

A listener without a history gets what is played most. A track's location is urn:moodstream:song:<song id>, since
the history knows songs and not their files."""


class Manager:
    """The service: knows what the history knows, and what has come by topic since."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._database = Database(settings, "dashboard")
        self._desk: Desk | None = None

    def start(self, _: object) -> Offsets:
        """Know what MySQL knows; the topics are read from where that ends, or earlier."""
        stored = bus.committed(self._settings, "mysql_connector")
        self._desk = Desk(_library(self._database), self._recall, self._settings.playlist_seconds)
        self._desk.owe(self._unpublished(self._desk))
        return {place: max(0, offset - OVERLAP) for place, offset in stored.items()}

    def handle(self, batch: Sequence[Received]) -> Outcome:
        """Learn from a batch, and publish the playlists that are due."""
        if self._desk is None:
            return Outcome()
        messages = (record.message for record in batch)
        self._desk.take(said for said in messages if isinstance(said, Classification | Feedback))
        playlists, delivered = self._desk.playlists(), self._desk.delivered
        return Outcome(publish=playlists, delivered=lambda: delivered(playlists))

    def _recall(self, listener: str) -> list[Event]:
        return [Event(*said) for said in history.said(self._database, listener, PLAYS, REACTIONS)]

    def _unpublished(self, desk: Desk) -> list[str]:
        """Whose picture has changed since their newest playlist, the most recently heard first."""
        names = history.listeners(self._database, AT_START)
        pictures = {name: desk.picture(name).bytes for name in reversed(names)}
        published = history.published(self._database, pictures.values())
        log.info("%d songs and %d listeners are known from the history", len(desk.library), len(names))
        return [name for name in names if pictures[name] not in published]


def _library(database: Database) -> Library:
    library = Library()
    for known in history.songs(database, MOST):
        library.hear(*known)
    return library


def export(settings: Settings, arguments: argparse.Namespace) -> int:
    """Make a playlist from the history and write it."""
    database = Database(settings, "dashboard")
    library, listener = _library(database), Listener()
    if not len(library):
        raise MoodstreamError("No songs are known yet: start `python stream_music.py` and `python mysql_connector.py`.")
    listener.fold(Event(*said) for said in history.said(database, arguments.listener, PLAYS, REACTIONS))
    database.close()
    if not len(listener):
        log.warning("%s has no history: these are the songs played most", arguments.listener)
    playlist = _playlist(arguments.listener, listener, library, _wish(arguments))
    if not playlist.tracks:
        kind = f"{arguments.mood} song" if arguments.mood else "song"
        raise MoodstreamError(f"No {kind} is known that {arguments.listener} has not turned down{_limits(arguments)}.")
    _write(playlist, arguments.export, arguments.output)
    return 0


def _wish(arguments: argparse.Namespace) -> Wish:
    return Wish(
        mood=Mood(arguments.mood) if arguments.mood else None,
        shortest=arguments.shortest,
        longest=arguments.longest,
        without_genres=frozenset(arguments.without_genre),
    )


def _limits(arguments: argparse.Namespace) -> str:
    limited = arguments.shortest is not None or arguments.longest is not None or arguments.without_genre
    return " and that is within --shortest, --longest and --without-genre" if limited else ""


def _playlist(name: str, listener: Listener, library: Library, wish: Wish) -> Playlist:
    now = datetime.now(UTC)
    return Playlist(
        event_id=play_id("export", name, wish.mood or "", now),
        listener=name,
        made_at=now,
        mood=wish.mood or present_mood(listener, library),
        tracks=tuple(suggest(listener, library, wish)),
    )


def _write(playlist: Playlist, kind: str, output: Path | None) -> None:
    try:
        with output.open("wb") if output else nullcontext(sys.stdout.buffer) as file:
            FORMATS[kind](playlist, file)
            file.flush()
    except BrokenPipeError:
        raise  # the reader has enough
    except OSError as error:
        place = output or "standard output"
        raise MoodstreamError(f"{place} cannot be written ({error.strerror}): name another --output.") from error
    if output:
        log.info("%d tracks written to %s", len(playlist.tracks), output)


def main(settings: Settings, arguments: argparse.Namespace) -> int:
    if arguments.export:
        return export(settings, arguments)
    manager = Manager(settings)
    topics = ["mood_classified", "user_feedback"]
    return service.run(Service(NAME, topics, manager.handle, assigned=manager.start), settings)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise ValueError(text)
    return seconds


def _arguments() -> argparse.Namespace:
    parser = cli.parser(__doc__, EXAMPLES)
    parser.add_argument("--export", choices=FORMATS, help="write one playlist in this format, and end")
    parser.add_argument("--listener", metavar="L", help="whose playlist to export")
    parser.add_argument("--mood", choices=[str(mood) for mood in Mood], help="export songs of this mood only")
    parser.add_argument("--shortest", type=_seconds, metavar="S", help="export no song of less than so many seconds")
    parser.add_argument("--longest", type=_seconds, metavar="S", help="export no song of more than so many seconds")
    parser.add_argument(
        "--without-genre", action="append", default=[], metavar="G", help="export no song of this genre; repeatable"
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="where to; standard output unless given")
    arguments = parser.parse_args()
    if arguments.export and not arguments.listener:
        parser.error("--export needs --listener")
    chosen = {name for name, value in vars(arguments).items() if value not in (None, [])}
    if not arguments.export and chosen:
        parser.error(f"--{min(chosen).replace('_', '-')} goes with --export")
    if arguments.shortest and arguments.longest and arguments.shortest > arguments.longest:
        parser.error("--shortest is more than --longest")
    return arguments


if __name__ == "__main__":
    sys.exit(cli.run(main, _arguments()))
