"""What recommending asks of a real history: songs, and which of them changed."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from moodstream.moods import Mood
from moodstream.settings import Settings
from moodstream.store import history
from moodstream.store.mysql import Database
from tests.factories import NOON, make_classification, make_features, make_play, make_song
from tests.web.history import store


@pytest.fixture
def database(database_settings: Settings) -> Database:
    return Database(database_settings, "dashboard")


def ids(changes: object) -> set[str]:
    return {change.song_id for change in changes}  # type: ignore[attr-defined]


def test_a_song_comes_with_all_that_is_known_of_it(database: Database, database_settings: Settings) -> None:
    features = make_features(arousal=0.25, instrumentalness=0.5, key=3)
    song = make_song("song-1", genre="Hip Hop", duration_ms=1000, features=features, origin="audio")
    first, second = make_play(song), make_play(song, listener="ben", played_at=NOON + timedelta(hours=1))
    store(database_settings, first, second, make_play(make_song("song-2", features=None)))
    store(database_settings, make_classification(first, mood=Mood.SAD), make_classification(second, mood=Mood.CALM))
    known, unheard = history.songs(database, 10)
    assert known.song == song
    assert (known.mood, known.plays, known.at) == (Mood.CALM, 2, NOON + timedelta(hours=1))
    assert (unheard.song.features, unheard.mood, unheard.plays) == (None, None, 0)


def test_the_songs_that_were_named_last_are_told_page_by_page(database: Database, database_settings: Settings) -> None:
    names = ["\x01", "A", "a", "b", "é", "日"]
    store(
        database_settings,
        *(make_play(make_song(name), played_at=NOON + timedelta(n)) for n, name in enumerate(names)),
    )
    assert {known.song.song_id for known in history.songs(database, 6)} == set(names)
    assert {known.song.song_id for known in history.songs(database, 4)} == set(names[2:])


def test_what_changed_is_told_by_when_it_was_written_and_not_by_when_it_was_played(
    database: Database, database_settings: Settings
) -> None:
    since = history.now(database)
    assert abs(since.replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(minutes=1)
    old = make_play(make_song("song-1"), played_at=NOON - timedelta(days=3000))
    store(database_settings, old)
    assert ids(history.changed(database, since)) == {"song-1"}
    time.sleep(0.01)
    since = history.now(database)
    assert ids(history.changed(database, since)) == set()
    store(database_settings, old, make_play(make_song("song-2")))
    assert ids(history.changed(database, since)) == {"song-2"}
    time.sleep(0.01)
    since = history.now(database)
    store(database_settings, make_classification(old, mood=Mood.DARK))
    assert ids(history.changed(database, since)) == {"song-1"}


def test_every_change_is_told_however_many_there_are_at_once(database: Database, database_settings: Settings) -> None:
    since, number = history.now(database), 2 * history.PAGE + 3
    plays = [make_play(make_song(f"song-{n}")) for n in range(number)]
    store(database_settings, *plays)
    changes = list(history.changed(database, since))
    assert len(changes) == number
    assert ids(changes) == {play.song.song_id for play in plays}
    assert len(list(history.songs(database, number))) == number


def test_songs_are_told_by_their_ids(database: Database, database_settings: Settings) -> None:
    store(database_settings, *(make_play(make_song(name)) for name in "abc"))
    assert {known.song.song_id for known in history.by_id(database, ["a", "c", "z"])} == {"a", "c"}
    assert history.by_id(database, []) == []
