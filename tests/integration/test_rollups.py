"""The roll-ups are what the base tables say, whatever comes, in whatever order, however often, and from how many."""

import random
import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mysql_connector
from moodstream.errors import MoodstreamError, TransientError
from moodstream.messages import TOPIC_OF, Classification, Message, derived_id
from moodstream.moods import Mood
from moodstream.records import Received
from moodstream.settings import Settings
from moodstream.store import counting, tables
from moodstream.store.migrate import migrate, read
from moodstream.store.mysql import Database
from moodstream.store.rebuild import ALONE, rebuild
from moodstream.store.recount import SUBJECTS
from moodstream.store.sink import Sink
from moodstream.store.verify import Verified, verify
from tests.factories import NOON, make_classification, make_feedback, make_play, make_record, make_song

TABLES = [subject.table for subject in SUBJECTS]
MOODS = (*Mood, None)


@pytest.fixture
def database(database_settings: Settings) -> Database:
    return Database(database_settings, "connector")


@pytest.fixture
def sink(database: Database) -> Sink:
    return Sink(database)


def history(number: int, seed: int = 1) -> list[Received]:
    """Plays with their classifications and some reactions, over two days, of four listeners and nine songs."""
    drawn = random.Random(seed)
    messages: list[Message] = []
    for place in range(number):
        play = make_play(
            make_song(f"song-{drawn.randrange(9)}"),
            listener=drawn.choice(("anna", "ANNA", "ben", "\x01eve")),
            played_at=NOON + timedelta(hours=drawn.random() * 48),
            source=drawn.choice(("simulate", "lastfm")),
        )
        messages += [play, make_classification(play, mood=drawn.choice(MOODS))]
        if place % 2:
            messages.append(reaction(messages[-1], drawn))
    return [make_record(message, TOPIC_OF[type(message)]) for message in messages]


def reaction(to: Message, drawn: random.Random) -> Message:
    assert isinstance(to, Classification)
    said = drawn.choice(("like", "dislike", "skip", "replay", None))
    return make_feedback(
        listener=to.listener,
        song_id=to.song.song_id,
        reacted_at=to.played_at + timedelta(seconds=drawn.randrange(7200)),
        play_id=drawn.choice((to.play_id, to.play_id, None)),
        reaction=said,
        mood=None if said else Mood.CALM,
    )


def rolled_up(database: Database) -> dict[str, list[dict[str, Any]]]:
    """All roll-ups, without the rows that count nothing."""
    return {s.table: database.query(f"SELECT * FROM {s.table} WHERE {s.number} > 0 ORDER BY 1, 2") for s in SUBJECTS}


def counts(database: Database, table: str = "reactions_by_day") -> dict[tuple[str, str], int]:
    """What everybody's roll-up says, by source and mood."""
    number = table.split("_")[0]
    rows = database.query(
        f"SELECT source, mood, SUM({number}) AS number FROM {table}"
        f" WHERE listener = '' AND {number} > 0 GROUP BY source, mood"
    )
    return {(row["source"], row["mood"]): int(row["number"]) for row in rows}


def differences(database: Database) -> list[Verified]:
    return [table for table in verify(database) if table.differences]


def emptied(database_settings: Settings) -> None:
    """All that messages become is gone; the administrator alone may do that."""
    admin = Database(database_settings, "admin")
    with admin.transaction() as cursor:
        for table in ("songs", "song_stream", "mood_classified", "user_feedback", *TABLES):
            cursor.execute(f"DELETE FROM {table}")
    admin.close()


def test_a_play_counts_in_its_minute_hour_and_day_for_its_listener_and_for_everybody(
    sink: Sink, database: Database
) -> None:
    at = NOON + timedelta(minutes=34, seconds=56, microseconds=789)
    sink.write([make_record(make_classification(make_play(played_at=at)), "mood_classified")])
    for table, start in (
        ("minute", at.replace(second=0, microsecond=0)),
        ("hour", NOON),
        ("day", NOON.replace(hour=0)),
    ):
        row = {"starts_at": start.replace(tzinfo=None), "source": "simulate", "mood": "Happy", "plays": 1}
        found = database.query(f"SELECT * FROM plays_by_{table} ORDER BY listener")
        assert found == [{"listener": "", **row}, {"listener": "anna", **row}]


def test_a_play_without_a_mood_counts_as_unclassified(sink: Sink, database: Database) -> None:
    sink.write([make_record(make_classification(mood=None), "mood_classified")])
    assert counts(database, "plays_by_day") == {("simulate", "Unclassified"): 1}
    assert database.query("SELECT mood FROM songs_played") == [{"mood": None}]


def test_a_song_has_its_number_of_plays_its_newest_and_the_mood_of_that(sink: Sink, database: Database) -> None:
    plays = [make_play(played_at=NOON + timedelta(hours=hour)) for hour in range(3)]
    said = [make_classification(play, mood=mood) for play, mood in zip(plays, list(Mood)[:3], strict=True)]
    for place in (1, 2, 0):
        sink.write([make_record(said[place], "mood_classified")])
    newest = {"played_at": plays[2].played_at.replace(tzinfo=None), "mood": said[2].mood}
    found = database.query("SELECT plays, played_at, mood, mood_id FROM songs_played")
    assert found == [{"plays": 3, **newest, "mood_id": said[2].event_id.bytes}]


def test_a_replay_changes_nothing(sink: Sink, database: Database) -> None:
    batch = history(40)
    sink.write(batch)
    before = rolled_up(database)
    sink.write([*batch, *batch])
    assert rolled_up(database) == before
    assert differences(database) == []


def test_of_a_batch_that_is_partly_known_only_the_rest_counts(sink: Sink, database: Database) -> None:
    batch = history(40)
    sink.write(batch[:50])
    sink.write(batch[20:])
    assert differences(database) == []
    assert sum(counts(database, "plays_by_hour").values()) == 40


def test_what_comes_twice_in_one_batch_counts_once(sink: Sink, database: Database) -> None:
    batch = history(20)
    sink.write([*batch, *reversed(batch)])
    assert differences(database) == []
    assert sum(counts(database, "plays_by_minute").values()) == 20


def test_a_reaction_before_the_classification_counts_as_unclassified_and_moves_when_that_comes(
    sink: Sink, database: Database
) -> None:
    play = make_play()
    answer = make_record(make_feedback(play_id=play.event_id), "user_feedback")
    sink.write([answer])
    assert counts(database) == {("", "Unclassified"): 1}
    assert differences(database) == []
    sink.write([answer, make_record(make_classification(play, mood=Mood.DARK), "mood_classified")])
    assert counts(database) == {("simulate", "Dark"): 1}
    assert differences(database) == []


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_two_classifications_of_a_play_the_newest_counts_for_its_reactions(
    sink: Sink, database: Database, newest_first: bool
) -> None:
    play = make_play()
    ids = sorted((derived_id(play.event_id, "mood"), derived_id(play.event_id, "mood again")), reverse=newest_first)
    moods = (Mood.CALM, Mood.SAD) if newest_first else (Mood.SAD, Mood.CALM)
    sink.write([make_record(make_feedback(play_id=play.event_id), "user_feedback")])
    for event_id, mood in zip(ids, moods, strict=True):
        said = msgspec.structs.replace(make_classification(play, mood=mood), event_id=event_id)
        sink.write([make_record(said, "mood_classified")])
    assert counts(database) == {("simulate", "Calm"): 1}
    assert differences(database) == []


def test_a_reaction_that_answers_no_play_is_not_rolled_up(sink: Sink, database: Database) -> None:
    sink.write([make_record(make_feedback(), "user_feedback")])
    assert counts(database) == {}
    assert differences(database) == []


def test_a_batch_with_a_row_that_the_database_refuses_still_counts_right(sink: Sink, database: Database) -> None:
    with database.transaction() as cursor:
        cursor.execute("ALTER TABLE mood_classified ADD CONSTRAINT no_ben CHECK (listener <> 'ben')")
    batch = history(40)
    rejected = sink.write(batch)
    assert {letter.record.message.listener for letter in rejected} == {"ben"}
    assert sum(counts(database, "plays_by_day").values()) == 40 - len(rejected)
    assert differences(database) == []


def test_a_count_that_is_wrong_already_stops_nothing(sink: Sink, database: Database) -> None:
    play = make_play()
    sink.write([make_record(make_feedback(play_id=play.event_id), "user_feedback")])
    with database.transaction() as cursor:
        cursor.execute("UPDATE reactions_by_day SET reactions = 0")
    assert sink.write([make_record(make_classification(play), "mood_classified")]) == []
    assert counts(database) == {("simulate", "Happy"): 1}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_and_any_repetition_give_what_the_base_tables_say(
    data: st.DataObject, sink: Sink, database: Database, database_settings: Settings
) -> None:
    emptied(database_settings)
    records = history(6)
    order = data.draw(st.permutations(records))
    again = data.draw(st.lists(st.sampled_from(records), max_size=8))
    size = data.draw(st.integers(1, 12))
    coming = [*order, *again]
    for start in range(0, len(coming), size):
        sink.write(coming[start : start + size])
    assert differences(database) == []
    found = rolled_up(database)
    emptied(database_settings)
    sink.write(records)
    assert rolled_up(database) == found


def test_two_connectors_at_once_with_overlapping_batches_count_each_row_once(
    database: Database, database_settings: Settings
) -> None:
    records = history(400)
    # Some in the order of the topics, some shuffled: answers meet classifications that another is just storing.
    orders = [sorted(records, key=lambda r: r.topic), sorted(records, key=lambda r: r.topic, reverse=True)]
    orders += [random.Random(seed).sample(records, len(records)) for seed in range(2)]
    threads = [threading.Thread(target=in_batches, args=(database_settings, order, 40)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert differences(database) == []
    assert sum(counts(database, "plays_by_day").values()) == 400


def stored(sink: Sink, batch: Sequence[Received]) -> None:
    """As the service does: again, for as long as somebody else is in the way."""
    while True:
        try:
            assert sink.write(batch) == []
            return
        except TransientError:
            continue


def test_a_difference_made_by_hand_is_found_and_named_and_mended(
    sink: Sink, database: Database, database_settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    sink.write(history(40))
    before = rolled_up(database)
    assert run(database_settings, "--verify") == 0
    assert capsys.readouterr().out.count(" 0 differences") == len(TABLES)
    with database.transaction() as cursor:
        cursor.execute("UPDATE plays_by_hour SET plays = plays + 1 WHERE listener = 'ben' ORDER BY starts_at LIMIT 1")
        cursor.execute("UPDATE songs_played SET mood = 'Odd' WHERE song_id = 'song-3'")
        cursor.execute("UPDATE reactions_by_day SET reactions = 0 WHERE listener = ''")
        cursor.execute("INSERT INTO plays_by_day VALUES ('zoe', '1999-01-01', 'nowhere', 'Calm', 7)")
        cursor.execute("INSERT INTO plays_by_minute VALUES ('', '2190-01-01', 'nowhere', 'Calm', 7)")
    with pytest.raises(MoodstreamError, match="--rebuild"):
        run(database_settings, "--verify")
    said = capsys.readouterr().out
    assert "plays_by_hour: " in said
    assert "listener 'ben'" in said
    assert "song_id 'song-3': kept " in said
    zoe = "listener 'zoe', starts_at '1999-01-01 00:00:00', source 'nowhere', mood 'Calm'"
    assert f"{zoe}: kept 7, counted nothing" in said
    assert run(database_settings, "--rebuild") == 0
    assert rolled_up(database) == before
    assert run(database_settings, "--verify") == 0


def test_a_long_history_is_verified_and_made_anew_part_by_part(sink: Sink, database: Database) -> None:
    sink.write(history(60))
    before, whole = rolled_up(database), list(verify(database))
    assert list(verify(database, 7)) == whole
    with database.transaction() as cursor:
        for subject in SUBJECTS:
            cursor.execute(f"UPDATE {subject.table} SET {subject.number} = 99")
    assert [found.differences for found in verify(database, 7)] == [found.rows for found in whole]
    rebuild(database, 7)
    assert rolled_up(database) == before


def run(database_settings: Settings, *arguments: str) -> int:
    return mysql_connector.main(database_settings, mysql_connector.parser().parse_args(arguments))


def test_roll_ups_can_be_made_anew_while_two_connectors_go_on(database: Database, database_settings: Settings) -> None:
    records = history(600)
    Sink(database).write(records[:500])
    threads = [
        threading.Thread(target=in_batches, args=(database_settings, part, 10))
        for part in (records[500:1000], records[900:])
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        rebuild(database)
        assert differences(database) == []
    assert differences(database) == []
    assert sum(counts(database, "plays_by_hour").values()) == 600


def test_who_counts_anew_and_who_stores_a_batch_wait_for_each_other(
    database: Database, database_settings: Settings
) -> None:
    other = Database(database_settings, "connector")
    with database.transaction() as cursor:
        counting.begin(cursor)
        with pytest.raises(TransientError):
            other.query(f"{ALONE} NOWAIT")
    with database.transaction() as cursor:
        cursor.execute(ALONE)
        cursor.fetchall()
        with pytest.raises(TransientError):
            impatiently_begun(other)


def impatiently_begun(database: Database) -> None:
    with database.transaction() as cursor:
        cursor.execute("SET SESSION innodb_lock_wait_timeout = 1")
        counting.begin(cursor)


def in_batches(database_settings: Settings, records: Sequence[Received], size: int) -> None:
    """Store as a connector of its own; in a thread, what it raises fails the test as a warning."""
    connection = Database(database_settings, "connector")
    for start in range(0, len(records), size):
        stored(Sink(connection), records[start : start + size])
    connection.close()


def test_a_database_from_before_the_roll_ups_is_filled_from_its_history(database_settings: Settings) -> None:
    admin = Database(database_settings, "admin")
    name = database_settings.mysql_database
    admin.query(f"DROP DATABASE `{name}`")
    admin.query(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
    admin.close()
    database = Database(database_settings, "connector")
    migrate(database, [migration for migration in read() if migration.version <= 4])
    play, orphan = make_play(source="lastfm"), make_play(listener="ben")
    with database.transaction() as cursor:
        for values in (play, orphan):
            said = tables.rows(make_classification(values, mood=Mood.CALM))[0][1]
            known = dict(zip(tables.CLASSIFICATIONS.columns, said, strict=True))
            del known["source"]
            holes = ", ".join(["%s"] * len(known))
            cursor.execute(f"INSERT INTO mood_classified ({', '.join(known)}) VALUES ({holes})", list(known.values()))
        for row in (tables.rows(play)[1], tables.rows(make_feedback(play_id=play.event_id))[0]):
            cursor.execute(row[0].upsert(1), row[1])
    signs_of_life: list[str] = []
    mysql_connector.prepare(database, signs_of_life.append)
    assert signs_of_life
    assert counts(database, "plays_by_day") == {("lastfm", "Calm"): 1, ("", "Calm"): 1}
    assert counts(database) == {("lastfm", "Calm"): 1}
    assert differences(database) == []
    Sink(database).write(history(10))
    assert differences(database) == []
