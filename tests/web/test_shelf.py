"""The songs in memory: read aside, kept up to date, and served through an outage."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from moodstream.errors import TransientError
from moodstream.moods import Mood
from moodstream.recommend.listener import MOODS
from moodstream.settings import Settings
from moodstream.store.mysql import Cursor, Database
from moodstream.web.shelf import Shelf
from tests.factories import NOON, make_classification, make_features, make_play, make_song
from tests.integration.system import until
from tests.web.history import store


class Shaky(Database):
    """A database that can be taken away, and held up."""

    away = False
    slow = False

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        while self.slow:
            time.sleep(0.01)
        if self.away:
            raise TransientError("MySQL is away")
        with super().transaction() as cursor:
            yield cursor


@pytest.fixture
def database(database_settings: Settings) -> Shaky:
    return Shaky(database_settings, "dashboard")


@pytest.fixture
def shelf(database: Shaky) -> Iterator[Shelf]:
    shelf = Shelf(lambda: database, seconds=0.02)
    yield shelf
    shelf.close()


def seen(shelf: Shelf, look: Callable[..., object]) -> bool:
    try:
        with shelf.library() as library:
            return bool(look(library))
    except TransientError:
        return False


def test_songs_are_read_when_it_starts_and_their_changes_afterwards(shelf: Shelf, database_settings: Settings) -> None:
    play = make_play()
    store(database_settings, play, make_classification(play, mood=Mood.SAD))
    shelf.start()
    until(lambda: seen(shelf, lambda library: library.plays.tolist() == [1]))
    again = make_play(make_song(title="New title"), played_at=NOON + timedelta(hours=1))
    store(database_settings, again, make_classification(again, mood=Mood.CALM), make_play(make_song("song-2")))
    until(lambda: seen(shelf, lambda library: library.plays.tolist() == [2, 0]))
    with shelf.library() as library:
        assert [song.title for song in library.songs] == ["New title", "Title"]
        assert MOODS[library.moods[0]] is Mood.CALM


def test_plays_are_counted_once_however_often_they_are_seen(shelf: Shelf, database_settings: Settings) -> None:
    for number in range(5):
        play = make_play(played_at=NOON + timedelta(hours=number))
        store(database_settings, play, make_classification(play))
        if number == 0:
            shelf.start()
        until(lambda wanted=number + 1: seen(shelf, lambda library: library.plays.tolist() == [wanted]))
    time.sleep(0.1)
    assert seen(shelf, lambda library: library.plays.tolist() == [5])


def test_a_song_of_long_ago_that_is_told_late_is_seen(shelf: Shelf, database_settings: Settings) -> None:
    store(database_settings, make_play())
    shelf.start()
    until(lambda: seen(shelf, len))
    store(database_settings, make_play(make_song("old"), played_at=NOON - timedelta(days=3000)))
    until(lambda: seen(shelf, lambda library: library.slots(["old"])[0] == 1))


def test_while_songs_are_read_that_is_said_and_nothing_waits(shelf: Shelf, database: Shaky) -> None:
    database.slow = True
    started = time.monotonic()
    shelf.start()
    with (
        pytest.raises(TransientError, match=r"still being read from the history: 0 so far\. Try again"),
        shelf.library(),
    ):
        pass
    assert time.monotonic() - started < 1
    database.slow = False
    until(lambda: seen(shelf, lambda _: True))


def test_an_outage_at_the_start_is_said_and_survived(
    shelf: Shelf, database: Shaky, database_settings: Settings
) -> None:
    database.away = True
    store(database_settings, make_play())
    shelf.start()
    until(lambda: shelf.fault is not None)
    with pytest.raises(TransientError, match="MySQL is away"), shelf.library():
        pass
    database.away = False
    until(lambda: seen(shelf, lambda library: len(library) == 1))
    until(lambda: shelf.fault is None)


def test_through_an_outage_the_songs_are_served_as_they_were(
    shelf: Shelf, database: Shaky, database_settings: Settings
) -> None:
    store(database_settings, make_play())
    shelf.start()
    until(lambda: seen(shelf, len))
    database.away = True
    until(lambda: shelf.fault == "MySQL is away")
    store(database_settings, make_play(make_song("song-2")))
    assert seen(shelf, lambda library: len(library) == 1)
    database.away = False
    until(lambda: seen(shelf, lambda library: len(library) == 2))


def test_it_keeps_no_more_songs_than_it_may(database: Shaky, database_settings: Settings) -> None:
    plays = [make_play(make_song(f"song-{n}"), played_at=NOON + timedelta(hours=n)) for n in range(6)]
    store(database_settings, *plays[:5])
    shelf = Shelf(lambda: database, most=3, seconds=0.02)
    shelf.start()
    until(
        lambda: seen(shelf, lambda library: {song.song_id for song in library.songs} == {"song-2", "song-3", "song-4"})
    )
    store(database_settings, plays[5])
    until(
        lambda: seen(shelf, lambda library: {song.song_id for song in library.songs} == {"song-3", "song-4", "song-5"})
    )
    shelf.close()


def test_features_that_are_told_later_are_heard(shelf: Shelf, database_settings: Settings) -> None:
    store(database_settings, make_play(make_song(features=None)))
    shelf.start()
    until(lambda: seen(shelf, len))
    play = make_play(make_song(features=make_features(tempo=99.0)), played_at=NOON + timedelta(hours=1))
    store(database_settings, play, make_classification(play))
    until(lambda: seen(shelf, lambda library: library.tempos[0] == 99))


def test_what_began_to_be_read_is_let_go_of_when_it_closes(shelf: Shelf, database: Shaky) -> None:
    database.slow = True
    shelf.start()
    shelf.close()
    database.slow = False
    time.sleep(0.2)
    assert not seen(shelf, lambda _: True)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_where_it_ends_by_a_fault_no_old_songs_are_told(database_settings: Settings) -> None:
    class Broken(Database):
        """Answers until it is broken, by a fault that nobody foresaw."""

        broken = False

        @contextmanager
        def transaction(self) -> Iterator[Cursor]:
            if self.broken:
                raise ZeroDivisionError
            with super().transaction() as cursor:
                yield cursor

    database = Broken(database_settings, "dashboard")
    shelf = Shelf(lambda: database, seconds=0.02)
    store(database_settings, make_play())
    shelf.start()
    until(lambda: seen(shelf, len))
    database.broken = True
    until(lambda: not seen(shelf, len))
    with pytest.raises(TransientError, match="not followed any more"), shelf.library():
        pass
    database.close()
