"""Real time beside batch, song by song."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from moodstream.moods import UNCLASSIFIED
from moodstream.store.mysql import Database
from moodstream.store.queries.wanted import Wanted

# A join of all songs would take a catalogue's length; so many, and an interval, say the same.
SONGS = 20_000
NEWEST_MODEL = "(SELECT model FROM batch_classified ORDER BY run_id DESC LIMIT 1)"
# In the order of the key `plays`, which has the moods too, so that no more songs are read than are wanted.
MOST_PLAYED = f"(SELECT song_id, plays, mood FROM songs_played ORDER BY plays DESC LIMIT {SONGS})"  # noqa: S608


class Agreement(NamedTuple):
    """How many songs real time (as last heard) and batch (its newest model) call what, as (real time, batch).

    `all_songs`: whether these are all songs that were played, and not the `SONGS` that are played most.
    """

    songs: Mapping[tuple[str, str], int]
    all_songs: bool


def agreement(database: Database, _: datetime, __: Wanted) -> Agreement:
    """The moods that real time and batch give to the songs that are played most."""
    rows = database.query(
        f"""
        SELECT p.mood AS live, b.mood AS batch, COUNT(*) AS songs
        FROM {MOST_PLAYED} p
        JOIN batch_classified b ON b.song_id = p.song_id AND b.model = {NEWEST_MODEL}
        GROUP BY p.mood, b.mood ORDER BY NULL
        """  # noqa: S608
    )
    more = database.query(f"SELECT song_id FROM songs_played LIMIT 1 OFFSET {SONGS}")  # noqa: S608
    songs = {(row["live"] or UNCLASSIFIED, row["batch"] or UNCLASSIFIED): row["songs"] for row in rows}
    return Agreement(songs, not more)
