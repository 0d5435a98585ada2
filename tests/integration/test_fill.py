"""The made-up history for benchmarks: whole, up to now, and counted."""

from datetime import UTC, datetime

import pytest

from benchmarks.fill import fill
from moodstream.errors import ConfigurationError
from moodstream.settings import Settings
from moodstream.store.mysql import Database
from moodstream.store.verify import verify

NOW = datetime(2026, 11, 21, 15, 30, 12, 345678, tzinfo=UTC)
KEYS = "SELECT COUNT(DISTINCT index_name) AS n FROM information_schema.statistics WHERE table_schema = DATABASE()"


def count(database: Database, rows: str) -> int:
    return int(database.query(f"SELECT COUNT(*) AS n FROM {rows}")[0]["n"])


def test_a_database_is_filled_with_a_history_that_ends_now_and_is_counted(database_settings: Settings) -> None:
    database = Database(database_settings, "connector")
    keys = database.query(KEYS)
    fill(database_settings, plays=5000, songs=300, listeners=20, days=30, now=NOW)
    assert database.query(KEYS) == keys
    expected = {"song_stream": 5000, "mood_classified": 5000, "songs": 300, "playlist_recommendations": 20}
    assert {table: count(database, table) for table in expected} == expected
    assert 300 < count(database, "user_feedback") < 700
    assert 0 < count(database, "user_feedback WHERE play_id IS NULL") < 50
    assert count(database, "song_stream p JOIN mood_classified m ON m.play_id = p.event_id") == 5000
    assert 0 < count(database, "mood_classified WHERE probabilities IS NOT NULL") < 2500
    times = database.query("SELECT MIN(played_at) AS oldest, MAX(played_at) AS newest FROM mood_classified")[0]
    assert times["newest"] == NOW.replace(tzinfo=None)
    assert (times["newest"] - times["oldest"]).days == 29
    assert [table for table in verify(database) if table.differences] == []


def test_a_history_that_is_there_is_not_filled_up(database_settings: Settings) -> None:
    fill(database_settings, plays=10, songs=2, listeners=1, days=1, now=NOW)
    with pytest.raises(ConfigurationError, match="not empty"):
        fill(database_settings, plays=10, songs=2, listeners=1, days=1, now=NOW)
