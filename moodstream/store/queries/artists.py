"""The artists that a listener likes best, by what they played and said lately."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from moodstream.store.mysql import Database, Row
from moodstream.store.queries.wanted import aware, naive

COUNTED, COUNTED_REACTIONS = 4_000, 2_000
"""So many of a listener's newest plays, and of their newest reactions, are looked at."""

HALF_LIFE_DAYS = 30.0
WORTH = {"play": 0.1, "like": 1.0, "replay": 0.8, "skip": -0.5, "dislike": -1.0, "never": -1.0}
"""What an event is worth; half of it where it is so many days older."""

SECONDS = HALF_LIFE_DAYS * 86_400
PLAYED = f"""
SELECT s.artist AS artist, 'play' AS kind, COUNT(*) AS counted, MAX(p.played_at) AS newest_at,
       MIN(p.played_at) AS oldest_at, SUM(POW(0.5, TIMESTAMPDIFF(SECOND, p.played_at, %s) / {SECONDS})) AS fresh
FROM (SELECT song_id, played_at FROM song_stream FORCE INDEX (listener_played_at)
      WHERE listener = %s AND played_at <= %s ORDER BY played_at DESC LIMIT %s) p
LEFT JOIN songs s ON s.song_id = p.song_id
GROUP BY s.artist
"""  # noqa: S608
REACTED = f"""
SELECT s.artist AS artist, f.reaction AS kind, COUNT(*) AS counted, NULL AS newest_at, NULL AS oldest_at,
       SUM(POW(0.5, TIMESTAMPDIFF(SECOND, f.reacted_at, %s) / {SECONDS})) AS fresh
FROM (SELECT song_id, reacted_at, reaction FROM user_feedback FORCE INDEX (listener_reacted_at)
      WHERE listener = %s AND reacted_at <= %s ORDER BY reacted_at DESC LIMIT %s) f
LEFT JOIN songs s ON s.song_id = f.song_id
WHERE f.reaction IS NOT NULL
GROUP BY s.artist, f.reaction
"""  # noqa: S608


@dataclass
class Favourite:
    """An artist, how often they were played and reacted to, when last played (None: only reacted to), and the score:
    the sum of what these events are worth (`WORTH`), each by its age."""

    artist: str
    plays: int = 0
    likes: int = 0
    dislikes: int = 0
    skips: int = 0
    replays: int = 0
    nevers: int = 0
    newest_at: datetime | None = None
    score: float = 0.0

    def add(self, row: Row) -> None:
        """Take in events of one kind; what is of no known kind counts for nothing."""
        name = {"play": "plays", "like": "likes", "dislike": "dislikes", "skip": "skips", "replay": "replays"}.get(
            row["kind"], "nevers"
        )
        setattr(self, name, getattr(self, name) + int(row["counted"]))
        self.score += WORTH.get(row["kind"], 0.0) * float(row["fresh"])
        if row["newest_at"]:
            self.newest_at = aware(row["newest_at"])


class Favourites(NamedTuple):
    """The artists, best first, of `plays` plays from `since` on; so many of them are of songs without an artist."""

    artists: tuple[Favourite, ...]
    plays: int
    without_artist: int
    since: datetime | None


def favourites(database: Database, listener: str, now: datetime) -> Favourites:
    """All artists of the newest plays and reactions of a listener."""
    given = (naive(now), listener, naive(now))
    found: defaultdict[str, Favourite] = defaultdict(lambda: Favourite(""))
    played = database.query(PLAYED, (*given, COUNTED))
    for row in (*played, *database.query(REACTED, (*given, COUNTED_REACTIONS))):
        name = row["artist"] or ""
        found[name].artist = name
        found[name].add(row)
    nobody = found.pop("", Favourite(""))
    ordered = sorted(found.values(), key=lambda one: (-one.score, -one.plays, one.artist))
    oldest = min((aware(row["oldest_at"]) for row in played), default=None)
    return Favourites(tuple(ordered), sum(int(row["counted"]) for row in played), nobody.plays, oldest)
