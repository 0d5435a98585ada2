"""What the history knows of songs that somebody names."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from moodstream.identity import folded
from moodstream.messages import Features, Song
from moodstream.store.mysql import Database, Row
from moodstream.store.tables import FEATURES, NAMED
from moodstream.store.writing import select

COLUMNS = ", ".join(("song_id", *NAMED, *FEATURES, "origin", "extractor", "modelled", "estimates"))
BY_ID = f"SELECT {COLUMNS} FROM songs WHERE song_id IN"  # noqa: S608  the names are ours
# The index has the first so many characters; whoever is found is compared by the whole name.
BY_NAME = f"SELECT {COLUMNS} FROM songs FORCE INDEX (artist_title) WHERE origin IS NOT NULL AND artist_title IN"  # noqa: S608
ARTIST, TITLE = 200, 299


class Name(NamedTuple):
    """What a song is called."""

    artist: str
    title: str

    @property
    def key(self) -> str:
        return folded(self.artist, self.title)


class Known(NamedTuple):
    """Songs by their ids, and, where their sound is known, by the `key` of their names."""

    by_id: Mapping[str, Song]
    by_name: Mapping[str, Song]


def known(database: Database, ids: Iterable[str], names: Iterable[Name]) -> Known:
    """The songs of some ids, and those that are called so.

    Of several of one name it is one whose sound was heard, else one of a catalogue, and of these the first by id. A
    name that is written otherwise in more than case and accents is found only if the database calls it the same.
    """
    starts = {f"{name.artist[:ARTIST]}\t{name.title[:TITLE]}" for name in names}
    with database.transaction() as cursor:
        by_id = _songs(select(cursor, BY_ID, sorted(set(ids))))
        called = _songs(select(cursor, BY_NAME, sorted(starts)))
    called.sort(key=lambda song: (song.origin or "", song.song_id), reverse=True)
    by_name = {Name(song.artist, song.title).key: song for song in called}
    return Known({song.song_id: song for song in by_id}, by_name)


def _songs(rows: Sequence[Row]) -> list[Song]:
    return [_song(row) for row in rows]


def _song(row: Row) -> Song:
    features = {field: row.pop(column) for column, field in FEATURES.items()}
    for name in ("modelled", "estimates"):
        row[name] = tuple(msgspec.json.decode(row[name] or "[]"))
    return Song(**row, features=Features(**features) if row["origin"] else None)
