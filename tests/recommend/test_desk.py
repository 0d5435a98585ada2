"""Who is due for a playlist, and when."""

from datetime import datetime, timedelta

import pytest

from moodstream.errors import TransientError
from moodstream.messages import Classification
from moodstream.recommend.desk import AT_ONCE, Desk
from moodstream.recommend.library import Library
from moodstream.recommend.listener import Event, event
from tests.factories import NOON, make_classification, make_feedback, make_play, make_song


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def played(listener: str = "anna", number: int = 0) -> Classification:
    play = make_play(make_song(f"song-{number}"), listener=listener, played_at=NOON + timedelta(seconds=number))
    return make_classification(play)


class History:
    """What the database would have, and how often it was asked."""

    def __init__(self) -> None:
        self.events: dict[str, list[Event]] = {}
        self.asked: list[str] = []
        self.away = False

    def __call__(self, listener: str) -> list[Event]:
        if self.away:
            raise TransientError("away")
        self.asked.append(listener)
        return self.events.get(listener, [])


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def history() -> History:
    return History()


@pytest.fixture
def desk(clock: Clock, history: History) -> Desk:
    return Desk(Library(), history, 5.0, clock, most=100)


def deliver(desk: Desk) -> list[str]:
    playlists = desk.playlists()
    desk.delivered(playlists)
    return [playlist.listener for playlist in playlists]


def test_a_changed_picture_gives_a_playlist_at_once(desk: Desk) -> None:
    desk.take([played(), played(number=1), played("ben")])
    playlists = desk.playlists()
    assert [playlist.listener for playlist in playlists] == ["anna", "ben"]
    assert all(playlist.tracks and playlist.made_at == NOON for playlist in playlists)
    assert playlists[0].event_id == desk.picture("anna")


def test_nothing_new_gives_none(desk: Desk) -> None:
    assert desk.playlists() == []
    desk.take([played()])
    assert deliver(desk) == ["anna"]
    desk.take([played()])
    assert desk.playlists() == []


def test_further_changes_wait_for_their_time_and_are_not_forgotten(desk: Desk, clock: Clock) -> None:
    desk.take([played()])
    deliver(desk)
    desk.take([played(number=1)])
    clock.move(4.9)
    assert deliver(desk) == []
    desk.take([played("ben")])
    assert deliver(desk) == ["ben"]
    clock.move(0.2)
    assert deliver(desk) == ["anna"]
    assert deliver(desk) == []


def test_a_clock_that_is_put_back_silences_nobody(desk: Desk, clock: Clock) -> None:
    desk.take([played()])
    deliver(desk)
    clock.move(-3600)
    desk.take([played(number=1)])
    assert deliver(desk) == ["anna"]


def test_what_was_not_delivered_is_given_again(desk: Desk) -> None:
    desk.take([played()])
    first = desk.playlists()
    desk.take([played()])
    assert desk.playlists() == first


def test_a_change_between_making_and_delivery_is_still_due(desk: Desk, clock: Clock) -> None:
    desk.take([played()])
    playlists = desk.playlists()
    desk.take([played(number=1)])
    desk.delivered(playlists)
    assert desk.playlists() == []
    clock.move(5)
    assert deliver(desk) == ["anna"]


def test_the_same_events_give_the_same_playlist_in_another_process(history: History, clock: Clock) -> None:
    messages = [played(number=n) for n in range(10)] + [make_feedback(song_id="song-3")]
    playlists = []
    for order in (messages, messages[::-1]):
        desk = Desk(Library(), history, 5.0, clock)
        desk.take(order)
        playlists += desk.playlists()
    assert playlists[0].event_id == playlists[1].event_id
    assert {track.song_id for track in playlists[0].tracks} == {track.song_id for track in playlists[1].tracks}


def test_what_the_history_got_first_is_published_all_the_same(desk: Desk, history: History) -> None:
    history.events["anna"] = [event(played())]
    desk.take([played()])
    assert deliver(desk) == ["anna"]
    assert history.asked == ["anna"]
    assert desk.library.plays.tolist() == [0]  # the history has counted it


def test_what_is_remembered_is_not_news(desk: Desk, history: History) -> None:
    history.events["anna"] = [event(played())]
    assert desk.picture("anna")
    desk.take([played()])
    assert desk.playlists() == []


def test_what_is_owed_is_given_without_news(desk: Desk, history: History) -> None:
    history.events["anna"] = [event(played())]
    desk.owe(["anna"])
    assert deliver(desk) == ["anna"]
    assert deliver(desk) == []


def test_a_batch_whose_recall_failed_can_be_taken_again(desk: Desk, history: History) -> None:
    history.away = True
    with pytest.raises(TransientError):
        desk.take([played()])
    history.away = False
    desk.take([played()])
    assert deliver(desk) == ["anna"]


def test_playlists_are_made_some_at_a_time(desk: Desk) -> None:
    names = [f"listener-{number}" for number in range(AT_ONCE + 3)]
    desk.take([played(name) for name in names])
    assert deliver(desk) == names[:AT_ONCE]
    assert deliver(desk) == names[AT_ONCE:]


def test_who_was_forgotten_is_recalled_when_they_come_back(clock: Clock, history: History) -> None:
    desk = Desk(Library(), history, 5.0, clock, most=2)
    for name in ("anna", "ben"):
        desk.take([played(name)])
        deliver(desk)
    history.events["anna"] = [event(played("anna"))]
    desk.take([played("carl")])
    deliver(desk)
    desk.take([played("anna")])
    assert history.asked == ["anna", "ben", "carl", "anna"]
    assert deliver(desk) == ["anna"]


def test_no_more_events_are_remembered_than_were_allowed(clock: Clock, history: History) -> None:
    desk = Desk(Library(), history, 5.0, clock, events=5)
    for name in ("anna", "ben", "carl"):
        history.events[name] = [event(played(name, number)) for number in range(3)]
        desk.take([played(name, number=2)])
        deliver(desk)
    assert history.asked == ["anna", "ben", "carl"]
    desk.take([played("carl", number=3)])
    assert history.asked == ["anna", "ben", "carl"]
    desk.take([played("ben", number=3)])
    assert history.asked == ["anna", "ben", "carl", "ben"]


def test_whose_events_are_too_many_is_remembered_all_the_same(clock: Clock, history: History) -> None:
    desk = Desk(Library(), history, 5.0, clock, events=2)
    for number in range(4):
        desk.take([played(number=number)])
    assert deliver(desk) == ["anna"]
    assert history.asked == ["anna"]


def test_who_is_due_is_not_forgotten(clock: Clock, history: History) -> None:
    desk = Desk(Library(), history, 5.0, clock, most=2)
    names = [f"listener-{number}" for number in range(5)]
    desk.take([played(name) for name in names])
    assert sorted(deliver(desk)) == names


def test_plays_make_songs_known_and_popular_once(desk: Desk) -> None:
    desk.take([played(), played(), played("ben")])
    desk.take([played()])
    assert [song.song_id for song in desk.library.songs] == ["song-0"]
    assert desk.library.plays.tolist() == [2]
