"""How often somebody may ask: by key, or without one by address. Who asks more often is told when to come back.

The generic cell rate algorithm (ITU-T I.371) needs one number for each who asks: the time at which all that was asked
is paid for. Those who asked longest ago are forgotten first, so that memory ends, however many addresses ask.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from typing import NamedTuple

from starlette.types import Scope

from moodstream.web.door import address

MOST = 10_000

DEAR = {
    *("/api/v1/similar", "/api/v1/journeys", "/api/v1/playlists", "/api/v1/playlists/filter", "/api/v1/faces/mood"),
    "/1/submit-listens",
}
"""What computes or stores much, by POST; beside it the plays and the trends of a listener."""


class Rate(NamedTuple):
    """So many requests in so many seconds."""

    name: str
    requests: int
    seconds: int


DEARER = 50
"""What is dear may be asked for this many times less often than what is cheap."""
TRAINING = Rate("training", 5, 60)


class Left(NamedTuple):
    """What of a rate is left: so many requests now, and all of them again after `reset` seconds.

    `wait`: seconds until the next is taken; 0.0 where this one is.
    """

    rate: Rate
    requests: int
    reset: float
    wait: float

    def headers(self) -> dict[str, str]:
        """As headers: draft-ietf-httpapi-ratelimit-headers, and what the clients of ListenBrainz read."""
        name, most, seconds = self.rate
        reset = str(ceil(self.reset))
        told = {
            "RateLimit-Policy": f'"{name}";q={most};w={seconds}',
            "RateLimit": f'"{name}";r={self.requests};t={reset}',
            "X-RateLimit-Limit": str(most),
            "X-RateLimit-Remaining": str(self.requests),
            "X-RateLimit-Reset-In": reset,
        }
        return told | {"Retry-After": str(ceil(self.wait))} if self.wait else told


class Meter:
    """Counts what each asks of one rate.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._clock = rate, clock
        self._each = rate.seconds / rate.requests
        self._paid: OrderedDict[str, float] = OrderedDict()

    def ask(self, who: str) -> Left:
        """Ask for one request; one that is refused costs nothing."""
        now = self._clock()
        before = max(self._paid.get(who, now), now)
        after = before + self._each
        wait = after - now - self._rate.seconds
        if wait > 1e-9:  # less is the rounding of sums
            return Left(self._rate, 0, before - now, wait)
        self._paid[who] = after
        self._paid.move_to_end(who)
        if len(self._paid) > MOST:
            self._paid.popitem(last=False)
        return Left(self._rate, int((self._rate.seconds - (after - now)) / self._each + 1e-6), after - now, 0.0)


class Rates:
    """Which rate a request counts against.

    Args:
        per_second: requests a second of what is cheap.
        clock: as for `Meter`.
    """

    def __init__(self, per_second: int, clock: Callable[[], float] = time.monotonic) -> None:
        rates = (Rate("requests", per_second, 1), Rate("computing", max(1, per_second // DEARER), 1), TRAINING)
        self._cheap, self._dear, self._training = (Meter(rate, clock) for rate in rates)

    def ask(self, scope: Scope) -> Left:
        """Count a request, of whoever shows a key or comes from an address."""
        key = scope.get("key")
        return self._meter(scope).ask(f"key {key.name}" if key else address(scope))

    def _meter(self, scope: Scope) -> Meter:
        path, posted = scope["path"].rstrip("/"), scope["method"] == "POST"
        if posted and path == "/api/v1/models/train":
            return self._training
        listeners = path.startswith("/api/v1/listeners/") and path.endswith("/plays" if posted else "/trends")
        return self._dear if listeners or (posted and path in DEAR) else self._cheap
