"""The songs, as a table that is sorted, filtered and searched by the database.

What is looked for is found first (`find`), then shown page by page (`page`). Where few songs match, `find` has them
all, in order. Where many do, a page is read along the index of the column that the table is sorted by. What is not
known of a song comes last, whichever way the table is sorted.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from moodstream.moods import UNCLASSIFIED
from moodstream.store.mysql import Database
from moodstream.store.queries import library_sql
from moodstream.store.queries.library_sql import FEATURES, Query, Search
from moodstream.store.queries.wanted import aware

FEW = 5_000
# How far one can go where more songs than these match a search that no index answers.
REACH = 1_000
# From here on it is quicker to sort the songs of a mood than to look for them along an index of all.
DEEP = 1_000


class Song(NamedTuple):
    """A row of the table. `mood` is None as long as no play of it was classified; times are aware, shares 0..1."""

    song_id: str
    title: str
    artist: str
    mood: str | None
    plays: int
    played_at: datetime | None
    valence: float | None
    energy: float | None
    danceability: float | None
    acousticness: float | None
    instrumentalness: float | None
    speechiness: float | None
    liveness: float | None
    tempo: float | None
    loudness: float | None
    key: int | None
    mode: int | None
    duration_ms: int | None
    origin: str | None


class Found(NamedTuple):
    """How many songs match, of which `shown` can be reached; and which, in order, where they are few."""

    total: int
    more: bool
    shown: int
    song_ids: tuple[str, ...] | None


def find(database: Database, search: Search, few: int = FEW) -> Found:
    """The songs that match; up to `few` are put into their order at once.

    Raises:
        SlowError: it took longer than the connection may.
    """
    query = library_sql.matching(search)
    if query.where:
        song_ids = _read(database, query, 0, few + 1)
        if len(song_ids) <= few:
            return Found(len(song_ids), False, len(song_ids), _ordered(database, search, song_ids))
        if search.words or search.ranges:
            return Found(few, True, min(few, REACH), None)
    total = _count(database, query)
    return Found(total, False, total, None)


def page(database: Database, search: Search, found: Found, start: int, count: int) -> list[Song]:
    """So many of the songs that were found, from the `start`th on (0: the first).

    Raises:
        SlowError: it took longer than the connection may.
    """
    count = min(count, found.shown - start)
    if start < 0 or count <= 0:
        return []
    if found.song_ids is not None:
        return _songs(database, found.song_ids[start : start + count])
    sorted_by = search if search.sort else search._replace(sort="plays", descending=True)
    return _songs(database, _along(database, sorted_by, start, count))


def _ordered(database: Database, search: Search, song_ids: Sequence[str]) -> tuple[str, ...]:
    if not song_ids:
        return ()
    rows = database.query(
        "SELECT s.song_id FROM songs s LEFT JOIN songs_played p ON p.song_id = s.song_id"  # noqa: S608
        f" WHERE s.song_id IN ({_marks(song_ids)}) ORDER BY {library_sql.order(search)}",
        (*song_ids, *library_sql.ranking(search)),
    )
    return tuple(row["song_id"] for row in rows)


def _along(database: Database, search: Search, start: int, count: int) -> list[str]:
    song_ids: list[str] = []
    for query in library_sql.parts(search, deep=start >= DEEP):
        found = _read(database, query, start, count - len(song_ids))
        song_ids += found
        if len(song_ids) == count:
            break
        start = 0 if found or not start else max(0, start - _count(database, query))
    return song_ids


def _read(database: Database, query: Query, start: int, count: int) -> list[str]:
    order = query.order and f"ORDER BY {query.order}"
    rows = database.query(
        f"SELECT STRAIGHT_JOIN {query.song_id} AS song_id FROM {query.source} {query.where} {order}"  # noqa: S608
        " LIMIT %s OFFSET %s",
        (*query.values, count, start),
    )
    return [row["song_id"] for row in rows]


def _count(database: Database, query: Query) -> int:
    [row] = database.query(f"SELECT COUNT(*) AS number FROM {query.source} {query.where}", query.values)  # noqa: S608
    return int(row["number"])


def _songs(database: Database, song_ids: Sequence[str]) -> list[Song]:
    """The songs with these ids, in their order."""
    if not song_ids:
        return []
    rows = database.query(
        f"""
        SELECT s.song_id, s.title, s.artist, IF(p.song_id IS NULL, NULL, COALESCE(p.mood, %s)) AS mood,
               COALESCE(p.plays, 0) AS plays, p.played_at, {", ".join(f"s.{name}" for name in FEATURES)},
               s.tempo, s.loudness, s.musical_key AS `key`, s.musical_mode AS mode, s.duration_ms, s.origin
        FROM songs s LEFT JOIN songs_played p ON p.song_id = s.song_id
        WHERE s.song_id IN ({_marks(song_ids)})
        """,  # noqa: S608
        (UNCLASSIFIED, *song_ids),
    )
    known = {row["song_id"]: Song(**row | {"played_at": row["played_at"] and aware(row["played_at"])}) for row in rows}
    return [known[song_id] for song_id in song_ids if song_id in known]


def _marks(values: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(values))
