"""What a page wants to see: a range of time, and whose plays of which mood from which source."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BUCKETS = 60
STEPS = [timedelta(minutes=m) for m in (1, 2, 5, 15, 30, 60, 180, 720)] + [timedelta(days=d) for d in (1, 7, 28, 364)]


class Range(NamedTuple):
    """A choice of time: its name on a button and in a sentence, and how far it goes back (None: it does not say)."""

    label: str
    phrase: str
    span: timedelta | None


RANGES = {
    "15m": Range("15 min", "in the last 15 minutes", timedelta(minutes=15)),
    "1h": Range("1 h", "in the last hour", timedelta(hours=1)),
    "24h": Range("24 h", "in the last 24 hours", timedelta(hours=24)),
    "7d": Range("7 d", "in the last 7 days", timedelta(days=7)),
    "all": Range("all", "so far", None),
    "custom": Range("custom", "in the chosen time", None),
}


class Wanted(NamedTuple):
    """What of the history is looked at. The empty text stands for everybody, every source, every mood.

    `since` and `until` (aware, UTC; None: open) belong to the range `custom` alone. `zone` is a name of the
    IANA database: whose hours and weekdays count.
    """

    range: str = "1h"
    since: datetime | None = None
    until: datetime | None = None
    listener: str = ""
    source: str = ""
    mood: str = ""
    zone: str = "UTC"

    def only(self, names: Collection[str]) -> "Wanted":
        """The same, with what does not matter left out; `range` stands for its three fields."""
        kept = {*names, "since", "until"} if "range" in names else {*names}
        return Wanted(**{name: value for name, value in self._asdict().items() if name in kept})

    def between(self, now: datetime) -> tuple[datetime, datetime]:
        """From when and until when, as aware times; plays that are dated later than now do not count yet."""
        if self.range == "custom":
            return self.since or EPOCH, min(self.until or now, now)
        span = RANGES[self.range].span
        return now - span if span else EPOCH, now


class Window(NamedTuple):
    """A range cut into `buckets` steps, each beginning at a whole multiple of `step` since 1970."""

    since: datetime
    step: timedelta
    buckets: int


def floor(moment: datetime, step: timedelta) -> datetime:
    """The beginning of the step that a moment lies in; steps are counted from 1970."""
    return moment - (moment - EPOCH) % step


def window(since: datetime, until: datetime) -> Window:
    """The window of a range, at a resolution that fits: at most `BUCKETS` steps, and a bit."""
    span = max(until - since, timedelta(0))
    step = next((step for step in STEPS if span < (BUCKETS + 1) * step), STEPS[-1])
    start = floor(since, step)
    return Window(start, step, max((until - start) // step, 0) + 1)


def zone(name: str) -> tzinfo:
    """The time zone that a browser names; UTC where it is not known here."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def naive(moment: datetime) -> datetime:
    """A time as the database keeps it."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def aware(moment: Any) -> datetime:
    """A time as the database gave it, made UTC."""
    return datetime.fromisoformat(str(moment)).replace(tzinfo=UTC)
