"""What the API asks of one listener, on a real database."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from moodstream.errors import DataError
from moodstream.messages import Play
from moodstream.moods import Mood
from moodstream.settings import Settings
from moodstream.store.mysql import Database
from moodstream.store.queries import artists, days, listener, places, playlists
from moodstream.store.queries.places import Place, Span
from moodstream.store.queries.wanted import EPOCH
from tests.factories import NOON, make_classification, make_features, make_feedback, make_play, make_song
from tests.web.history import make_playlist, store

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ALL = Span(EPOCH, NOON)


@pytest.fixture
def database(database_settings: Settings) -> Iterator[Database]:
    database = Database(database_settings, "dashboard")
    yield database
    database.close()


def played(number: int, *, ago: timedelta | None = None, listener: str = "anna", **song: Any) -> Play:
    at = NOON - (number * MINUTE if ago is None else ago)
    return make_play(make_song(f"song-{number}", **song), played_at=at, listener=listener)


def ids(found: list[Any]) -> list[UUID]:
    return [one.place.event_id for one in found]


def test_the_newest_plays_have_their_mood_a_reason_or_are_waited_for(
    database: Database, database_settings: Settings
) -> None:
    heard, silent, waiting = played(1), played(2), played(3)
    told = make_classification(heard, mood=Mood.CALM, classified_at=NOON)
    store(database_settings, heard, silent, waiting, told, make_classification(silent, mood=None))
    store(database_settings, played(0, ago=-MINUTE), played(4, listener="Anna"))
    found = listener.newest(database, "anna", NOON, 50)
    assert [play.play_id for play in found] == [heard.event_id, silent.event_id, waiting.event_id]
    assert [(play.heard, play.mood) for play in found] == [(True, "Calm"), (True, None), (False, None)]
    assert (found[0].classified_at, found[0].confidence, found[0].model) == (NOON, 0.75, "rules-1")
    assert (found[0].valence, found[0].arousal, found[0].told_by_sound) == (0.8, 0.7, False)
    assert found[1].reason == "not known: tempo"
    assert listener.newest(database, "anna", NOON, 1) == found[:1]
    known = [listener.known(database, who) for who in ("anna", "Anna", "nobody", "\0")]
    assert known == [True, True, False, False]


def test_pages_neither_repeat_nor_leave_out_while_plays_come_in(
    database: Database, database_settings: Settings
) -> None:
    # Several at the very same time: the id tells them apart.
    plays = [played(number, ago=(number // 3) * MINUTE) for number in range(10)]
    store(database_settings, *plays)
    told: list[UUID] = []
    span = ALL
    while page := listener.plays(database, "anna", span, 2):
        told += ids(page)
        span = span._replace(after=page[-1].place)
        new = [played(100 + len(told), ago=timedelta(0)), played(200 + len(told), ago=-MINUTE)]
        store(database_settings, *new)
    assert sorted(told) == sorted(play.event_id for play in plays)
    assert told == sorted(told, key=lambda one: one.int >> 80, reverse=True)


def test_a_span_bounds_the_pages(database: Database, database_settings: Settings) -> None:
    plays = [played(number) for number in range(6)]
    store(database_settings, *plays)
    span = Span(NOON - 4 * MINUTE, NOON - 2 * MINUTE)
    found = listener.plays(database, "anna", span, 500)
    assert ids(found) == [play.event_id for play in plays[2:5]]
    assert ids(listener.plays(database, "anna", span._replace(after=found[0].place), 500)) == ids(found[1:])
    assert listener.plays(database, "anna", Span(NOON, EPOCH), 500) == []
    early = datetime.min.replace(tzinfo=UTC)
    assert len(listener.plays(database, "anna", Span(early, NOON), 500)) == 6


@pytest.mark.parametrize("at", [EPOCH, NOON, NOON + timedelta(microseconds=1), datetime(2200, 1, 1, tzinfo=UTC)])
def test_a_place_is_read_as_it_was_written(at: datetime) -> None:
    for event_id in (UUID(int=0), UUID(int=2**128 - 1)):
        assert places.read(Place(at, event_id).text()) == Place(at, event_id)


@pytest.mark.parametrize("text", ["", "x", "2" + "0" * 45, "1" * 45, "1" * 47, "1" * 46 + "\n", "1" * 45 + "G"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="next"):
        places.read(text)


def test_whatever_looks_like_a_place_can_be_asked_for(database: Database) -> None:
    for text in ("0" * 46, "1" + "f" * 45):
        assert listener.plays(database, "anna", ALL._replace(after=places.read(text)), 5) == []


def test_artists_are_ordered_by_what_was_played_and_said_of_late(
    database: Database, database_settings: Settings
) -> None:
    often = [played(number, artist="Often") for number in range(3)]
    liked, skipped, old = (
        played(11, artist="Liked"),
        played(12, artist="Skipped"),
        played(13, ago=90 * DAY, artist="Old"),
    )
    nobody = played(14, artist="")
    store(database_settings, *often, liked, skipped, old, nobody)
    said = [("song-11", "like"), ("song-12", "skip"), ("song-0", "dislike"), ("song-0", "replay"), ("gone", "like")]
    store(database_settings, *(make_feedback(song_id=song, reaction=reaction) for song, reaction in said))
    store(database_settings, make_feedback(song_id="song-11", reaction=None, mood=Mood.SAD))
    found = artists.favourites(database, "anna", NOON)
    assert [one.artist for one in found.artists] == ["Liked", "Often", "Old", "Skipped"]
    best, second, third, last = found.artists
    assert (best.plays, best.likes, best.skips, best.newest_at) == (1, 1, 0, liked.played_at)
    assert (second.plays, second.dislikes, second.replays) == (3, 1, 1)
    assert best.score == pytest.approx(1.1, abs=1e-3)
    assert second.score == pytest.approx(3 * 0.1 - 1 + 0.8, abs=1e-3)
    assert third.score == pytest.approx(0.1 / 8, abs=1e-6)
    assert (last.skips, last.score) == (1, pytest.approx(-0.4, abs=1e-3))
    assert (found.plays, found.without_artist, found.since) == (7, 1, old.played_at)


def test_a_listener_without_plays_has_no_artists(database: Database) -> None:
    assert artists.favourites(database, "nobody", NOON) == artists.Favourites((), 0, 0, None)


def test_playlists_come_in_pages_newest_first(database: Database, database_settings: Settings) -> None:
    made = [make_playlist(made_at=NOON - number * MINUTE, mood=Mood.CALM) for number in range(3)]
    store(database_settings, *made, make_playlist(listener="bela"))
    found = playlists.playlists(database, "anna", ALL, 2)
    assert ids(found) == [one.event_id for one in made[:2]]
    assert (found[0].mood, found[0].tracks) == ("Calm", made[0].tracks)
    assert ids(playlists.playlists(database, "anna", ALL._replace(after=found[-1].place), 2)) == [made[2].event_id]


def test_a_playlist_that_cannot_be_read_is_named(database: Database, database_settings: Settings) -> None:
    store(database_settings, make_playlist())
    writer = Database(database_settings, "connector")
    writer.query("UPDATE playlist_recommendations SET tracks = '[1]'")
    writer.close()
    with pytest.raises(DataError, match="cannot be read"):
        playlists.playlists(database, "anna", ALL, 2)


def test_a_day_is_the_mean_of_its_plays_and_today_is_left_out(database: Database, database_settings: Settings) -> None:
    def song(number: int, ago: timedelta, valence: float | None) -> Play:
        return played(number, ago=ago, features=make_features(valence=valence))

    sad, glad = song(1, DAY, 0.2), song(2, DAY, 0.8)
    again = make_play(sad.song, played_at=NOON - DAY - MINUTE)
    unknown, today = song(3, 3 * DAY, None), song(4, MINUTE, 1.0)
    ancient = song(5, 800 * DAY, 0.5)
    store(database_settings, sad, glad, again, unknown, today, ancient)
    found = days.days(database, "anna", NOON)
    assert found.today == date(2026, 11, 21)
    assert found.plays == 4
    assert found.means["valence"] == [days.Mean(date(2026, 11, 20), pytest.approx(0.4), 3)]
    assert [mean.day.day for mean in found.means["energy"]] == [18, 20]
    assert found.means["loudness"] == []
    assert days.days(database, "nobody", NOON).plays == 0
