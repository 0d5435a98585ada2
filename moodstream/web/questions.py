"""What a feed is asked, and what it says."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from moodstream.store.queries.wanted import Wanted


class Source(Protocol):
    """What a feed asks, in a thread of its own."""

    def close(self) -> None: ...


class Question(NamedTuple):
    """A function of what is asked, of the time, and of what is wanted; asked again after `pace` seconds or more."""

    ask: Callable[[Any, datetime, Wanted], Any]
    wanted: Wanted = Wanted()
    pace: float = 0.0


class Answer(NamedTuple):
    """What the database said, and when it began to say so (Unix time)."""

    value: Any
    changed_at: float


class Fault(NamedTuple):
    """Why a source does not answer, since when, and whether it is simply away.

    `partial`: it answers, but for what cannot be read or takes too long.
    """

    since: datetime
    reason: str
    away: bool
    partial: bool = False
