"""Threads for what would hold up the event loop: computing, and asking the database."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeVar

from moodstream.errors import TransientError
from moodstream.store.mysql import Database

T = TypeVar("T")

WAITING = 32
"""So many may wait for a thread; whoever comes then is asked to come back."""


class Workers:
    """A few threads, and a line in front of them that is not endless.

    The threads are daemons, as those of `concurrent.futures` are not: nobody who ends the dashboard waits for a
    database that is slow, or hangs.
    """

    def __init__(self, name: str, threads: int) -> None:
        self._line: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True) for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()
        self._room = asyncio.Semaphore(threads + WAITING)

    async def run(self, function: Callable[..., T], *arguments: object) -> T:
        """The result of a function, which runs in a thread.

        Raises:
            TransientError: too many wait already.
        """
        if self._room.locked():
            raise TransientError("The dashboard is asked for more than it can do at once: try again.")
        async with self._room:
            done: Future[T] = Future()
            self._line.put((done, partial(function, *arguments)))
            return await asyncio.wrap_future(done)

    def _work(self) -> None:
        while task := self._line.get():
            done, function = task
            if done.set_running_or_notify_cancel():
                try:
                    done.set_result(function())
                except BaseException as error:  # noqa: BLE001  it belongs to whoever waits
                    done.set_exception(error)
            del task, done, function  # or they would be held until the next one comes

    def close(self) -> None:
        """End the threads after what they do; this returns at once."""
        for _ in self._threads:
            self._line.put(None)


class History:
    """Asks the database, aside of the feed: a slow question holds up nobody but who asks the like.

    Args:
        connect: makes a connection; each thread has one of its own.
    """

    def __init__(self, connect: Callable[[], Database], threads: int) -> None:
        self._connect, self._own = connect, threading.local()
        self._workers = Workers("history", threads)

    async def ask(self, question: Callable[..., T], *arguments: object) -> T:
        """The answer of `question(database, *arguments)`.

        Raises:
            SlowError: it took longer than the connection may.
            TransientError, ConfigurationError: the database does not answer, or too many wait already.
        """
        return await self._workers.run(self._patiently, question, *arguments)

    def _patiently(self, question: Callable[..., T], *arguments: object) -> T:
        if not hasattr(self._own, "database"):
            self._own.database = self._connect()
        try:
            return question(self._own.database, *arguments)
        except TransientError:  # a connection that was lost while nobody asked is made anew
            return question(self._own.database, *arguments)

    def close(self) -> None:
        """End the threads after what they do; their connections end with them."""
        self._workers.close()
