"""Asking in a thread of its own, so that what hangs keeps nobody waiting."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Generic, TypeVar

T = TypeVar("T")

PATIENCE_SECONDS = 0.1


class Lookout(Generic[T]):
    """A question whose answer may be long in coming. Belongs to one thread.

    Args:
        ask: asks, in another thread; raises nothing.
        pace: seconds from one asking to the next.
    """

    def __init__(self, ask: Callable[[], T], pace: float) -> None:
        self._ask, self._pace = ask, pace
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="lookout")
        self._asking: Future[T] | None = None
        self._asked = -pace

    def news(self) -> T | None:
        """What was found out since the last call, if anything; asks again where that is due."""
        if self._asking is None and time.monotonic() - self._asked >= self._pace:
            self._asked = time.monotonic()
            self._asking = self._pool.submit(self._ask)
        if self._asking is None or not wait([self._asking], PATIENCE_SECONDS).done:
            return None
        found, self._asking = self._asking.result(), None
        return found

    def close(self) -> None:
        """Ask no more."""
        self._pool.shutdown(wait=False, cancel_futures=True)
