"""The songs of the history, a page at a time."""

import threading
import time
from collections import OrderedDict

from moodstream.store.mysql import Database
from moodstream.store.queries.library import Found, Song, find, page
from moodstream.store.queries.library_sql import Search
from moodstream.web.workers import History

# What was found for a search is not looked for again while one scrolls through it.
KEPT, KEPT_SECONDS = 16, 60.0


class Catalogue:
    """The songs of the history; safe to be asked by many at once."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._found: OrderedDict[Search, tuple[float, Found]] = OrderedDict()
        self._lock = threading.Lock()

    async def page(self, search: Search, start: int, count: int) -> tuple[Found, list[Song]]:
        """What was found, and so many songs of it from the `start`th on.

        Raises:
            SlowError, TransientError, ConfigurationError: as `History.ask`.
        """
        return await self._history.ask(self._ask, search, start, count)

    def _ask(self, database: Database, search: Search, start: int, count: int) -> tuple[Found, list[Song]]:
        found = None if start == 0 else self._known(search)
        if found is None:
            found = find(database, search)
            self._remember(search, found)
        return found, page(database, search, found, start, count)

    def _known(self, search: Search) -> Found | None:
        with self._lock:
            at, found = self._found.get(search, (0.0, None))
        return found if time.monotonic() - at < KEPT_SECONDS else None

    def _remember(self, search: Search, found: Found) -> None:
        with self._lock:
            self._found[search] = time.monotonic(), found
            self._found.move_to_end(search)
            if len(self._found) > KEPT:
                self._found.popitem(last=False)
