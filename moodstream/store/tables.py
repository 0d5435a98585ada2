"""Which rows a message becomes: one table for each topic, and the songs once.

Every upsert gives the same rows in whatever order, and however often, the messages come: what was said
first stays, and of a song the newest play that knows something tells it.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from moodstream.messages import Classification, Feedback, Message, Play, Playlist, Song

FEATURES = {
    "valence": "valence",
    "energy": "energy",
    "danceability": "danceability",
    "acousticness": "acousticness",
    "instrumentalness": "instrumentalness",
    "speechiness": "speechiness",
    "liveness": "liveness",
    "arousal": "arousal",
    "tempo": "tempo",
    "loudness": "loudness",
    "musical_key": "key",
    "musical_mode": "mode",
    "time_signature": "time_signature",
}
"""The columns of a song's features, and the fields of `messages.Features` that they hold."""

NAMED = ("title", "artist", "album", "genre", "duration_ms")
HEARD = (*FEATURES, "origin", "extractor", "modelled", "estimates")

Values = tuple[Any, ...]


class Table(NamedTuple):
    """A table and how a row that is there already is met: `updates` is what follows ON DUPLICATE KEY UPDATE."""

    name: str
    columns: tuple[str, ...]
    updates: str

    def upsert(self, rows: int) -> str:
        """The statement that upserts so many rows."""
        row = f"({', '.join(['%s'] * len(self.columns))})"
        return (
            f"INSERT INTO {self.name} ({', '.join(self.columns)}) VALUES {', '.join([row] * rows)} "  # noqa: S608
            f"ON DUPLICATE KEY UPDATE {self.updates}"
        )


def _first_stays(name: str, *columns: str) -> Table:
    return Table(name, columns, f"{columns[0]} = {columns[0]}")


def _newest_tells(columns: Sequence[str], moment: str, by: str) -> str:
    """Of two plays at one moment the greater id tells: they may come in any order. A play that comes again tells again.

    Assignments run from left to right, so what they compare with comes last: first the id, then the moment.
    """
    known = f"COALESCE({moment}, '1000-01-01')"
    newer = f"VALUES({moment}) > {known} OR (VALUES({moment}) = {known} AND VALUES({by}) >= COALESCE({by}, ''))"
    return ", ".join(f"{c} = IF({newer}, VALUES({c}), {c})" for c in (*columns, by, moment))


SONGS = Table(
    "songs",
    ("song_id", *NAMED, *HEARD, "named_at", "heard_at", "named_by", "heard_by"),
    f"{_newest_tells(NAMED, 'named_at', 'named_by')}, {_newest_tells(HEARD, 'heard_at', 'heard_by')}",
)
PLAYS = _first_stays("song_stream", "event_id", "listener", "song_id", "played_at", "source")
CLASSIFICATIONS = _first_stays(
    "mood_classified",
    *("event_id", "play_id", "listener", "song_id", "played_at", "source"),
    *("classified_at", "mood", "confidence", "reason", "model", "probabilities"),
)
FEEDBACK = _first_stays("user_feedback", "event_id", "play_id", "listener", "song_id", "reacted_at", "reaction", "mood")
PLAYLISTS = _first_stays("playlist_recommendations", "event_id", "listener", "made_at", "mood", "tracks")
DEAD_LETTERS = _first_stays(
    "dead_letters",
    *("letter_id", "topic", "partition_number", "message_offset", "sent_at"),
    *("service", "reason", "message_key", "payload"),
)

ORDER = (SONGS, PLAYS, CLASSIFICATIONS, FEEDBACK, PLAYLISTS, DEAD_LETTERS)
"""Everybody writes the tables in this order, so that two writers do not wait for each other."""

COUNTED = (CLASSIFICATIONS, FEEDBACK)
"""What the roll-ups count: of these it matters which rows are new."""


def rows(message: Message) -> list[tuple[Table, Values]]:
    """The rows that a message becomes."""
    match message:
        case Play(event_id=event, listener=listener, played_at=at, source=source, song=song):
            play = (event.bytes, listener, song.song_id, at.replace(tzinfo=None), source)
            return [(SONGS, _song(message)), (PLAYS, play)]
        case Classification(event_id=event, play_id=play_id, listener=listener, song=song, mood=mood) as said:
            moments = (said.played_at.replace(tzinfo=None), said.source, said.classified_at.replace(tzinfo=None))
            verdict = (mood, said.confidence, said.reason, said.model, _json(said.probabilities))
            return [(CLASSIFICATIONS, (event.bytes, play_id.bytes, listener, song.song_id, *moments, *verdict))]
        case Feedback(event_id=event, play_id=answered, listener=listener, song_id=song_id, reacted_at=at):
            reaction = (at.replace(tzinfo=None), message.reaction, message.mood)
            return [(FEEDBACK, (event.bytes, answered and answered.bytes, listener, song_id, *reaction))]
        case Playlist(event_id=event, listener=listener, made_at=at, mood=mood, tracks=tracks):
            return [(PLAYLISTS, (event.bytes, listener, at.replace(tzinfo=None), mood, _json(tracks)))]


def _song(play: Play) -> Values:
    song, at = play.song, play.played_at.replace(tzinfo=None)
    named = tuple(getattr(song, column) for column in NAMED)
    by, heard = play.event_id.bytes, song.features is not None
    return (song.song_id, *named, *_heard(song), at, at if heard else None, by, by if heard else None)


def _heard(song: Song) -> Values:
    if song.features is None:
        return (None,) * len(HEARD)
    features = tuple(getattr(song.features, field) for field in FEATURES.values())
    return (*features, song.origin, song.extractor, _json(song.modelled), _json(song.estimates))


def _json(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()
