"""What a listener played, and in which mood: the newest plays, page by page."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from moodstream.store.mysql import Database, Row
from moodstream.store.queries.places import Place, Span, place
from moodstream.store.queries.wanted import EPOCH, aware

# Only of the plays that are told the rest is looked up. Left to choose, the optimizer walks all of a listener's plays
# down to the place where a page begins.
PLAYS = """
SELECT p.event_id, p.song_id, p.source, p.played_at, COALESCE(s.title, p.song_id) AS title,
       COALESCE(s.artist, '') AS artist, m.event_id IS NOT NULL AS heard, m.classified_at, m.mood, m.confidence,
       m.reason, m.model, s.valence, COALESCE(s.arousal, s.energy) AS arousal, s.arousal IS NOT NULL AS told_by_sound
FROM (SELECT event_id, song_id, source, played_at FROM song_stream FORCE INDEX (listener_played_at)
      WHERE listener = %s AND {asked} ORDER BY played_at DESC, event_id DESC LIMIT %s) p
LEFT JOIN songs s ON s.song_id = p.song_id
LEFT JOIN mood_classified m ON m.play_id = p.event_id
ORDER BY p.played_at DESC, p.event_id DESC
"""


class Heard(NamedTuple):
    """A play of a listener. Where not `heard`, the classifier has not spoken yet; else `mood` or `reason` is there.

    `valence` and `arousal` place its song on the plane, in 0..1 (None: not known); arousal is the song's energy unless
    `told_by_sound`. `confidence` is in 0..1.
    """

    place: Place
    song_id: str
    source: str
    title: str
    artist: str
    heard: bool
    classified_at: datetime | None
    mood: str | None
    confidence: float | None
    reason: str | None
    model: str | None
    valence: float | None
    arousal: float | None
    told_by_sound: bool

    @property
    def play_id(self) -> UUID:
        return self.place.event_id

    @property
    def played_at(self) -> datetime:
        return self.place.at


def plays(database: Database, listener: str, span: Span, most: int) -> list[Heard]:
    """Plays of a listener, newest first."""
    asked, given = span.condition("played_at")
    return [_heard(row) for row in database.query(PLAYS.format(asked=asked), (listener, *given, most))]


def newest(database: Database, listener: str, now: datetime, most: int) -> list[Heard]:
    """The newest plays of a listener."""
    return plays(database, listener, Span(EPOCH, now), most)


def known(database: Database, listener: str) -> bool:
    """Whether the listener has played anything."""
    return bool(database.query("SELECT 1 FROM song_stream WHERE listener = %s LIMIT 1", (listener,)))


def _heard(row: Row) -> Heard:
    where = place(row.pop("played_at"), row.pop("event_id"))
    classified = row["classified_at"] and aware(row["classified_at"])
    flags = {name: bool(row[name]) for name in ("heard", "told_by_sound")}
    return Heard(where, **row | flags | {"classified_at": classified})
