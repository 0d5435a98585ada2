"""What is remembered of one listener: each event once, in whatever order and however often the events come."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from sys import intern
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from moodstream.messages import Classification, Feedback, derived_id
from moodstream.moods import Mood

PLAYS, REACTIONS = 200, 5000
"""How many of the newest plays and reactions are remembered, 40 bytes each: about 10 KB for a listener, at most 210."""

MOODS = tuple(Mood)
KINDS = ("play", "like", "dislike", "skip", "replay", "never", "correction")
PLAY, LIKE, DISLIKE, SKIP, REPLAY, NEVER, CORRECTION = range(len(KINDS))

Events = NDArray[np.void]
EVENT = np.dtype(
    [("event_id", "S16"), ("at", "M8[us]"), ("song", "O"), ("kind", "i1"), ("mood", "i1")]  # mood -1: none
)


class Event(NamedTuple):
    """A play or a reaction. `at` is in UTC and naive; `kind` one of `KINDS`; `mood` what it says the song is."""

    event_id: bytes
    at: datetime
    song_id: str
    kind: str
    mood: str | None


def event(message: Classification | Feedback) -> Event:
    """What a message says of its listener."""
    said = message.event_id.bytes
    if isinstance(message, Classification):
        return Event(said, message.played_at.replace(tzinfo=None), message.song.song_id, "play", message.mood)
    kind = message.reaction or "correction"
    return Event(said, message.reacted_at.replace(tzinfo=None), message.song_id, kind, message.mood)


class Listener:
    """The newest plays and reactions of a listener, sorted by time, then id."""

    __slots__ = ("plays", "reactions")

    def __init__(self) -> None:
        self.plays = self.reactions = np.empty(0, EVENT)

    def __len__(self) -> int:
        return len(self.plays) + len(self.reactions)

    def fold(self, events: Iterable[Event]) -> Events:
        """Take up events; those that are remembered and were not known before."""
        new = _array(events)
        played = new["kind"] == PLAY
        self.plays, plays = _folded(self.plays, new[played], PLAYS)
        self.reactions, reactions = _folded(self.reactions, new[~played], REACTIONS)
        return np.concatenate([plays, reactions])

    @property
    def picture(self) -> UUID:
        """Identifies what is remembered: the same events give the same id, which sorts with the newest of them.

        The nil UUID where nothing is.
        """
        last = [(known[-1]["at"], known[-1]["event_id"]) for known in (self.plays, self.reactions) if len(known)]
        if not last:
            return UUID(int=0)
        _, newest = max(last)
        digest = hashlib.sha256(self.plays["event_id"].tobytes() + self.reactions["event_id"].tobytes())
        return derived_id(UUID(bytes=newest.ljust(16, b"\0")), f"playlist {digest.hexdigest()}")


def _array(events: Iterable[Event]) -> Events:
    rows = [
        (said, at, intern(song_id), KINDS.index(kind), MOODS.index(Mood(mood)) if mood in MOODS else -1)
        for said, at, song_id, kind, mood in events
    ]
    return np.array(rows, EVENT)


def _folded(known: Events, events: Events, most: int) -> tuple[Events, Events]:
    """The last `most` of two arrays of events, sorted by time, then id; and which of them are new."""
    keys = _keys(events)
    _, first = np.unique(keys, return_index=True)
    new = events[np.sort(first)]
    new = new[~np.isin(_keys(new), _keys(known))]
    if not len(new):
        return known, new
    both = np.concatenate([known, new])
    order = np.lexsort((_keys(both), both["at"]))[-most:]
    return both[order], both[order[order >= len(known)]]


def _keys(events: Events) -> NDArray[np.uint64]:
    """The last 64 bits of each id, the digest of a derived one: they tell ids apart, and are fast to compare."""
    return np.ascontiguousarray(events["event_id"]).view(np.uint64)[1::2]
