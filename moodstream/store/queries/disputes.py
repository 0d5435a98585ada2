"""The songs that real time and batch hear differently."""

from datetime import datetime
from typing import NamedTuple

from moodstream.store.mysql import Database
from moodstream.store.queries.agreement import MOST_PLAYED, NEWEST_MODEL
from moodstream.store.queries.wanted import Wanted

SHOWN = 50


class Dispute(NamedTuple):
    """A song with a mood from both, which are not the same. `confidence` is that of batch, in 0..1."""

    song_id: str
    title: str
    artist: str
    plays: int
    live: str
    batch: str
    confidence: float | None


def disputes(database: Database, _: datetime, wanted: Wanted) -> tuple[Dispute, ...] | None:
    """The most played songs that the two differ on, where either calls them the wanted mood.

    None where batch has said nothing yet. Songs are looked for among those of `agreement`.
    """
    rows = database.query(f"SELECT {NEWEST_MODEL} AS model")
    model = rows[0]["model"]
    if model is None:
        return None
    condition, moods = ("%s IN (p.mood, b.mood)", [wanted.mood]) if wanted.mood else ("TRUE", [])
    rows = database.query(
        f"""
        SELECT p.song_id, COALESCE(s.title, p.song_id) AS title, COALESCE(s.artist, '') AS artist, p.plays,
               p.mood AS live, b.mood AS batch, b.confidence
        FROM {MOST_PLAYED} p
        JOIN batch_classified b ON b.song_id = p.song_id AND b.model = %s
        LEFT JOIN songs s ON s.song_id = p.song_id
        WHERE p.mood <> b.mood AND {condition}
        ORDER BY p.plays DESC, p.song_id LIMIT {SHOWN}
        """,  # noqa: S608
        (model, *moods),
    )
    return tuple(Dispute(**row) for row in rows)
