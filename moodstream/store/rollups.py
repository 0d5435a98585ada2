"""What the roll-ups count: one definition, from which follow both what a batch adds and how all is counted anew.

Each row of a base table counts for its listener and for everybody (''), in the minute, the hour and the day that it
falls in.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from moodstream.moods import UNCLASSIFIED
from moodstream.store.tables import Table

EVERYBODY = ""


class Step(NamedTuple):
    """A length of time, and where the step that holds a moment starts, in SQL (`{0}` is the moment)."""

    name: str
    length: timedelta
    sql: str

    def start(self, moment: datetime) -> datetime:
        """Where the step that holds a moment starts."""
        return moment - (moment - datetime.min) % self.length

    def seconds(self, moment: str) -> str:
        """The same in SQL as a number, which servers write the same, and quicker: seconds since the year 0."""
        length = self.length // timedelta(seconds=1)
        return f"TO_SECONDS({moment}) DIV {length} * {length}"


STEPS = (
    Step("minute", timedelta(minutes=1), "TIMESTAMP(DATE({0}), MAKETIME(HOUR({0}), MINUTE({0}), 0))"),
    Step("hour", timedelta(hours=1), "TIMESTAMP(DATE({0}), MAKETIME(HOUR({0}), 0, 0))"),
    Step("day", timedelta(days=1), "TIMESTAMP(DATE({0}))"),
)


class Kind(NamedTuple):
    """What is counted: rows of `base` (`b` in SQL, with `joined`) where `only` holds, by moment and by `parts`."""

    name: str
    base: str
    moment: str
    parts: Mapping[str, str]
    joined: str
    only: str


PLAYS = Kind(
    name="plays",
    base="mood_classified",
    moment="played_at",
    parts={"source": "b.source", "mood": f"COALESCE(b.mood, '{UNCLASSIFIED}')"},
    joined="",
    only="TRUE",
)
# Of several classifications of one play the newest counts; ids sort by time.
REACTIONS = Kind(
    name="reactions",
    base="user_feedback",
    moment="reacted_at",
    parts={
        "source": "COALESCE(m.source, '')",
        "mood": f"COALESCE(m.mood, '{UNCLASSIFIED}')",
        "reaction": "b.reaction",
    },
    joined="LEFT JOIN mood_classified m"
    " ON m.event_id = (SELECT MAX(n.event_id) FROM mood_classified n WHERE n.play_id = b.play_id)",
    only="b.reaction IS NOT NULL AND b.play_id IS NOT NULL",
)

Key = tuple[Any, ...]
"""Of a row of a roll-up: listener, start of the step (naive UTC), and the kind's parts."""


class Rollup(NamedTuple):
    """One kind, counted in steps of one length."""

    kind: Kind
    step: Step

    @property
    def table(self) -> str:
        return f"{self.kind.name}_by_{self.step.name}"

    @property
    def keys(self) -> tuple[str, ...]:
        return ("listener", "starts_at", *self.kind.parts)

    @property
    def sums(self) -> Table:
        """How increments are added."""
        count = self.kind.name
        return Table(self.table, (*self.keys, count), f"{count} = {count} + VALUES({count})")


ROLLUPS = tuple(Rollup(kind, step) for kind in (PLAYS, REACTIONS) for step in STEPS)

SONGS_PLAYED = Table(
    "songs_played",
    ("song_id", "plays", "played_at", "mood", "mood_id"),
    "plays = plays + VALUES(plays), played_at = GREATEST(played_at, VALUES(played_at)), "
    "mood = IF(VALUES(mood_id) > mood_id, VALUES(mood), mood), mood_id = GREATEST(mood_id, VALUES(mood_id))",
)


class Counted(NamedTuple):
    """One row of a base table, and how often it counts: 1, or -1 where it no longer does."""

    listener: str
    moment: datetime
    parts: tuple[str, ...]
    times: int = 1


def increments(kind: Kind, counted: Iterable[Counted]) -> Iterator[tuple[Rollup, list[tuple[Key, int]]]]:
    """What each roll-up of a kind grows by, without what adds up to nothing, in the order of the keys."""
    rows = list(counted)
    for rollup in (rollup for rollup in ROLLUPS if rollup.kind is kind):
        sums: Counter[Key] = Counter()
        for listener, moment, parts, times in rows:
            start = rollup.step.start(moment)
            for name in (listener, EVERYBODY):
                sums[name, start, *parts] += times
        yield rollup, sorted((key, times) for key, times in sums.items() if times)


class Classified(NamedTuple):
    """What of a row of mood_classified counts."""

    event_id: bytes
    play_id: bytes
    listener: str
    song_id: str
    played_at: datetime
    source: str
    mood: str | None

    @property
    def verdict(self) -> tuple[str, str]:
        """The source and the mood that it counts under."""
        return self.source, self.mood or UNCLASSIFIED


def songs_played(plays: Iterable[Classified]) -> list[tuple[Any, ...]]:
    """The rows that plays add to `SONGS_PLAYED`, one for each song, in the order of the keys."""
    by_song: dict[str, list[Classified]] = {}
    for play in plays:
        by_song.setdefault(play.song_id, []).append(play)
    return [_song(song_id, by_song[song_id]) for song_id in sorted(by_song)]


def _song(song_id: str, plays: list[Classified]) -> tuple[Any, ...]:
    newest = max(plays, key=lambda play: play.event_id)
    return (song_id, len(plays), max(play.played_at for play in plays), newest.mood, newest.event_id)
