"""What recommending asks of the history: the songs, which of them changed, and what each listener played and said."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from moodstream.messages import Features, Song
from moodstream.moods import Mood
from moodstream.store.mysql import Database, Row
from moodstream.store.tables import FEATURES
from moodstream.store.writing import select

PAGE = 2000
MOODS = {str(mood): mood for mood in Mood}

Said = tuple[bytes, datetime, str, str, str | None]
"""event_id, time (naive UTC), song_id, "play" or a reaction or "correction", and the mood that it says the song is."""

SONGS = f"""
SELECT s.song_id, s.title, s.artist, s.genre, s.duration_ms, s.origin, {", ".join(f"s.{name}" for name in FEATURES)},
       s.named_at, p.mood, COALESCE(p.plays, 0) AS plays
  FROM songs s LEFT JOIN songs_played p ON p.song_id = s.song_id
"""  # noqa: S608
IN_PAGES = f"{SONGS} WHERE s.named_at >= %s AND (%s OR s.song_id > %s) ORDER BY s.song_id LIMIT {PAGE}"
BY_ID = f"{SONGS} WHERE s.song_id IN"
OLDEST = "SELECT named_at FROM songs ORDER BY named_at DESC LIMIT 1 OFFSET %s"
CHANGES = {"songs": "added_at", "songs_played": "changed_at"}
"""The tables that tell of changes to songs, and the columns of when."""
CHANGED = """
SELECT song_id, {moment} AS at FROM {table} FORCE INDEX ({moment})
 WHERE {moment} >= %s AND ({moment} > %s OR song_id > %s)
 ORDER BY {moment}, song_id LIMIT {page}
"""
LISTENERS = """
SELECT listener
  FROM (SELECT listener, MAX(played_at) AS newest FROM mood_classified GROUP BY listener
        UNION ALL
        SELECT listener, MAX(reacted_at) FROM user_feedback GROUP BY listener) AS heard
 GROUP BY listener ORDER BY MAX(newest) DESC LIMIT %s
"""
PLAYED = """
SELECT event_id, played_at AS said_at, song_id, 'play' AS kind, mood FROM mood_classified
 WHERE listener = %s ORDER BY played_at DESC, event_id DESC LIMIT %s
"""
REACTED = """
SELECT event_id, reacted_at AS said_at, song_id, COALESCE(reaction, 'correction') AS kind, mood FROM user_feedback
 WHERE listener = %s ORDER BY reacted_at DESC, event_id DESC LIMIT %s
"""


class Known(NamedTuple):
    """A song, its newest mood in real time, when it was last named (aware, UTC), and how often it was played."""

    song: Song
    mood: Mood | None
    at: datetime
    plays: int


class Change(NamedTuple):
    """Of which song something is new, and since when, by the server's clock (naive UTC)."""

    song_id: str
    at: datetime


def songs(database: Database, most: int) -> Iterator[Known]:
    """The `most` songs that were named last, in pages, in no order that matters."""
    oldest = database.query(OLDEST, (most - 1,))
    since = oldest[0]["named_at"] if oldest else datetime(1000, 1, 1)
    after: str | None = None
    while page := database.query(IN_PAGES, (since, after is None, after or "")):
        yield from map(_known, page)
        after = page[-1]["song_id"]


def by_id(database: Database, song_ids: Iterable[str]) -> list[Known]:
    """Those of some songs that the history has."""
    with database.transaction() as cursor:
        return [_known(row) for row in select(cursor, BY_ID, song_ids)]


def now(database: Database) -> datetime:
    """The server's clock (naive UTC), which the times of changes are told by."""
    moment: datetime = database.query("SELECT UTC_TIMESTAMP(6) AS now")[0]["now"]
    return moment


def changed(database: Database, since: datetime) -> Iterator[Change]:
    """Which songs were new, played or classified since a moment of the server's clock; one may come several times.

    What a transaction changes is told by when it changed it, and seen once it is committed: whoever asks again should
    start a while before they last asked.
    """
    for table, moment in CHANGES.items():
        question, last = CHANGED.format(table=table, moment=moment, page=PAGE), Change("", since)
        while page := database.query(question, (last.at, last.at, last.song_id)):
            last = Change(**page[-1])
            yield from (Change(**row) for row in page)


def listeners(database: Database, most: int) -> list[str]:
    """Who played or said something, the last `most` to do so, newest first."""
    return [row["listener"] for row in database.query(LISTENERS, (most,))]


def said(database: Database, listener: str, plays: int, reactions: int) -> list[Said]:
    """The newest plays and reactions of a listener, so many at most of each."""
    found = database.query(PLAYED, (listener, plays)) + database.query(REACTED, (listener, reactions))
    return [(bytes(row["event_id"]), row["said_at"], row["song_id"], row["kind"], row["mood"]) for row in found]


def published(database: Database, playlists: Iterable[bytes]) -> set[bytes]:
    """Which of the playlists of these ids are in the history."""
    with database.transaction() as cursor:
        rows = select(cursor, "SELECT event_id FROM playlist_recommendations WHERE event_id IN", playlists)
    return {row["event_id"] for row in rows}


def _known(row: Row) -> Known:
    song = Song(
        song_id=row["song_id"],
        title=row["title"],
        artist=row["artist"],
        genre=row["genre"],
        duration_ms=row["duration_ms"],
        features=_features(row) if row["origin"] else None,
        origin=row["origin"],
    )
    return Known(song, MOODS.get(row["mood"]), row["named_at"].replace(tzinfo=UTC), row["plays"])


def _features(row: Row) -> Features:
    known: dict[str, Any] = {field: row[column] for column, field in FEATURES.items()}
    return Features(**known)
