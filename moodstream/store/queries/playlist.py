"""What was recommended."""

from datetime import datetime
from typing import NamedTuple

import msgspec

from moodstream.errors import DataError
from moodstream.messages import Track
from moodstream.store.mysql import Database
from moodstream.store.queries.wanted import Wanted, aware


class Suggested(NamedTuple):
    """The newest playlist, and whose it is."""

    listener: str
    made_at: datetime
    mood: str | None
    tracks: tuple[Track, ...]


def playlist(database: Database, _: datetime, wanted: Wanted) -> Suggested | None:
    """The newest playlist of a listener, or of all where none is chosen.

    Raises:
        DataError: its tracks are not what the playlist manager writes.
    """
    whose = "WHERE listener = %s" if wanted.listener else ""
    rows = database.query(
        f"""
        SELECT listener, made_at, mood, tracks FROM playlist_recommendations {whose}
        ORDER BY made_at DESC, event_id DESC LIMIT 1
        """,  # noqa: S608  the names are ours
        (wanted.listener,) if wanted.listener else (),
    )
    if not rows:
        return None
    listener, made_at, mood = rows[0]["listener"], aware(rows[0]["made_at"]), rows[0]["mood"]
    try:
        return Suggested(listener, made_at, mood, msgspec.json.decode(rows[0]["tracks"], type=tuple[Track, ...]))
    except msgspec.DecodeError as error:
        raise DataError(f"The newest playlist of {listener} cannot be read: {error}") from error
