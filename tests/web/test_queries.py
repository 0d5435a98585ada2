"""What the page asks, on a real database."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from moodstream.errors import ConfigurationError, DataError
from moodstream.messages import Play, Track
from moodstream.moods import UNCLASSIFIED, Mood
from moodstream.settings import Settings
from moodstream.store import queries
from moodstream.store.mysql import Database
from tests.factories import NOON, make_classification, make_features, make_feedback, make_play, make_song
from tests.web.history import make_playlist, store, store_batch

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def database(database_settings: Settings) -> Iterator[Database]:
    database = Database(database_settings, "dashboard")
    yield database
    database.close()


def played(song_id: str, ago: timedelta, **more: object) -> Play:
    return make_play(make_song(song_id, **more), played_at=NOON - ago)


def test_an_empty_database_has_an_answer_to_everything(database: Database) -> None:
    assert queries.now_playing(database, NOON, "") == queries.Now((), False)
    assert queries.playlist(database, NOON, "") is None
    assert queries.agreement(database, NOON, "") == {}
    for range_ in queries.RANGES:
        assert queries.plays_by_mood(database, NOON, range_).plays == {}
        assert queries.sound_by_mood(database, NOON, range_) == {}
        assert queries.feedback_by_mood(database, NOON, range_) == {}


def test_a_database_without_tables_is_a_fault_of_the_settings(database_settings: Settings, database: Database) -> None:
    with Database(database_settings, "admin").transaction() as cursor:
        cursor.execute("DROP TABLE song_stream")
    with pytest.raises(ConfigurationError, match=r"mysql_connector\.py"):
        queries.now_playing(database, NOON, "")


def test_the_newest_play_comes_first_with_what_is_known_of_its_mood(
    database_settings: Settings, database: Database
) -> None:
    heard, unclassified, fresh = (played(name, MINUTE * ago) for name, ago in (("a", 9), ("b", 5), ("c", 1)))
    store(database_settings, heard, unclassified, fresh)
    store(database_settings, make_classification(heard), make_classification(unclassified, mood=None))
    now = queries.now_playing(database, NOON, "")
    assert now.playing
    assert [(play.played_at, play.heard, play.mood, play.reason) for play in now.plays] == [
        (fresh.played_at, False, None, None),
        (unclassified.played_at, True, None, "not known: tempo"),
        (heard.played_at, True, "Happy", None),
    ]


@pytest.mark.parametrize(("ago", "playing"), [(timedelta(seconds=59), True), (timedelta(seconds=61), False)])
def test_a_song_plays_for_as_long_as_it_lasts(
    database_settings: Settings, database: Database, ago: timedelta, playing: bool
) -> None:
    store(database_settings, played("a", ago, duration_ms=60_000))
    assert queries.now_playing(database, NOON, "").playing is playing


def test_plays_of_the_future_do_not_count_yet(database_settings: Settings, database: Database) -> None:
    tomorrow = played("a", -DAY)
    store(database_settings, tomorrow, make_classification(tomorrow), make_feedback(reacted_at=NOON + DAY))
    assert queries.now_playing(database, NOON, "").plays == ()
    assert queries.plays_by_mood(database, NOON, "all").plays == {}
    assert queries.feedback_by_mood(database, NOON, "all") == {}


@pytest.mark.parametrize(
    ("range_", "plays"), [("15m", 1), ("1h", 2), ("24h", 3), ("7d", 4), ("all", 5)], ids=lambda value: str(value)
)
def test_a_range_counts_what_lies_in_it(
    database_settings: Settings, database: Database, range_: str, plays: int
) -> None:
    for ago in (MINUTE, 50 * MINUTE, 20 * 60 * MINUTE, 6 * DAY, 400 * DAY):
        play = played(str(ago), ago)
        store(database_settings, play, make_classification(play))
    found = queries.plays_by_mood(database, NOON, range_)
    assert sum(found.plays["Happy"]) == plays
    assert found.window.buckets <= queries.BUCKETS + 1
    assert found.window.since + found.window.buckets * found.window.step > NOON


def test_plays_fall_into_the_bucket_of_their_time(database_settings: Settings, database: Database) -> None:
    for ago, mood in ((0 * MINUTE, Mood.CALM), (31 * MINUTE, Mood.CALM), (32 * MINUTE, None)):
        play = played(str(ago), ago)
        store(database_settings, play, make_classification(play, mood=mood))
    window, plays = queries.plays_by_mood(database, NOON, "24h")
    assert window.step == 30 * MINUTE
    assert window.since == NOON - DAY
    assert plays["Calm"][-3:] == [1, 0, 1]
    assert plays[UNCLASSIFIED][-3:] == [1, 0, 0]


def test_the_sound_of_a_mood_is_the_mean_over_its_plays(database_settings: Settings, database: Database) -> None:
    soft, loud = make_features(energy=0.2), make_features(energy=0.8, valence=None)
    for song_id, features, minutes in (("a", soft, 1), ("b", loud, 2), ("b", loud, 3)):
        play = played(song_id, MINUTE * minutes, features=features)
        store(database_settings, play, make_classification(play, mood=Mood.CALM))
    sound = queries.sound_by_mood(database, NOON, "1h")["Calm"]
    assert sound.plays == 3
    assert sound.means["energy"] == pytest.approx(0.6)
    assert sound.means["valence"] == pytest.approx(0.8)
    assert sound.means["instrumentalness"] is None


def test_feedback_counts_for_the_mood_of_its_play_or_else_of_its_song(
    database_settings: Settings, database: Database
) -> None:
    first, second = played("a", 3 * MINUTE), played("a", 2 * MINUTE)
    store(database_settings, first, make_classification(first, mood=Mood.SAD))
    store(database_settings, second, make_classification(second, mood=Mood.CALM))
    soon, later, unheard = NOON - 90 * timedelta(seconds=1), NOON - MINUTE, NOON - MINUTE / 2
    store(
        database_settings,
        make_feedback(song_id="a", play_id=first.event_id, reacted_at=soon),
        make_feedback(song_id="a", reaction="skip", reacted_at=later),
        make_feedback(song_id="unheard", reaction="dislike", reacted_at=unheard),
        make_feedback(song_id="a", reaction=None, mood=Mood.DARK, reacted_at=unheard),
    )
    assert queries.feedback_by_mood(database, NOON, "1h") == {
        "Sad": {"like": 1},
        "Calm": {"skip": 1},
        UNCLASSIFIED: {"dislike": 1},
    }


def test_the_newest_playlist_of_a_listener_is_found_and_of_the_first_where_none_is_chosen(
    database_settings: Settings, database: Database
) -> None:
    old, new = (Track(song_id=name, title=name, artist="x", score=1.0, reason="y") for name in ("old", "new"))
    store(
        database_settings,
        make_playlist(old, made_at=NOON - DAY, mood=Mood.CALM),
        make_playlist(new, made_at=NOON),
        make_playlist(listener="ben", made_at=NOON),
    )
    found = queries.playlist(database, NOON, "")
    assert found == queries.Suggested(("anna", "ben"), "anna", NOON, None, (new,))
    chosen = queries.playlist(database, NOON, "ben")
    assert chosen is not None
    assert chosen.listener == "ben"
    assert queries.playlist(database, NOON, "nobody") is None


def test_a_playlist_that_cannot_be_read_is_named(database_settings: Settings, database: Database) -> None:
    store(database_settings, make_playlist())
    with Database(database_settings, "connector").transaction() as cursor:
        cursor.execute("UPDATE playlist_recommendations SET tracks = '[{}]'")
    with pytest.raises(DataError, match="playlist of anna"):
        queries.playlist(database, NOON, "anna")


def test_batch_is_set_beside_what_real_time_said_last(database_settings: Settings, database: Database) -> None:
    for song_id, minutes, mood in (("a", 2, Mood.SAD), ("a", 1, Mood.CALM), ("b", 1, None), ("c", 1, Mood.DARK)):
        play = played(song_id, MINUTE * minutes)
        store(database_settings, play, make_classification(play, mood=mood))
    store_batch(database_settings, {"a": Mood.HAPPY}, model="old", run=1)
    store_batch(database_settings, {"a": Mood.CALM, "b": None, "unplayed": Mood.SAD}, model="new", run=2)
    assert queries.agreement(database, NOON, "") == {("Calm", "Calm"): 1, (UNCLASSIFIED, UNCLASSIFIED): 1}
