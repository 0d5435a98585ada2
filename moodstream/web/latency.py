"""How long plays take from being played to being seen by this process."""

import threading
from collections import deque
from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

LIVE = timedelta(minutes=10)
"""A play that is older when it is first seen comes from a history that is being read in, and says nothing of now."""
NEWEST = 200
REMEMBERED = 5_000


class Seen(NamedTuple):
    """When a play was first seen, and how many seconds after it was played."""

    at: datetime
    seconds: float


class Latency:
    """The newest live plays, with how long each took. May be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[Hashable, None] = {}
        self._seen: deque[Seen] = deque(maxlen=NEWEST)
        self._begun = False

    def saw(self, played: Iterable[tuple[Hashable, datetime]], at: datetime) -> None:
        """Tell which plays an answer holds, by id and time, and when it came.

        What the first answer holds may have been there for long, so nobody knows how long it took.
        """
        with self._lock:
            for play, played_at in sorted(played, key=lambda one: one[1]):
                if self._begun and play not in self._known and at - played_at <= LIVE:
                    self._seen.append(Seen(at, max(0.0, (at - played_at).total_seconds())))
                self._known[play] = None
            self._begun = True
            while len(self._known) > REMEMBERED:
                del self._known[next(iter(self._known))]

    def seen(self) -> tuple[Seen, ...]:
        """The newest plays, oldest first."""
        with self._lock:
            return tuple(self._seen)
