"""What the batch processor asks of the history, a page at a time, and the tables that it writes.

A page holds the rows whose key is greater than `after`, the last one of the page before; a page without rows is
the end. So no query grows with the history.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec

from moodstream.store.mysql import Database, Row
from moodstream.store.tables import FEATURES, Table, Values
from moodstream.store.writing import select, write

SONGS_A_PAGE, VERDICTS_A_PAGE, FEEDBACK_A_PAGE, PLAYLISTS_A_PAGE = 10_000, 5_000, 5_000, 500


def _told_anew(name: str, *columns: str) -> Table:
    return Table(name, columns, ", ".join(f"{column} = VALUES({column})" for column in columns))


BATCH_CLASSIFIED = _told_anew("batch_classified", "song_id", "model", "run_id", "mood", "confidence", "reason")
BATCH_RUNS = _told_anew("batch_runs", "run_id", "job", "started_at", "finished_at", "report")

FEEDBACK = f"""
SELECT f.event_id, f.reaction, f.mood AS corrected, COALESCE(
       (SELECT m.mood FROM mood_classified m WHERE m.play_id = f.play_id ORDER BY m.event_id DESC LIMIT 1),
       (SELECT m.mood FROM mood_classified m
         WHERE m.song_id = f.song_id AND m.mood IS NOT NULL ORDER BY m.event_id DESC LIMIT 1)) AS mood
  FROM user_feedback f
 WHERE f.event_id > %s ORDER BY f.event_id LIMIT {FEEDBACK_A_PAGE}
"""  # noqa: S608
CORRECTIONS = """
SELECT f.event_id, f.listener, f.song_id, f.mood, s.artist, {columns}
  FROM user_feedback f JOIN songs s ON s.song_id = f.song_id
 WHERE f.event_id > %s AND f.mood IS NOT NULL ORDER BY f.event_id LIMIT {page}
"""
PLAYLISTS = f"""
SELECT event_id, tracks FROM playlist_recommendations
 WHERE event_id > %s ORDER BY event_id LIMIT {PLAYLISTS_A_PAGE}
"""  # noqa: S608
# Ids sort by time, so the greatest is the newest.
VERDICTS = """
SELECT newest.song_id, heard.mood AS real_time, heard.model, batch.song_id IS NOT NULL AS in_batch, batch.mood AS batch
  FROM (SELECT song_id, MAX(event_id) AS event_id FROM mood_classified
         WHERE {condition} GROUP BY song_id ORDER BY song_id LIMIT {page}) AS newest
  JOIN mood_classified heard ON heard.event_id = newest.event_id
  LEFT JOIN batch_classified batch ON batch.song_id = newest.song_id AND batch.model = %s
 ORDER BY newest.song_id
"""
MODELS_CONFUSED = """
SELECT a.mood AS this, b.mood AS other, COUNT(*) AS songs
  FROM batch_classified a JOIN batch_classified b ON b.song_id = a.song_id AND b.model = %s
 WHERE a.model = %s GROUP BY a.mood, b.mood
"""
SPEED = """
SELECT COUNT(*) AS plays, COUNT(DISTINCT TIMESTAMPDIFF(SECOND, '1970-01-01', classified_at)) AS seconds
  FROM mood_classified
"""


def count(database: Database, table: str) -> int:
    """The number of rows of a table."""
    return int(database.query(f"SELECT COUNT(*) AS n FROM {table}")[0]["n"])  # noqa: S608


def features(database: Database, names: Sequence[str], after: str | None) -> list[Row]:
    """The ids of songs, and the given features of each, by their names in `messages.Features`."""
    condition, key = _greater("song_id", after)
    columns = ", ".join(f"{column} AS `{name}`" for column, name in FEATURES.items() if name in names)
    statement = f"SELECT song_id, {columns} FROM songs WHERE {condition} ORDER BY song_id LIMIT %s"  # noqa: S608
    return database.query(statement, (*key, SONGS_A_PAGE))


def feedback(database: Database, after: bytes | None) -> list[Row]:
    """What was said, with the `mood` of the play that it answers, or else the newest one of the song."""
    return database.query(FEEDBACK, (after or b"",))


def corrections(database: Database, after: bytes | None) -> list[Row]:
    """What listeners said the mood of a song is, from the oldest on, with the song's artist and features."""
    columns = ", ".join(f"s.{column} AS `{name}`" for column, name in FEATURES.items())
    return database.query(CORRECTIONS.format(columns=columns, page=FEEDBACK_A_PAGE), (after or b"",))


def playlists(database: Database, after: bytes | None) -> list[Row]:
    """Recommended playlists, with their `tracks` as JSON."""
    return database.query(PLAYLISTS, (after or b"",))


def verdicts(database: Database, model: str, since: datetime | None, after: str | None) -> list[Row]:
    """Songs that were played (since a time, naive UTC), with the newest mood of `real_time` and that of `batch`."""
    parameters: tuple[Any, ...]
    condition, parameters = _greater("song_id", after)
    if since is not None:
        condition, parameters = f"{condition} AND played_at >= %s", (*parameters, since)
    statement = VERDICTS.format(condition=condition, page=VERDICTS_A_PAGE)
    return database.query(statement, (*parameters, model))


def names(database: Database, song_ids: Collection[str]) -> dict[str, Row]:
    """`title` and `artist` of songs."""
    with database.transaction() as cursor:
        rows = select(cursor, "SELECT song_id, title, artist FROM songs WHERE song_id IN", song_ids)
    return {row["song_id"]: row for row in rows}


def batch_songs(database: Database, model: str) -> int:
    """How many songs the batch has said something of."""
    return int(database.query("SELECT COUNT(*) AS n FROM batch_classified WHERE model = %s", (model,))[0]["n"])


def batch_models(database: Database) -> list[str]:
    """The models that batch has used."""
    rows = database.query("SELECT DISTINCT model FROM batch_classified ORDER BY model")
    return [row["model"] for row in rows]


def models_confused(database: Database, model: str, other: str) -> list[Row]:
    """How many `songs` two models of the batch call what: `this` and `other`."""
    return database.query(MODELS_CONFUSED, (other, model))


def real_time_speed(database: Database, since: datetime | None) -> float | None:
    """Plays classified a second, over the seconds in which any was; None where there were none."""
    condition, parameters = ("WHERE played_at >= %s", (since,)) if since else ("", ())
    found = database.query(f"{SPEED} {condition}", parameters)[0]
    return float(found["plays"] / found["seconds"]) if found["seconds"] else None


def newest_report(database: Database, job: str) -> dict[str, Any] | None:
    """What a job last reported."""
    rows = database.query("SELECT report FROM batch_runs WHERE job = %s ORDER BY finished_at DESC LIMIT 1", (job,))
    return msgspec.json.decode(rows[0]["report"]) if rows else None


def store(database: Database, table: Table, rows: Sequence[Values]) -> None:
    """Write rows in one transaction; those that are there are told anew."""
    with database.transaction() as cursor:
        write(cursor, table, rows)


def _greater(column: str, after: str | None) -> tuple[str, tuple[str, ...]]:
    """No text is less than all ids: the empty one is padded with spaces, and a control character is less than those."""
    return ("TRUE", ()) if after is None else (f"{column} > %s", (after,))
