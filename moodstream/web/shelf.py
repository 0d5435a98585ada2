"""The songs in memory, for whoever recommends or compares: read in the background, and kept up to date."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice

from moodstream.backoff import backoff
from moodstream.errors import MoodstreamError, TransientError
from moodstream.recommend.library import MOST, Library
from moodstream.recommend.similar import LEAST, Index
from moodstream.store import history
from moodstream.store.history import Change, Known
from moodstream.store.mysql import Database

log = logging.getLogger(__name__)

SECONDS = 5.0
OVERLAP = timedelta(seconds=30)
"""How long what is changed may wait to be committed; so far back every round asks again."""
AT_ONCE = 100
"""Songs that are taken in without letting anybody else at the library: about 2 ms."""


class Shelf:
    """The library of a dashboard, under a lock, and the index of its sounds.

    Args:
        connect: makes the connection of the thread that reads.
        most: how many songs are kept.
        seconds: the pause between two rounds of asking for what changed.
    """

    def __init__(self, connect: Callable[[], Database], most: int = MOST, seconds: float = SECONDS) -> None:
        self._connect, self._most, self._seconds = connect, most, seconds
        self._library, self._lock = Library(most), threading.Lock()
        self._read, self._closed = threading.Event(), threading.Event()
        self._since: datetime | None = None
        self._seen: set[Change] = set()
        self._thread = threading.Thread(target=self._run, name="shelf", daemon=True)
        self.fault: str | None = None
        self.index: Index | None = None
        """Of a library of at least `similar.LEAST` songs, once it is built."""

    def start(self) -> None:
        """Begin to read; this returns at once."""
        self._thread.start()

    def close(self) -> None:
        """Stop following what changes; what is being asked of the database is not waited for."""
        self._closed.set()

    @contextmanager
    def library(self) -> Iterator[Library]:
        """The songs; nobody else has them meanwhile, so not for long, and not on an event loop.

        Raises:
            TransientError: they have not all been read yet.
        """
        if not self._read.is_set():
            why = f" ({self.fault})" if self.fault else f": {len(self._library):,} so far"
            raise TransientError(f"The songs are still being read from the history{why}. Try again in a moment.")
        with self._lock:
            yield self._library

    def _run(self) -> None:
        try:
            self._keep_up()
        finally:  # whatever ended it: songs as they were long ago are not to be told for ever
            self._read.clear()
            self.fault = "they are not followed any more; the log of the dashboard says why"

    def _keep_up(self) -> None:
        database, waits = self._connect(), backoff(first=1.0, most=30.0)
        while not self._closed.is_set():
            try:
                self._round(database)
            except MoodstreamError as error:
                pause = next(waits)
                log.warning("the songs in memory are not up to date, trying again in %.0f s: %s", pause, error)
                self.fault = str(error)
            else:
                pause, waits, self.fault = self._seconds, backoff(first=1.0, most=30.0), None
            self._closed.wait(pause)
        database.close()

    def _round(self, database: Database) -> None:
        until = history.now(database) - OVERLAP
        if self._since is None:
            self._take(history.songs(database, self._most))
            if self._closed.is_set():
                return
            self._read.set()
            log.info("%s songs are on the shelf", f"{len(self._library):,}")
        else:
            self._follow(database, self._since, until)
        self._since = until
        self._arrange()

    def _follow(self, database: Database, since: datetime, until: datetime) -> None:
        """Take in what changed since a moment; what is seen again from `until` on is known already."""
        seen: set[Change] = set()
        changes = history.changed(database, since)
        while part := list(islice(changes, history.PAGE)):
            new = {change.song_id for change in part if change not in self._seen}
            self._take(history.by_id(database, sorted(new)))
            seen.update(change for change in part if change.at >= until)
        self._seen = seen

    def _take(self, songs: Iterable[Known]) -> None:
        rest = iter(songs)
        while (some := list(islice(rest, AT_ONCE))) and not self._closed.is_set():
            with self._lock:
                for known in some:
                    [slot] = self._library.slots([known.song.song_id])
                    counted = self._library.plays[slot] if slot >= 0 else 0
                    self._library.hear(*known._replace(plays=known.plays - int(counted)))

    def _arrange(self) -> None:
        """Build the index where there is none, or too much has changed; the library is free meanwhile."""
        with self._lock:
            library = self._library
            if len(library) < LEAST or (self.index and not self.index.stale(library)):
                return
            sounds, revision = library.sounds.copy(), library.revision
        self.index = Index(sounds, revision)
