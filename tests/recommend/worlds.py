"""Small worlds for tests of taste and ranking: a library, and listeners who do things one minute after another."""

from datetime import datetime, timedelta
from typing import Any

from moodstream.messages import Reaction, Track
from moodstream.moods import Mood
from moodstream.recommend.candidates import Wish
from moodstream.recommend.library import Library
from moodstream.recommend.listener import Listener, event
from moodstream.recommend.suggest import suggest
from moodstream.recommend.taste import Taste, taste
from tests.factories import NOON, make_classification, make_features, make_feedback, make_play, make_song


class World:
    """Songs by name, and one listener; each thing that the listener does comes a minute after the one before."""

    def __init__(self) -> None:
        self.library, self.listener = Library(), Listener()
        self._minutes = 0

    def song(
        self,
        name: str,
        mood: Mood | None = Mood.HAPPY,
        *,
        artist: str | None = None,
        plays: int = 1,
        genre: str | None = None,
        seconds: int | None = None,
        **sound: float | None,
    ) -> None:
        song = make_song(
            name,
            title=name,
            artist=artist or f"artist of {name}",
            genre=genre,
            duration_ms=seconds and 1000 * seconds,
            features=make_features(**sound),
        )
        self.library.hear(song, mood, NOON, plays)

    def songs(self, number: int, mood: Mood | None = Mood.HAPPY, prefix: str = "song") -> None:
        for n in range(number):
            self.song(f"{prefix}-{n}", mood, valence=n / max(1, number))

    def wait(self, days: float) -> None:
        self._minutes += int(days * 24 * 60)

    def play(self, *names: str, mood: Mood | None = None) -> None:
        """Play songs; of songs that the library does not know, the mood is what was said of the play."""
        for name in names:
            play = make_play(make_song(name), played_at=self._now())
            self.listener.fold([event(make_classification(play, mood=mood))])

    def react(self, reaction: Reaction | None, *names: str, mood: Mood | None = None) -> None:
        for name in names:
            self.listener.fold(
                [event(make_feedback(song_id=name, reacted_at=self._now(), reaction=reaction, mood=mood))]
            )

    def like(self, *names: str) -> None:
        self.react("like", *names)

    def slot(self, name: str) -> int:
        return int(self.library.slots([name])[0])

    def suggest(self, **wish: Any) -> list[Track]:
        return suggest(self.listener, self.library, Wish(**wish))

    @property
    def taste(self) -> Taste:
        return taste(self.listener, self.library)

    def _now(self) -> datetime:
        self._minutes += 1
        return NOON + timedelta(minutes=self._minutes)
