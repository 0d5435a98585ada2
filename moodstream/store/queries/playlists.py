"""The playlists that were recommended to a listener, page by page."""

from typing import NamedTuple

import msgspec

from moodstream.errors import DataError
from moodstream.messages import Track
from moodstream.store.mysql import Database, Row
from moodstream.store.queries.places import Place, Span, place


class Recommended(NamedTuple):
    """A playlist: when it was made and its id, the mood that it is for (None: for none), and its tracks in order."""

    place: Place
    mood: str | None
    tracks: tuple[Track, ...]


def playlists(database: Database, listener: str, span: Span, most: int) -> list[Recommended]:
    """Playlists of a listener, newest first.

    Raises:
        DataError: the tracks of one are not what the playlist manager writes.
    """
    asked, given = span.condition("made_at")
    rows = database.query(
        f"""
        SELECT event_id, made_at, mood, tracks FROM playlist_recommendations FORCE INDEX (listener_made_at)
        WHERE listener = %s AND {asked} ORDER BY made_at DESC, event_id DESC LIMIT %s
        """,  # noqa: S608  the names are ours
        (listener, *given, most),
    )
    return [_recommended(row) for row in rows]


def _recommended(row: Row) -> Recommended:
    where = place(row["made_at"], row["event_id"])
    try:
        return Recommended(where, row["mood"], msgspec.json.decode(row["tracks"], type=tuple[Track, ...]))
    except msgspec.DecodeError as error:
        raise DataError(f"The playlist {where.event_id} cannot be read: {error}") from error
