"""The table of songs in SQL: its columns and their indexes, and what a search says of them.

Whatever comes from a page is a value of a statement, or the key of a dictionary; it is never part of a statement.
"""

from typing import Any, NamedTuple

from moodstream.moods import UNCLASSIFIED

WORDS, LONGEST = 8, 200
OPEN = 1e12


class Query(NamedTuple):
    """Some songs: the column of their id, what follows FROM, the WHERE with its values, and the order."""

    song_id: str
    source: str
    where: str
    values: list[Any]
    order: str = ""


class Column(NamedTuple):
    """A column of the table in SQL, and the index that is in its order."""

    sql: str
    key: str
    always_known: bool = False

    @property
    def of_songs(self) -> bool:
        return self.sql.startswith("s.")


FEATURES = ("valence", "energy", "danceability", "acousticness", "instrumentalness", "speechiness", "liveness")
RANGED = {name: Column(f"s.{name}", name) for name in (*FEATURES, "tempo", "loudness")} | {
    "plays": Column("p.plays", "plays"),
}
"""The columns whose numbers can be limited to a range."""
COLUMNS = RANGED | {
    "title": Column("s.title", "title", always_known=True),
    "artist": Column("s.artist_title", "artist_title", always_known=True),
    "mood": Column("p.mood", "mood"),
    "played_at": Column("p.played_at", "played_at"),
    "key": Column("s.musical_key", "musical_key"),
    "duration_ms": Column("s.duration_ms", "duration_ms"),
    "origin": Column("s.origin", "origin"),
}
"""What can be sorted by, under the names that pages use."""


class Between(NamedTuple):
    """Only songs whose column, one of `RANGED`, is known and in a range; None: open."""

    column: str
    low: float | None
    high: float | None


class Search(NamedTuple):
    """What is looked for: words of title and artist, a mood ('': every), ranges; and the order, '' for the best first.

    `sort` is one of `COLUMNS`. The best are those that are called so; among these, and without words, the most played.
    """

    text: str = ""
    mood: str = ""
    ranges: tuple[Between, ...] = ()
    sort: str = ""
    descending: bool = False

    @property
    def words(self) -> list[str]:
        return self.text[:LONGEST].split()[:WORDS]


def parts(search: Search, *, deep: bool) -> list[Query]:
    """What matches, along the index of the column that it is sorted by; what has no value there comes last.

    `deep` says that so many rows are skipped that those of a mood are better sorted than looked for.
    """
    column = COLUMNS[search.sort]
    way = "DESC" if search.descending else "ASC"
    song_id = "s.song_id" if column.of_songs else "p.song_id"
    joined = _joined(search) if column.of_songs else "JOIN songs s ON s.song_id = p.song_id" * _of_songs(search)
    table = "songs s" if column.of_songs else "songs_played p"
    key = "mood" if deep and search.mood and not column.of_songs else column.key
    source = f"{table} FORCE INDEX ({key}) {joined}"
    known = _query(search, song_id, source, f"{column.sql} IS NOT NULL", f"{column.sql} {way}, {song_id} {way}")
    if column.always_known:
        return [known]
    unknown = _query(search, song_id, source, f"{column.sql} IS NULL", song_id)
    return [known, unknown] if column.of_songs or search.mood else [known, unknown, _unplayed(search)]


def _unplayed(search: Search) -> Query:
    source = "songs s LEFT JOIN songs_played p ON p.song_id = s.song_id"
    return _query(search, "s.song_id", source, "p.song_id IS NULL", "s.song_id")


def _query(search: Search, song_id: str, source: str, only: str, order: str) -> Query:
    conditions, values = _conditions(search)
    return Query(song_id, source, f"WHERE {' AND '.join([only, *conditions])}", values, order)


def matching(search: Search) -> Query:
    """All that match, as the database finds them fastest; the where is empty where all do."""
    conditions, values = _conditions(search)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    if search.words:
        return Query("s.song_id", f"songs s FORCE INDEX (artist_title) {_joined(search)}", where, values)
    if _of_songs(search):
        return Query("s.song_id", f"songs s {_joined(search)}", where, values)
    source = "songs_played p" if conditions else "songs s FORCE INDEX (musical_key)"
    return Query("p.song_id" if conditions else "s.song_id", source, where, values)


def _conditions(search: Search) -> tuple[list[str], list[Any]]:
    conditions = ["s.artist_title LIKE %s ESCAPE '|'"] * len(search.words)
    values: list[Any] = [f"%{_escaped(word)}%" for word in search.words]
    for column, low, high in search.ranges:
        conditions.append(f"{RANGED[column].sql} BETWEEN %s AND %s")
        values += [-OPEN if low is None else low, OPEN if high is None else high]
    if search.mood:
        conditions.append("p.song_id IS NOT NULL AND p.mood IS NULL" if search.mood == UNCLASSIFIED else "p.mood = %s")
        values += [] if search.mood == UNCLASSIFIED else [search.mood]
    return conditions, values


def _of_songs(search: Search) -> bool:
    """Whether it asks for more than `songs_played` knows."""
    return bool(search.words) or any(RANGED[limits.column].of_songs for limits in search.ranges)


def _joined(search: Search) -> str:
    """What is played, where that matters; its index of moods holds all that a mood alone asks for, in little space."""
    if any(not RANGED[limits.column].of_songs for limits in search.ranges):
        return "JOIN songs_played p ON p.song_id = s.song_id"
    return "JOIN songs_played p FORCE INDEX (mood) ON p.song_id = s.song_id" if search.mood else ""


def order(search: Search) -> str:
    """The ORDER BY of songs that are few, with `ranking` for its values."""
    if search.sort:
        column = COLUMNS[search.sort].sql
        return f"{column} IS NULL, {column} {'DESC' if search.descending else 'ASC'}, s.song_id"
    ranks = ["s.title = %s DESC, s.artist = %s DESC, s.artist_title LIKE %s ESCAPE '|' DESC"] if search.words else []
    return ", ".join([*ranks, "p.plays DESC", "s.song_id"])


def ranking(search: Search) -> list[str]:
    """The values of `order`."""
    text = " ".join(search.words)
    return [text, text, f"{_escaped(text)}%"] if text and not search.sort else []


def _escaped(text: str) -> str:
    """Text of which LIKE takes each character as itself."""
    return "".join(f"|{character}" if character in "|%_" else character for character in text)
