"""What the page asks of the database. Each question walks an index, within a range of time or to a number of rows.

Times go in and come out as aware UTC; the database keeps them naive. Plays that are dated later than now
do not count yet.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from moodstream.errors import DataError
from moodstream.messages import Track
from moodstream.moods import UNCLASSIFIED
from moodstream.store.mysql import Database

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RECENT_PLAYS = 7
STILL_PLAYING = timedelta(minutes=10)
LISTENERS = 100
# Enough that a mean or a share moves by less than its last shown digit, and quick however long the history.
SAMPLE = 10_000
BUCKETS = 60
STEPS = [timedelta(seconds=s) for s in (30, 120, 300, 900, 1800, 3600, 10800, 43200)] + [
    timedelta(days=d) for d in (1, 7, 28, 364)
]
SOUND = ("valence", "danceability", "energy", "instrumentalness", "acousticness")


class Range(NamedTuple):
    """A choice of time: its name on a button and in a sentence, and how far it goes back (None: to the start)."""

    label: str
    phrase: str
    span: timedelta | None


RANGES = {
    "15m": Range("15 min", "in the last 15 minutes", timedelta(minutes=15)),
    "1h": Range("1 h", "in the last hour", timedelta(hours=1)),
    "24h": Range("24 h", "in the last 24 hours", timedelta(hours=24)),
    "7d": Range("7 d", "in the last 7 days", timedelta(days=7)),
    "all": Range("all", "so far", None),
}


class Window(NamedTuple):
    """A range cut into `buckets` steps, each beginning at a whole multiple of `step` since 1970."""

    since: datetime
    step: timedelta
    buckets: int


class Played(NamedTuple):
    """A play. Without `heard` the classifier has not spoken yet; with it, there is a mood or a reason for none."""

    title: str
    artist: str
    listener: str
    played_at: datetime
    heard: bool
    mood: str | None
    confidence: float | None
    reason: str | None


class Now(NamedTuple):
    """The newest plays, newest first, and whether the first may still be sounding."""

    plays: tuple[Played, ...]
    playing: bool


class Movement(NamedTuple):
    """How many plays each mood has in each bucket of a window."""

    window: Window
    plays: Mapping[str, list[int]]


class Sound(NamedTuple):
    """Of how many plays a mood's features are known, and the mean of each; None where a feature never is."""

    plays: int
    means: Mapping[str, float | None]


class Suggested(NamedTuple):
    """The newest playlist of one listener, and all whose turn it could be."""

    listeners: tuple[str, ...]
    listener: str
    made_at: datetime
    mood: str | None
    tracks: tuple[Track, ...]


def window(database: Database, now: datetime, range_: str) -> Window:
    """The window of a range that ends now, at a resolution that fits: at most `BUCKETS` steps, and a bit."""
    span = RANGES[range_].span
    if span is None:
        oldest = database.query("SELECT MIN(played_at) AS oldest FROM mood_classified")[0]["oldest"]
        span = max(now - _aware(oldest), timedelta(0)) if oldest else timedelta(0)
    step = next((step for step in STEPS if span <= BUCKETS * step), STEPS[-1])
    since = EPOCH + (now - span - EPOCH) // step * step
    return Window(since, step, (now - since) // step + 1)


def now_playing(database: Database, now: datetime, _: str) -> Now:
    """The newest plays of everybody."""
    rows = database.query(
        """
        SELECT COALESCE(s.title, p.song_id) AS title, COALESCE(s.artist, '') AS artist, p.listener, p.played_at,
               s.duration_ms, m.event_id IS NOT NULL AS heard, m.mood, m.confidence, m.reason
        FROM (SELECT event_id, listener, song_id, played_at FROM song_stream
              WHERE played_at <= %s ORDER BY played_at DESC LIMIT %s) p
        LEFT JOIN songs s ON s.song_id = p.song_id
        LEFT JOIN mood_classified m ON m.play_id = p.event_id
        ORDER BY p.played_at DESC, p.event_id DESC
        """,
        (_naive(now), RECENT_PLAYS),
    )
    lasts = [row.pop("duration_ms") for row in rows]
    plays = tuple(Played(**row | {"played_at": _aware(row["played_at"]), "heard": bool(row["heard"])}) for row in rows)
    length = timedelta(milliseconds=lasts[0]) if lasts and lasts[0] else STILL_PLAYING
    return Now(plays, bool(plays) and now - plays[0].played_at <= length)


def plays_by_mood(database: Database, now: datetime, range_: str) -> Movement:
    """Plays over time by mood; what has no mood counts as unclassified."""
    since, step, buckets = found = window(database, now, range_)
    rows = database.query(
        """
        SELECT mood, TIMESTAMPDIFF(SECOND, %s, played_at) DIV %s AS bucket, COUNT(*) AS plays
        FROM mood_classified WHERE played_at >= %s AND played_at <= %s
        GROUP BY mood, bucket
        """,
        (_naive(since), int(step.total_seconds()), _naive(since), _naive(now)),
    )
    plays: dict[str, list[int]] = {}
    for row in rows:
        plays.setdefault(row["mood"] or UNCLASSIFIED, [0] * buckets)[row["bucket"]] = row["plays"]
    return Movement(found, plays)


def sound_by_mood(database: Database, now: datetime, range_: str) -> dict[str, Sound]:
    """The mean features of each mood, over the newest `SAMPLE` plays of the range."""
    means = ", ".join(f"AVG(s.{name}) AS {name}" for name in SOUND)
    rows = database.query(
        f"""
        SELECT p.mood, COUNT(*) AS plays, {means}
        FROM (SELECT song_id, mood FROM mood_classified
              WHERE played_at >= %s AND played_at <= %s ORDER BY played_at DESC LIMIT %s) p
        JOIN songs s ON s.song_id = p.song_id
        WHERE p.mood IS NOT NULL
        GROUP BY p.mood
        """,  # noqa: S608  the names are ours
        (*_between(now, range_), SAMPLE),
    )
    return {row.pop("mood"): Sound(row.pop("plays"), row) for row in rows}


def feedback_by_mood(database: Database, now: datetime, range_: str) -> dict[str, dict[str, int]]:
    """How often each reaction met each mood, in the newest `SAMPLE` reactions of the range.

    The mood is that of the play that the reaction answers, or else of the song as it was last heard.
    """
    rows = database.query(
        """
        SELECT mood, reaction, COUNT(*) AS reactions
        FROM (
            SELECT f.reaction, IF(p.event_id IS NOT NULL, p.mood, (
                SELECT l.mood FROM mood_classified l
                WHERE l.event_id = (SELECT MAX(m.event_id) FROM mood_classified m WHERE m.song_id = f.song_id)
            )) AS mood
            FROM (SELECT play_id, song_id, reaction FROM user_feedback
                  WHERE reacted_at >= %s AND reacted_at <= %s AND reaction IS NOT NULL
                  ORDER BY reacted_at DESC LIMIT %s) f
            LEFT JOIN mood_classified p ON p.play_id = f.play_id
        ) met
        GROUP BY mood, reaction
        """,
        (*_between(now, range_), SAMPLE),
    )
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row["mood"] or UNCLASSIFIED, {})[row["reaction"]] = row["reactions"]
    return found


def playlist(database: Database, _: datetime, listener: str) -> Suggested | None:
    """The newest playlist of a listener, or of the first by name where none is chosen.

    Raises:
        DataError: its tracks are not what the playlist manager writes.
    """
    names = database.query(
        "SELECT listener FROM playlist_recommendations GROUP BY listener ORDER BY MAX(made_at) DESC LIMIT %s",
        (LISTENERS,),
    )
    listeners = tuple(sorted(row["listener"] for row in names))
    rows = database.query(
        """
        SELECT listener, made_at, mood, tracks FROM playlist_recommendations
        WHERE listener = %s ORDER BY made_at DESC LIMIT 1
        """,
        (listener or (listeners[0] if listeners else ""),),
    )
    if not rows:
        return None
    try:
        tracks = msgspec.json.decode(rows[0]["tracks"], type=tuple[Track, ...])
    except msgspec.DecodeError as error:
        raise DataError(f"The newest playlist of {rows[0]['listener']} cannot be read: {error}") from error
    return Suggested(listeners, rows[0]["listener"], _aware(rows[0]["made_at"]), rows[0]["mood"], tracks)


def agreement(database: Database, _: datetime, __: str) -> dict[tuple[str, str], int]:
    """How many songs real time (as last heard) and batch (its newest model) call what, as (real time, batch)."""
    rows = database.query(
        """
        SELECT r.mood AS live, b.mood AS batch, COUNT(*) AS songs
        FROM batch_classified b
        JOIN (SELECT song_id, MAX(event_id) AS event_id FROM mood_classified GROUP BY song_id) l USING (song_id)
        JOIN mood_classified r ON r.event_id = l.event_id
        WHERE b.model = (SELECT model FROM batch_classified ORDER BY run_id DESC LIMIT 1)
        GROUP BY r.mood, b.mood
        """
    )
    return {(row["live"] or UNCLASSIFIED, row["batch"] or UNCLASSIFIED): row["songs"] for row in rows}


def _between(now: datetime, range_: str) -> tuple[datetime, datetime]:
    span = RANGES[range_].span
    return _naive(now - span if span else EPOCH), _naive(now)


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _aware(moment: Any) -> datetime:
    return datetime.fromisoformat(str(moment)).replace(tzinfo=UTC)
