"""Asks the database for songs, aside of the feed: a slow search holds up nobody but who searches."""

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from moodstream.errors import TransientError
from moodstream.store.mysql import Database
from moodstream.store.queries.library import Found, Song, find, page
from moodstream.store.queries.library_sql import Search

THREADS = 2
# What was found for a search is not looked for again while one scrolls through it.
KEPT, KEPT_SECONDS = 16, 60.0


class Catalogue:
    """The songs of the history; safe to be asked by many at once.

    Args:
        connect: makes a connection; each thread has one of its own.
    """

    def __init__(self, connect: Callable[[], Database]) -> None:
        self._connect, self._own = connect, threading.local()
        self._threads = ThreadPoolExecutor(THREADS, "catalogue")
        self._found: OrderedDict[Search, tuple[float, Found]] = OrderedDict()
        self._lock = threading.Lock()

    async def page(self, search: Search, start: int, count: int) -> tuple[Found, list[Song]]:
        """What was found, and so many songs of it from the `start`th on.

        Raises:
            SlowError: it took longer than the connection may.
            TransientError, ConfigurationError: the database does not answer.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._page, search, start, count)

    def _page(self, search: Search, start: int, count: int) -> tuple[Found, list[Song]]:
        try:
            return self._ask(search, start, count)
        except TransientError:  # a connection that was lost while nobody asked is made anew
            return self._ask(search, start, count)

    def _ask(self, search: Search, start: int, count: int) -> tuple[Found, list[Song]]:
        if not hasattr(self._own, "database"):
            self._own.database = self._connect()
        found = None if start == 0 else self._known(search)
        if found is None:
            found = find(self._own.database, search)
            self._remember(search, found)
        return found, page(self._own.database, search, found, start, count)

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

    def close(self) -> None:
        """End the threads after what they do; their connections end with them."""
        self._threads.shutdown(wait=False, cancel_futures=True)
