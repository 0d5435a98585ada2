"""What recommends to simulated listeners: ours, and the baselines that it must beat.

All know the same: the songs, and what the listener has played and said. All leave out what was disliked or is never to
come again, and the last songs played, as ours does.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from moodstream.messages import Reaction, play_id
from moodstream.recommend.candidates import RESTING
from moodstream.recommend.library import Library
from moodstream.recommend.listener import MOODS, Event, Listener
from moodstream.recommend.suggest import suggest

LENGTH = 20
REFUSED, TURNED_DOWN, WELCOME = {"dislike", "never"}, {"dislike", "never", "skip"}, {"like", "replay"}


class Policy(ABC):
    """Remembers what a listener played and said, and chooses what to play next."""

    def __init__(self, library: Library, seed: int) -> None:
        self.library, self.random = library, np.random.default_rng([seed, 2])
        self.heard: list[tuple[int, Reaction | None]] = []
        self.refused: set[int] = set()

    def learn(self, slot: int, reaction: Reaction | None, at: datetime) -> None:  # noqa: ARG002
        """Take in that a song was played, and what was said of it."""
        self.heard.append((slot, reaction))
        if reaction in REFUSED:
            self.refused.add(slot)

    @abstractmethod
    def choose(self) -> NDArray[np.int64]:
        """The slots of the next songs, the next first."""

    def left(self) -> NDArray[np.bool_]:
        """Which songs may come."""
        free = np.ones(len(self.library), np.bool_)
        free[list(self.refused)] = False
        free[[slot for slot, _ in self.heard[-RESTING:]]] = False
        return free

    def best(self, worth: NDArray[np.floating]) -> NDArray[np.int64]:
        """Of the songs that may come, those of most worth."""
        return np.argsort(np.where(self.left(), -worth, np.inf), kind="stable")[:LENGTH]


class Ours(Policy):
    """`recommend.suggest`, with nothing but what a listener's events and the library say."""

    def __init__(self, library: Library, seed: int) -> None:
        super().__init__(library, seed)
        self._name, self._listener = f"listener-{seed}", Listener()

    def learn(self, slot: int, reaction: Reaction | None, at: datetime) -> None:
        super().learn(slot, reaction, at)
        song, naive = self.library.songs[slot].song_id, at.replace(tzinfo=None)
        said = play_id("bench", self._name, song, at).bytes, play_id("bench reaction", self._name, song, at).bytes
        mood = self.library.moods[slot]
        events = [Event(said[0], naive, song, "play", MOODS[mood] if mood >= 0 else None)]
        if reaction:
            events.append(Event(said[1], naive, song, reaction, None))
        self._listener.fold(events)

    def choose(self) -> NDArray[np.int64]:
        return self.library.slots(track.song_id for track in suggest(self._listener, self.library))


class Random(Policy):
    """Any song."""

    def choose(self) -> NDArray[np.int64]:
        return self.best(self.random.random(len(self.library)))


class Popular(Policy):
    """What everybody plays most."""

    def choose(self) -> NDArray[np.int64]:
        return self.best(self.library.plays.astype(np.float64))


class Nearest(Policy):
    """What sounds nearest to the song that was played last, of those that the listener did not turn down."""

    def choose(self) -> NDArray[np.int64]:
        sounds = self.library.sounds
        known = [slot for slot, said in self.heard if said not in TURNED_DOWN and not np.isnan(sounds[slot, 0])]
        if not known:
            return self.best(self.random.random(len(sounds)))
        return self.best(-np.nan_to_num(((sounds - sounds[known[-1]]) ** 2).sum(axis=1), nan=np.inf))


class MoodShare(Policy):
    """Moods in the shares in which the listener played them and did not turn them down, or praised them, which counts
    twice; within a mood, any song.
    """

    def choose(self) -> NDArray[np.int64]:
        counts = np.zeros(len(MOODS))
        for slot, said in self.heard:
            if said not in TURNED_DOWN and self.library.moods[slot] >= 0:
                counts[self.library.moods[slot]] += 2 if said in WELCOME else 1
        shares = counts / counts.sum() if counts.any() else np.full(len(MOODS), 1 / len(MOODS))
        moods = self.random.choice(len(MOODS), LENGTH, p=shares)
        worth = np.where(self.left(), self._within(), -np.inf)
        chosen = []
        for mood in moods:
            slot = int(np.where(self.library.moods == mood, worth, -np.inf).argmax())
            worth[slot] = -np.inf
            chosen.append(slot)
        return np.array(chosen)

    def _within(self) -> NDArray[np.float64]:
        return self.random.random(len(self.library))


class MoodSharePopular(MoodShare):
    """The same, and within a mood what everybody plays most."""

    def _within(self) -> NDArray[np.float64]:
        return self.library.plays.astype(np.float64)


OURS = "ours"
POLICIES: dict[str, Callable[[Library, int], Policy]] = {
    OURS: Ours,
    "random": Random,
    "most popular": Popular,
    "nearest to last played": Nearest,
    "mood share, any song": MoodShare,
    "mood share, popular songs": MoodSharePopular,
}
