"""Who is due for a playlist: takes in moods and reactions, gives out playlists, each listener's at a steady pace."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from moodstream.messages import Classification, Feedback, Playlist
from moodstream.recommend.library import Library
from moodstream.recommend.listener import PLAY, Event, Listener, event
from moodstream.recommend.suggest import suggest
from moodstream.recommend.taste import present_mood

MOST_LISTENERS = 100_000
"""How many listeners are remembered. Those silent longest are recalled when they come back."""
MOST_EVENTS = 20_000_000
"""How many events of them all are remembered: about 40 bytes each, so 800 MB."""
AT_ONCE = 50
"""Playlists made in one go, so that records are read, and a stop is heard, in between."""


class Desk:
    """The listeners of a service and the playlists that they are due.

    Args:
        library: all songs; it learns from what is taken in.
        recall: what the history has of a listener; called for each who is not remembered, and may raise.
        seconds: the least time between two playlists of a listener.
        clock: the present, aware.
        most, events: how many listeners, and how many events of them all, are remembered.
    """

    def __init__(
        self,
        library: Library,
        recall: Callable[[str], Iterable[Event]],
        seconds: float,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        most: int = MOST_LISTENERS,
        events: int = MOST_EVENTS,
    ) -> None:
        self.library = library
        self._recall, self._pause, self._clock = recall, timedelta(seconds=seconds), clock
        self._most, self._most_events, self._events = most, events, 0
        self._listeners: dict[str, Listener] = {}  # who was heard last comes last
        self._sent: dict[str, datetime] = {}
        self._due: dict[str, None] = {}  # a set that keeps its order

    def picture(self, name: str) -> UUID:
        """Identifies what is known of a listener, as `Listener.picture`."""
        return self._listener(name).picture

    def owe(self, names: Iterable[str]) -> None:
        """Note listeners whose picture nobody has published yet."""
        self._due |= dict.fromkeys(names)

    def take(self, messages: Iterable[Classification | Feedback]) -> None:
        """Learn from messages, and owe their listeners a playlist; what is remembered already changes nothing."""
        by_listener: dict[str, list[Event]] = defaultdict(list)
        for message in messages:
            by_listener[message.listener].append(event(message))
            if isinstance(message, Classification):
                self.library.hear(message.song, message.mood, message.played_at, plays=0)
        for name, events in by_listener.items():
            # The history may have these very events already, and their playlist may still not be published.
            recalled = name not in self._listeners
            listener = self._listener(name)
            before = len(listener)
            new = listener.fold(events)
            self._events += len(listener) - before
            self.library.count(new["song"][new["kind"] == PLAY])
            if recalled or len(new):
                self.owe([name])

    def playlists(self) -> list[Playlist]:
        """The playlists that are due now, some at a time. Due they stay until they are `delivered`."""
        now = self._clock()
        return [self._playlist(name, now) for name, _ in zip(self._ready(now), range(AT_ONCE), strict=False)]

    def delivered(self, playlists: Iterable[Playlist]) -> None:
        """Note that playlists have arrived."""
        now = self._clock()
        for playlist in playlists:
            self._sent[playlist.listener] = now
            if self.picture(playlist.listener) == playlist.event_id:
                del self._due[playlist.listener]

    def _ready(self, now: datetime) -> Iterator[str]:
        for name in self._due:
            # Either way, so that a clock that is put back does not silence anybody.
            if name not in self._sent or abs(now - self._sent[name]) >= self._pause:
                yield name

    def _playlist(self, name: str, now: datetime) -> Playlist:
        listener = self._listener(name)
        tracks = tuple(suggest(listener, self.library))
        mood = present_mood(listener, self.library)
        return Playlist(event_id=listener.picture, listener=name, made_at=now, mood=mood, tracks=tracks)

    def _listener(self, name: str) -> Listener:
        listener = self._listeners.pop(name, None)
        if listener is None:
            listener = Listener()
            listener.fold(self._recall(name))
            self._events += len(listener)
        self._listeners[name] = listener
        self._forget(name)
        return listener

    def _forget(self, heard: str) -> None:
        """Forget those silent longest until what is left fits; never who is due, nor who is heard now."""
        while self._full:
            silent = next((name for name in self._listeners if name not in self._due and name != heard), None)
            if silent is None:
                return
            self._events -= len(self._listeners.pop(silent))
            self._sent.pop(silent, None)

    @property
    def _full(self) -> bool:
        return len(self._listeners) > self._most or self._events > self._most_events
