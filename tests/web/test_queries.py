"""What the live page asks, on a real database."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from moodstream.errors import ConfigurationError, DataError
from moodstream.messages import Play, Track
from moodstream.moods import UNCLASSIFIED, Mood
from moodstream.settings import Settings
from moodstream.store.mysql import Database
from moodstream.store.queries import feedback, hours, plane, sound
from moodstream.store.queries.choices import Choices, choices
from moodstream.store.queries.movement import movement
from moodstream.store.queries.now import Now, now_playing
from moodstream.store.queries.playlist import Suggested, playlist
from moodstream.store.queries.wanted import BUCKETS, RANGES, Wanted
from tests.factories import NOON, make_classification, make_features, make_feedback, make_play, make_song
from tests.web.history import make_playlist, store

SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))


@pytest.fixture
def database(database_settings: Settings) -> Iterator[Database]:
    database = Database(database_settings, "dashboard")
    yield database
    database.close()


def played(song_id: str, ago: timedelta, source: str = "simulate", listener: str = "anna", **more: object) -> Play:
    return make_play(make_song(song_id, **more), played_at=NOON - ago, source=source, listener=listener)


def store_moods(settings: Settings, moods: dict[Play, Mood | None]) -> None:
    store(settings, *moods, *(make_classification(play, mood=mood) for play, mood in moods.items()))


def counts(found: dict[str, list[int]]) -> dict[str, dict[int, int]]:
    """By mood, only the places where there is something."""
    return {mood: {n: count for n, count in enumerate(row) if count} for mood, row in found.items()}


def test_an_empty_database_has_an_answer_to_everything(database: Database) -> None:
    assert now_playing(database, NOON, Wanted()) == Now((), False, ())
    assert playlist(database, NOON, Wanted()) is None
    assert plane.plane(database, NOON, Wanted()) == plane.Plane((), 0)
    assert choices(database, NOON, Wanted()) == Choices((), ())
    for wanted in map(Wanted, RANGES):
        assert_nothing(database, wanted)


def test_a_range_that_holds_nothing_is_answered(database: Database) -> None:
    for since, until in (
        (NOON, NOON),
        (NOON, NOON - HOUR),
        (NOON + HOUR, NOON + DAY),
        (datetime.min.replace(tzinfo=UTC), None),
        (None, datetime.min.replace(tzinfo=UTC)),
        (datetime.max.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)),
    ):
        assert_nothing(database, Wanted(range="custom", since=since, until=until))


def assert_nothing(database: Database, wanted: Wanted) -> None:
    """Of what depends on a range of time."""
    assert movement(database, NOON, wanted).plays == {}
    assert hours.week(database, NOON, wanted).plays == {}
    assert sound.sound(database, NOON, wanted) == sound.Sound({}, False)
    assert feedback.feedback(database, NOON, wanted) == feedback.Feedback({}, False)


def test_a_database_without_tables_is_a_fault_of_the_settings(database_settings: Settings, database: Database) -> None:
    with Database(database_settings, "admin").transaction() as cursor:
        cursor.execute("DROP TABLE song_stream")
    with pytest.raises(ConfigurationError, match=r"mysql_connector\.py"):
        now_playing(database, NOON, Wanted())


def test_the_newest_play_comes_first_with_what_is_known_of_its_mood(
    database_settings: Settings, database: Database
) -> None:
    heard, unclassified, fresh = (played(name, MINUTE * ago) for name, ago in (("a", 9), ("b", 5), ("c", 1)))
    store(database_settings, heard, unclassified, fresh)
    told = {Mood.HAPPY: 0.7, Mood.CALM: 0.3}
    store(
        database_settings,
        make_classification(heard, probabilities=told),
        make_classification(unclassified, mood=None),
    )
    now = now_playing(database, NOON, Wanted())
    assert now.playing
    assert [(play.play_id, play.heard, play.mood, play.reason, play.probabilities) for play in now.plays] == [
        (str(fresh.event_id), False, None, None, {}),
        (str(unclassified.event_id), True, None, "not known: tempo", {}),
        (str(heard.event_id), True, "Happy", None, told),
    ]


@pytest.mark.parametrize(("ago", "playing"), [(59 * SECOND, True), (61 * SECOND, False)])
def test_a_song_plays_for_as_long_as_it_lasts(
    database_settings: Settings, database: Database, ago: timedelta, playing: bool
) -> None:
    store(database_settings, played("a", ago, duration_ms=60_000))
    assert now_playing(database, NOON, Wanted()).playing is playing


def test_what_its_listener_said_of_the_newest_play_is_known_in_order_and_once(
    database_settings: Settings, database: Database
) -> None:
    play = played("song-1", MINUTE)
    about = {"play_id": play.event_id}
    store(
        database_settings,
        play,
        make_feedback(reaction="skip", reacted_at=NOON, **about),
        make_feedback(reacted_at=NOON - 2 * SECOND, **about),
        make_feedback(reacted_at=NOON - SECOND, mood=Mood.CALM, **about),
        make_feedback(reaction="dislike", listener="ben", **about),
        make_feedback(reaction="replay"),
    )
    assert now_playing(database, NOON, Wanted()).said == ("like", "Calm", "skip")


def test_probabilities_that_cannot_be_read_are_named(database_settings: Settings, database: Database) -> None:
    play = played("a", MINUTE)
    store(database_settings, play, make_classification(play))
    with Database(database_settings, "connector").transaction() as cursor:
        cursor.execute("UPDATE mood_classified SET probabilities = '[1]'")
    with pytest.raises(DataError, match="newest play of Title"):
        now_playing(database, NOON, Wanted())


@pytest.fixture
def three(database_settings: Settings) -> None:
    """Three plays with a reaction to each: anna's from two sources, and ben's."""
    plays = {
        played("a", 3 * MINUTE): Mood.HAPPY,
        played("b", 2 * MINUTE, source="lastfm"): Mood.CALM,
        played("c", MINUTE, listener="ben"): Mood.SAD,
    }
    store_moods(database_settings, plays)  # type: ignore[arg-type]
    for play in plays:
        about = {"song_id": play.song.song_id, "play_id": play.event_id, "listener": play.listener}
        store(database_settings, make_feedback(reacted_at=play.played_at + SECOND, **about))


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("filters", "moods"),
    [
        ({}, {"Happy", "Calm", "Sad"}),
        ({"listener": "anna"}, {"Happy", "Calm"}),
        ({"source": "simulate"}, {"Happy", "Sad"}),
        ({"listener": "anna", "source": "simulate"}, {"Happy"}),
        ({"listener": "Anna"}, set()),
    ],
    ids=["none", "listener", "source", "both", "a name in capitals"],
)
@pytest.mark.parametrize("range_", ["1h", "all"])
def test_a_filter_holds_for_every_question(
    database: Database, filters: dict[str, str], moods: set[str], range_: str
) -> None:
    wanted = Wanted(range=range_, **filters)
    assert {play.mood for play in now_playing(database, NOON, wanted).plays} == moods
    assert {point.mood for point in plane.plane(database, NOON, wanted).points} == moods
    assert set(movement(database, NOON, wanted).plays) == moods
    assert set(hours.week(database, NOON, wanted).plays) == moods
    assert set(sound.sound(database, NOON, wanted).moods) == moods
    assert set(feedback.feedback(database, NOON, wanted).reactions) == moods


def test_plays_of_the_future_do_not_count_yet(database_settings: Settings, database: Database) -> None:
    for ahead in (2 * MINUTE, 2 * HOUR, DAY):
        play = played("a", -ahead)
        store_moods(database_settings, {play: Mood.HAPPY})
        store(database_settings, make_feedback(reacted_at=NOON + ahead))
    wanted = Wanted(range="all")
    assert now_playing(database, NOON, wanted).plays == ()
    assert plane.plane(database, NOON, wanted).points == ()
    assert sound.sound(database, NOON, wanted).moods == {}
    assert movement(database, NOON, wanted).plays == {}
    assert hours.week(database, NOON, wanted).plays == {}
    assert feedback.feedback(database, NOON, wanted).reactions == {}


@pytest.mark.parametrize(("range_", "plays"), [("15m", 1), ("1h", 2), ("24h", 3), ("7d", 4), ("all", 5)], ids=str)
def test_a_range_counts_what_lies_in_it(
    database_settings: Settings, database: Database, range_: str, plays: int
) -> None:
    for ago in (MINUTE, 50 * MINUTE, 20 * HOUR, 6 * DAY, 400 * DAY):
        play = played(str(ago), ago)
        store_moods(database_settings, {play: Mood.HAPPY})
        about = {"song_id": play.song.song_id, "play_id": play.event_id}
        store(database_settings, make_feedback(reacted_at=play.played_at, **about))
    found = movement(database, NOON, Wanted(range=range_))
    assert sum(found.plays["Happy"]) == plays
    assert found.window.buckets <= BUCKETS + 1
    assert found.window.since + found.window.buckets * found.window.step > NOON
    assert found.growing
    week = hours.week(database, NOON, Wanted(range=range_))
    assert (sum(week.plays["Happy"]), week.more) == (min(plays, 4), plays == 5)  # the fifth is older than half a year
    assert feedback.feedback(database, NOON, Wanted(range=range_)).reactions == {"Happy": {"like": plays}}
    assert sound.sound(database, NOON, Wanted(range=range_)).moods["Happy"].plays == plays


def test_a_range_of_ones_own_ends_before_the_minute_that_is_named(
    database_settings: Settings, database: Database
) -> None:
    store_moods(database_settings, {played(str(ago), ago * MINUTE): Mood.CALM for ago in (120, 90, 61, 60, 10)})
    wanted = Wanted(range="custom", since=NOON - 2 * HOUR, until=NOON - HOUR)
    found = movement(database, NOON, wanted)
    assert counts(dict(found.plays)) == {"Calm": {0: 1, 30: 1, 59: 1}}
    assert found.window.buckets == 60
    assert not found.growing
    assert sum(hours.week(database, NOON, wanted).plays["Calm"]) == 3


def test_the_last_hour_is_shown_minute_by_minute(database: Database) -> None:
    found = movement(database, NOON, Wanted(range="1h")).window
    assert (found.step, found.buckets) == (MINUTE, 61)


def test_what_was_played_before_the_range_does_not_count_though_its_step_began_before(
    database_settings: Settings, database: Database
) -> None:
    store_moods(database_settings, {played(str(ago), ago * HOUR): Mood.CALM for ago in (47, 45, 20)})
    wanted = Wanted(range="custom", since=NOON - 46 * HOUR - 30 * MINUTE)
    found = movement(database, NOON, wanted)
    assert sum(found.plays["Calm"]) == sum(hours.week(database, NOON, wanted).plays["Calm"]) == 2


def test_plays_fall_into_the_step_of_their_time(database_settings: Settings, database: Database) -> None:
    moods = {0: Mood.CALM, 31: Mood.CALM, 32: None}
    store_moods(database_settings, {played(str(ago), ago * MINUTE): mood for ago, mood in moods.items()})
    window, plays, _ = movement(database, NOON, Wanted(range="24h"))
    assert window.step == 30 * MINUTE
    assert window.since == NOON - DAY
    assert plays["Calm"][-3:] == [1, 0, 1]
    assert plays[UNCLASSIFIED][-3:] == [1, 0, 0]


def test_an_hour_of_the_week_is_that_of_the_readers_clock(database_settings: Settings, database: Database) -> None:
    store_moods(database_settings, {played("a", HOUR): Mood.SAD})  # Saturday 11:00 in UTC
    for zone, cell, minute in (
        ("UTC", 5 * 24 + 11, 0),
        ("Europe/Berlin", 5 * 24 + 12, 0),
        ("America/St_Johns", 5 * 24 + 7, 30),
        ("Asia/Kathmandu", 5 * 24 + 16, 45),
        ("Pacific/Kiritimati", 6 * 24 + 1, 0),
        ("Nowhere/At_All", 5 * 24 + 11, 0),
        ("../../etc/passwd", 5 * 24 + 11, 0),
    ):
        for range_ in ("24h", "all"):
            found = hours.week(database, NOON, Wanted(range=range_, zone=zone))
            assert (counts(dict(found.plays)), found.minute) == ({"Sad": {cell: 1}}, minute), zone


def test_summer_time_moves_the_hours_of_the_week(database_settings: Settings, database: Database) -> None:
    # Saturdays, each at 09:10 in UTC; in 2026 the clocks of Berlin go back on 25 October.
    for day in (datetime(2026, 10, 24, 9, 10, tzinfo=UTC), datetime(2026, 10, 31, 9, 10, tzinfo=UTC)):
        store_moods(database_settings, {make_play(played_at=day): Mood.SAD})
    found = hours.week(database, NOON, Wanted(range="all", zone="Europe/Berlin"))
    assert counts(dict(found.plays)) == {"Sad": {5 * 24 + 11: 1, 5 * 24 + 10: 1}}


def test_the_hour_of_the_change_is_told_on_both_of_its_sides(database_settings: Settings, database: Database) -> None:
    # On Sunday 25 October 2026 it is 02:00 to 03:00 twice in Berlin: from 00:00 and from 01:00 in UTC.
    change = datetime(2026, 10, 25, 1, tzinfo=UTC)
    for moment in (change - 2 * HOUR, change - HOUR, change, change + HOUR):
        store_moods(database_settings, {make_play(played_at=moment): Mood.SAD})
    found = hours.week(database, NOON, Wanted(range="all", zone="Europe/Berlin"))
    assert counts(dict(found.plays)) == {"Sad": {6 * 24 + 1: 1, 6 * 24 + 2: 2, 6 * 24 + 3: 1}}


def test_the_plane_has_arousal_where_it_was_heard_and_energy_elsewhere(
    database_settings: Settings, database: Database
) -> None:
    heard = make_features(energy=0.2, arousal=0.9)
    plays = {
        played("a", 3 * MINUTE, features=heard, origin="audio"): Mood.CALM,
        played("b", 2 * MINUTE, features=make_features(energy=0.3)): None,
        played("c", MINUTE, features=make_features(valence=None)): Mood.CALM,
        played("d", MINUTE / 2, features=None): Mood.CALM,
    }
    store_moods(database_settings, plays)
    found = plane.plane(database, NOON, Wanted())
    assert [(point.arousal, point.heard, point.mood) for point in found.points] == [
        (0.3, False, None),
        (0.9, True, "Calm"),
    ]
    assert found.unplaced == 2


def test_the_sound_of_a_mood_is_the_mean_over_its_plays(database_settings: Settings, database: Database) -> None:
    soft, loud = make_features(energy=0.2), make_features(energy=0.8, valence=None)
    moods = {
        played(song_id, MINUTE * minutes, features=features): Mood.CALM
        for song_id, features, minutes in (("a", soft, 1), ("b", loud, 2), ("b", loud, 3))
    }
    store_moods(database_settings, moods)  # type: ignore[arg-type]
    calm = sound.sound(database, NOON, Wanted()).moods["Calm"]
    assert calm.plays == 3
    assert calm.means["energy"] == pytest.approx(0.6)
    assert calm.means["valence"] == pytest.approx(0.8)
    assert calm.means["instrumentalness"] is None


def test_feedback_counts_for_the_mood_of_its_play_or_else_of_its_song(
    database_settings: Settings, database: Database
) -> None:
    first, second = played("a", 3 * MINUTE), played("a", 2 * MINUTE)
    store(database_settings, first, make_classification(first, mood=Mood.SAD))
    store(database_settings, second, make_classification(second, mood=Mood.CALM))
    soon, later, unheard = NOON - 90 * SECOND, NOON - MINUTE, NOON - MINUTE / 2
    store(
        database_settings,
        make_feedback(song_id="a", play_id=first.event_id, reacted_at=soon),
        make_feedback(song_id="a", reaction="skip", reacted_at=later),
        make_feedback(song_id="unheard", reaction="dislike", reacted_at=unheard),
        make_feedback(song_id="a", reaction=None, mood=Mood.DARK, reacted_at=unheard),
    )
    found = feedback.feedback(database, NOON, Wanted())
    assert found.reactions == {"Sad": {"like": 1}, "Calm": {"skip": 1}, UNCLASSIFIED: {"dislike": 1}}
    assert feedback.feedback(database, NOON, Wanted(source="simulate")).reactions == {"Sad": {"like": 1}}


def test_reactions_count_though_who_reacted_has_played_nothing(database_settings: Settings, database: Database) -> None:
    play = played("a", 3 * DAY)
    store_moods(database_settings, {play: Mood.SAD})
    about = {"song_id": "a", "play_id": play.event_id, "listener": "ben"}
    store(database_settings, make_feedback(reacted_at=NOON - 2 * DAY, **about))
    found = feedback.feedback(database, NOON, Wanted(range="all", listener="ben"))
    assert found.reactions == {"Sad": {"like": 1}}


def test_the_newest_playlist_is_found_of_all_or_of_a_listener(database_settings: Settings, database: Database) -> None:
    old, new = (Track(song_id=name, title=name, artist="x", score=1.0, reason="y") for name in ("old", "new"))
    store(
        database_settings,
        make_playlist(old, made_at=NOON - DAY, mood=Mood.CALM),
        make_playlist(new, made_at=NOON - HOUR),
        make_playlist(listener="ben", made_at=NOON),
    )
    newest = playlist(database, NOON, Wanted())
    assert newest is not None
    assert newest.listener == "ben"
    assert playlist(database, NOON, Wanted(listener="anna")) == Suggested("anna", NOON - HOUR, None, (new,))
    assert playlist(database, NOON, Wanted(listener="nobody")) is None


def test_a_playlist_that_cannot_be_read_is_named(database_settings: Settings, database: Database) -> None:
    store(database_settings, make_playlist())
    with Database(database_settings, "connector").transaction() as cursor:
        cursor.execute("UPDATE playlist_recommendations SET tracks = '[{}]'")
    with pytest.raises(DataError, match="playlist of anna"):
        playlist(database, NOON, Wanted(listener="anna"))


def test_one_can_choose_who_played_lately_first_and_every_source(
    database_settings: Settings, database: Database
) -> None:
    heard: list[tuple[str, timedelta, str]] = [
        ("anna", 9 * DAY, "lastfm"),
        ("ben", MINUTE, "simulate"),
        ("Ben", 2 * MINUTE, "folder"),
        ("cleo", DAY, "simulate"),
    ]
    moods: dict[Play, Any] = {played("a", ago, source, who): Mood.CALM for who, ago, source in heard}
    store_moods(database_settings, moods)
    assert choices(database, NOON, Wanted()) == Choices(
        ("Ben", "ben", "cleo", "anna"), ("folder", "lastfm", "simulate")
    )
