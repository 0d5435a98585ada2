"""What the pages Batch and System ask, on a real database."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from moodstream.errors import DataError
from moodstream.messages import Play
from moodstream.moods import UNCLASSIFIED, Mood
from moodstream.settings import Settings
from moodstream.store.mysql import Database
from moodstream.store.queries.agreement import Agreement, agreement
from moodstream.store.queries.disputes import SHOWN, Dispute, disputes
from moodstream.store.queries.drift import RUNS, Compared, drift
from moodstream.store.queries.letters import COUNTED, NEWEST, Letter, letters
from moodstream.store.queries.rollups import MINUTE
from moodstream.store.queries.throughput import MINUTES, throughput
from moodstream.store.queries.wanted import Wanted, naive
from tests.factories import NOON, make_classification, make_play, make_song
from tests.web.history import store, store_batch

REPORT = {"model": "rules-1", "window_seconds": None, "compared": 10, "agreed": 9, "kappa": 0.8, "others": []}


@pytest.fixture
def database(database_settings: Settings) -> Iterator[Database]:
    database = Database(database_settings, "dashboard")
    yield database
    database.close()


def hear(settings: Settings, song_id: str, *moods: Mood | None, minutes: int = 10) -> None:
    """Store plays of a song, a minute apart, with what real time called each."""
    for number, mood in enumerate(moods):
        play = make_play(make_song(song_id), played_at=NOON - (minutes - number) * MINUTE)
        store(settings, play, make_classification(play, mood=mood))


def store_run(settings: Settings, ago: timedelta, job: str = "compare", **report: Any) -> None:
    database = Database(settings, "batch")
    with database.transaction() as cursor:
        at = naive(NOON - ago)
        cursor.execute(
            "INSERT INTO batch_runs (run_id, job, started_at, finished_at, report) VALUES (%s, %s, %s, %s, %s)",
            (uuid4().bytes, job, at, at, json.dumps(REPORT | report)),
        )
    database.close()


def store_letters(settings: Settings, *letters: Letter) -> None:
    database = Database(settings, "connector")
    with database.transaction() as cursor:
        cursor.executemany(
            "INSERT INTO dead_letters (letter_id, sent_at, topic, partition_number, message_offset, service, reason) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [(uuid4().bytes, naive(letter.sent_at), *letter[1:]) for letter in letters],
        )
    database.close()


def make_letter(offset: int = 0, topic: str = "song_stream", **more: Any) -> Letter:
    defaults: dict[str, Any] = {"sent_at": NOON, "partition": 0, "service": "mysql_connector", "reason": "no JSON"}
    return Letter(**defaults | {"topic": topic, "offset": offset} | more)


def test_an_empty_database_has_an_answer_to_everything(database: Database) -> None:
    assert agreement(database, NOON, Wanted()) == Agreement({}, True)
    assert disputes(database, NOON, Wanted()) is None
    assert drift(database, NOON, Wanted()) == ()
    assert letters(database, NOON, Wanted()) == ({}, ())
    assert throughput(database, NOON, Wanted()) == (NOON - 60 * MINUTE, (0,) * 61)


def test_batch_is_set_beside_what_real_time_said_last(database_settings: Settings, database: Database) -> None:
    hear(database_settings, "a", Mood.SAD, Mood.CALM)
    hear(database_settings, "b", None)
    hear(database_settings, "c", Mood.DARK)
    store_batch(database_settings, {"a": Mood.HAPPY}, model="old", run=1)
    store_batch(database_settings, {"a": Mood.CALM, "b": None, "unplayed": Mood.SAD}, model="new", run=2)
    found = agreement(database, NOON, Wanted())
    assert found == Agreement({("Calm", "Calm"): 1, (UNCLASSIFIED, UNCLASSIFIED): 1}, True)


def test_disputes_are_the_songs_with_two_moods_and_the_most_played_come_first(
    database_settings: Settings, database: Database
) -> None:
    hear(database_settings, "once", Mood.SAD)
    hear(database_settings, "twice", Mood.SAD, Mood.CALM)
    hear(database_settings, "agreed", Mood.DARK, Mood.DARK, Mood.DARK)
    hear(database_settings, "unclassified", None)
    told = {"once": Mood.HAPPY, "twice": Mood.DARK, "agreed": Mood.DARK, "unclassified": Mood.SAD}
    store_batch(database_settings, told, run=2)
    store_batch(database_settings, dict.fromkeys(told, Mood.NEUTRAL), model="old", run=1)
    twice, once = disputes(database, NOON, Wanted()) or ()
    assert twice == Dispute("twice", "Title", "Artist", 2, "Calm", "Dark", None)
    assert once.song_id == "once"
    assert disputes(database, NOON, Wanted(mood="Happy")) == (once,)
    assert disputes(database, NOON, Wanted(mood="Calm")) == (twice,)
    assert disputes(database, NOON, Wanted(mood="Neutral")) == ()


def test_no_more_disputes_are_told_than_a_page_shows(database_settings: Settings, database: Database) -> None:
    plays = [make_play(make_song(f"song-{number:03}")) for number in range(SHOWN + 5)]
    store(database_settings, *plays, *(make_classification(play, mood=Mood.SAD) for play in plays))
    store_batch(database_settings, {play.song.song_id: Mood.CALM for play in plays})
    assert len(disputes(database, NOON, Wanted()) or ()) == SHOWN


def test_comparisons_come_oldest_first_and_other_jobs_do_not_count(
    database_settings: Settings, database: Database
) -> None:
    store_run(database_settings, 1 * MINUTE, agreed=8, kappa=None, window_seconds=60.0)
    store_run(database_settings, 2 * MINUTE)
    store_run(database_settings, 3 * MINUTE, job="classify")
    store_run(database_settings, -1 * MINUTE)
    assert drift(database, NOON, Wanted()) == (
        Compared(NOON - 2 * MINUTE, "rules-1", None, 10, 9, 0.8),
        Compared(NOON - 1 * MINUTE, "rules-1", 60.0, 10, 8, None),
    )


def test_only_the_newest_comparisons_are_told(database_settings: Settings, database: Database) -> None:
    for number in range(RUNS + 3):
        store_run(database_settings, number * MINUTE)
    found = drift(database, NOON, Wanted())
    assert (len(found), found[-1].at) == (RUNS, NOON)


def test_a_comparison_that_cannot_be_read_is_named(database_settings: Settings, database: Database) -> None:
    store_run(database_settings, MINUTE, compared="many")
    with pytest.raises(DataError, match="2026-11-21 11:59 UTC"):
        drift(database, NOON, Wanted())


def test_plays_are_counted_in_their_minute_for_everybody_together(
    database_settings: Settings, database: Database
) -> None:
    now = NOON + timedelta(seconds=30)

    def played(listener: str, ago: timedelta) -> Play:
        return make_play(listener=listener, played_at=now - ago)

    plays = [
        played("anna", timedelta(seconds=1)),
        played("anna", timedelta(seconds=40)),
        played("ben", timedelta(seconds=50)),
        played("ben", MINUTES * MINUTE),
        played("ben", (MINUTES + 1) * MINUTE),
        played("ben", -2 * MINUTE),
    ]
    moods = (Mood.SAD, Mood.CALM, None, Mood.SAD, Mood.SAD, Mood.SAD)
    store(database_settings, *plays, *(make_classification(p, mood=m) for p, m in zip(plays, moods, strict=True)))
    found = throughput(database, now, Wanted())
    assert found.since == NOON - MINUTES * MINUTE
    assert (found.plays[0], found.plays[-2], found.plays[-1], sum(found.plays)) == (1, 2, 1, 4)


def test_the_newest_letters_are_told_and_all_are_counted(database_settings: Settings, database: Database) -> None:
    many = [make_letter(number, sent_at=NOON - number * MINUTE) for number in range(NEWEST + 1)]
    other = make_letter(7, "user_feedback", sent_at=NOON + MINUTE, reason="<script>")
    store_letters(database_settings, *many, other)
    found = letters(database, NOON, Wanted())
    assert found.by_topic == {"song_stream": NEWEST + 1, "user_feedback": 1}
    assert found.newest == (other, *many[: NEWEST - 1])


def test_a_flood_of_letters_is_not_counted_to_its_end(database_settings: Settings, database: Database) -> None:
    store_letters(database_settings, *(make_letter(number) for number in range(COUNTED + 10)))
    assert letters(database, NOON, Wanted()).by_topic == {"song_stream": COUNTED}
