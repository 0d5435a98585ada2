"""The history in a real database: what is stored, how often, in which order, and by whom."""

import itertools
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from moodstream.errors import ConfigurationError, DataError, TransientError
from moodstream.messages import DEAD_LETTERS, Playlist, Track, play_id
from moodstream.moods import Mood
from moodstream.records import Received, Rejected
from moodstream.settings import Settings
from moodstream.store import tables
from moodstream.store.accounts import RIGHTS
from moodstream.store.migrate import Migration, migrate, read
from moodstream.store.mysql import Database
from moodstream.store.sink import Sink
from moodstream.store.writing import select, write
from tests.factories import NOON, make_classification, make_features, make_feedback, make_play, make_record, make_song
from tests.integration.system import environment
from tests.proxy import Proxy

TABLES = ("songs", "song_stream", "mood_classified", "user_feedback", "playlist_recommendations", "dead_letters")


@pytest.fixture
def database(database_settings: Settings) -> Database:
    return Database(database_settings, "connector")


@pytest.fixture
def sink(database: Database) -> Sink:
    return Sink(database)


def everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    return {table: database.query(f"SELECT * FROM {table} ORDER BY 1") for table in TABLES}


def one_of_each() -> list[Received]:
    play = make_play()
    track = Track(song_id="song-1", title="Title", artist="Artist", score=1.5, reason="you liked it")
    playlist_id = play_id("p", "anna", "", NOON)
    playlist = Playlist(event_id=playlist_id, listener="anna", made_at=NOON, mood=Mood.CALM, tracks=(track,))
    letter = Rejected(make_record(b"\xff bad"), "not JSON")
    return [
        make_record(play),
        make_record(make_classification(play), "mood_classified"),
        make_record(make_feedback(), "user_feedback"),
        make_record(playlist, "playlist_recommendations"),
        make_record(b"\xff bad", DEAD_LETTERS, headers=letter.headers("test")),
    ]


def test_every_topic_has_its_table(sink: Sink, database: Database) -> None:
    assert sink.write(one_of_each()) == []
    assert {table: len(rows) for table, rows in everything(database).items()} == dict.fromkeys(TABLES, 1)


def test_a_replay_changes_no_row(sink: Sink, database: Database) -> None:
    batch = one_of_each()
    sink.write(batch)
    before = everything(database)
    for _ in range(2):
        sink.write([*batch, *batch])
    assert everything(database) == before


@pytest.mark.parametrize(
    "title", ["😀 𝄞 你好", "'; DROP TABLE songs; --", "<script>alert('x')</script>", '"\\%_\0', " x "]
)
def test_titles_are_stored_byte_for_byte(sink: Sink, database: Database, title: str) -> None:
    sink.write([make_record(make_play(make_song(title=title)))])
    assert database.query("SELECT title FROM songs") == [{"title": title}]


def test_songs_and_listeners_that_differ_by_case_are_different(sink: Sink, database: Database) -> None:
    sink.write([make_record(make_play(make_song(song_id), listener=song_id)) for song_id in ("aB", "AB", "áB")])
    assert len(database.query("SELECT * FROM songs")) == 3
    assert len(database.query("SELECT listener FROM song_stream GROUP BY listener")) == 3


def test_times_keep_their_microseconds_in_utc(sink: Sink, database: Database) -> None:
    moment = NOON.replace(microsecond=123456)
    sink.write([make_record(make_play(played_at=moment))])
    assert database.query("SELECT played_at FROM song_stream") == [{"played_at": moment.replace(tzinfo=None)}]


def test_a_song_is_the_same_in_whatever_order_its_plays_come(sink: Sink, database: Database) -> None:
    plays = [
        make_play(make_song(title="old", features=make_features(tempo=100.0)), played_at=NOON),
        make_play(
            make_song(title="new", features=make_features(tempo=None, valence=0.1)), played_at=NOON + timedelta(1)
        ),
        make_play(make_song(title="newest", features=None), played_at=NOON + timedelta(2)),
    ]
    outcomes = []
    for order in itertools.permutations(plays):
        with database.transaction() as cursor:
            cursor.execute("UPDATE songs SET named_at = '1990-01-01', heard_at = NULL, title = '', tempo = 1")
        for play in order:
            sink.write([make_record(play)])
        outcomes.append(database.query("SELECT title, tempo, valence, named_at, heard_at FROM songs"))
    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert (outcomes[0][0]["title"], outcomes[0][0]["tempo"], outcomes[0][0]["valence"]) == ("newest", None, 0.1)


def test_of_plays_at_one_moment_the_same_one_tells_the_song_in_whatever_order_they_come(
    sink: Sink, database: Database
) -> None:
    plays = [
        make_play(make_song(title=name, features=make_features(tempo=tempo)), listener=name)
        for name, tempo in (("anna", 100.0), ("ben", 110.0), ("carla", 120.0))
    ]
    outcomes = []
    for order in (*itertools.permutations(plays), plays * 2):
        with database.transaction() as cursor:
            cursor.execute("UPDATE songs SET named_at = '1990-01-01', heard_at = NULL, title = '', tempo = 1")
        for play in order:
            sink.write([make_record(play)])
        outcomes.append(database.query("SELECT title, tempo, named_at, heard_at, named_by, heard_by FROM songs"))
    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert (outcomes[0][0]["title"], outcomes[0][0]["tempo"]) in {("anna", 100.0), ("ben", 110.0), ("carla", 120.0)}


def test_a_row_that_the_database_refuses_leaves_its_neighbours_unharmed(sink: Sink, database: Database) -> None:
    with database.transaction() as cursor:
        cursor.execute("ALTER TABLE song_stream ADD CONSTRAINT no_ben CHECK (listener <> 'ben')")
    listeners = ["ben" if place in (3, 77) else f"anna-{place}" for place in range(100)]
    batch = [
        make_record(make_play(listener=name, played_at=NOON + timedelta(seconds=n))) for n, name in enumerate(listeners)
    ]
    rejected = sink.write(batch)
    assert [letter.record for letter in rejected] == [batch[3], batch[77]]
    assert all("no_ben" in letter.reason for letter in rejected)
    assert len(database.query("SELECT * FROM song_stream")) == 98


def test_a_dead_letter_of_ten_megabytes_keeps_its_bytes(sink: Sink, database: Database) -> None:
    payload = random.Random(1).randbytes(10_000_000)
    letter = Rejected(make_record(payload), "too odd")
    sink.write([make_record(payload, DEAD_LETTERS, headers=letter.headers("test")), *one_of_each()])
    stored = database.query("SELECT payload FROM dead_letters ORDER BY LENGTH(payload) DESC")
    assert bytes(stored[0]["payload"]) == payload
    assert bytes(stored[1]["payload"]) == b"\xff bad"


@contextmanager
def packets(settings: Settings, size: int) -> Iterator[None]:
    """A server that takes no larger statements, over connections made from now on."""
    admin = Database(settings, "admin")
    before = admin.query("SELECT @@GLOBAL.max_allowed_packet AS size")[0]["size"]
    admin.query(f"SET GLOBAL max_allowed_packet = {size}")
    try:
        yield
    finally:
        admin.query(f"SET GLOBAL max_allowed_packet = {before}")
        admin.close()


def longest_playlist() -> Playlist:
    text = '"\\' * 250
    track = Track(song_id="song-1", title=text, artist=text, score=1.5, reason=text)
    return Playlist(event_id=play_id("p", "anna", "", NOON), listener="anna", made_at=NOON, tracks=(track,) * 500)


@pytest.mark.parametrize("size", [1024, 1024 * 1024])
def test_a_server_with_small_packets_gets_what_fits_and_only_what_does_not_is_refused(
    sink: Sink, database: Database, database_settings: Settings, size: int
) -> None:
    plays = [make_play(make_song(f"song-{n}", title="'" * 300), played_at=NOON + timedelta(n)) for n in range(200)]
    said = [make_record(message, offset=n) for n, message in enumerate(plays)]
    told = [make_record(make_classification(play), "mood_classified", offset=n) for n, play in enumerate(plays)]
    payload = b"\\" * 4_000_000
    letter = make_record(payload, DEAD_LETTERS, headers=Rejected(make_record(payload), "odd").headers("test"))
    too_large = make_record(longest_playlist(), "playlist_recommendations")
    with packets(database_settings, size):
        rejected = sink.write([*said, letter, too_large, *told])
        assert [refused.record for refused in rejected] == [too_large]
        assert "max_allowed_packet" in rejected[0].reason
        assert database.query("SELECT payload FROM dead_letters") == [{"payload": None}]
        stored = everything(database)
        assert [len(stored[table]) for table in ("songs", "song_stream", "mood_classified")] == [200, 200, 200]
        with database.transaction() as cursor:
            statement = "SELECT event_id FROM song_stream WHERE event_id IN"
            assert len(select(cursor, statement, [play.event_id.bytes for play in plays])) == 200
    database.close()
    assert sink.write([too_large]) == []


def test_a_row_that_is_too_large_by_a_few_bytes_is_refused_before_it_is_sent(
    database: Database, database_settings: Settings
) -> None:
    size, refused = 64 * 1024, []
    with packets(database_settings, size):
        for text, written in ((b"a", 1), (b"\\", 2), (b"\0", 2), (b"\xff", 1)):
            for spare in range(0, 1000, 25):
                payload = text * ((size - spare) // written)
                letter = (make_record(payload).letter_id.bytes, "t", 0, spare, NOON.replace(tzinfo=None), "test", "odd")
                try:
                    with database.transaction() as cursor:
                        write(cursor, tables.DEAD_LETTERS, [(*letter, b"key", payload)])
                except DataError as error:
                    refused.append((spare, error.__cause__))
    assert [cause for _, cause in refused if cause] == [], "sent, and refused by the server"
    assert 400 < max(spare for spare, _ in refused) < 800
    assert database.query("SELECT COUNT(*) AS n FROM dead_letters") == [{"n": 160 - len(refused)}]


def test_a_row_too_large_for_a_page_of_the_database_is_refused_like_any_other(database_settings: Settings) -> None:
    database = Database(database_settings, "admin")
    columns = ", ".join(f"c{n} TEXT" for n in range(11))
    database.query("SET SESSION innodb_strict_mode = OFF")
    database.query(f"CREATE TABLE wide ({columns}) ENGINE=InnoDB ROW_FORMAT=COMPACT CHARACTER SET latin1")
    with pytest.raises(DataError, match="1118"):
        database.query(f"INSERT INTO wide VALUES ({', '.join(['%s'] * 11)})", ["x" * 1000] * 11)


def test_what_somebody_else_wrote_among_the_dead_letters_is_kept_as_it_came(sink: Sink, database: Database) -> None:
    assert sink.write([make_record(b"x", DEAD_LETTERS, offset=7, headers=[("id", b"nonsense")])]) == []
    columns = "topic, message_offset, service, payload"
    expected = {"topic": DEAD_LETTERS, "message_offset": 7, "service": "unknown", "payload": b"x"}
    assert database.query(f"SELECT {columns} FROM dead_letters") == [expected]


@pytest.mark.parametrize(
    "forged",
    [
        {"partition": b"99999999999"},
        {"topic": b"t" * 300},
        {"service": b"s" * 100},
        {"reason": b"r" * 3000},
        {"timestamp": b"0001-01-01T00:00:00"},
    ],
    ids=lambda forged: next(iter(forged)),
)
def test_a_forged_dead_letter_is_kept_beside_the_one_that_it_would_replace(
    sink: Sink, database: Database, forged: dict[str, bytes]
) -> None:
    headers = dict(Rejected(make_record(b"bad"), "odd").headers("test"))
    letters = [
        make_record(b"forged", DEAD_LETTERS, headers=list((headers | forged).items())),
        make_record(b"bad", DEAD_LETTERS, offset=1, headers=list((headers | forged).items())),
        make_record(b"bad", DEAD_LETTERS, offset=2, headers=list(headers.items())),
    ]
    assert sink.write(letters) == []
    payloads = database.query("SELECT payload FROM dead_letters WHERE topic = 'dead_letters' AND message_offset = 0")
    assert [bytes(row["payload"]) for row in payloads] == [b"forged"]
    assert len(database.query("SELECT * FROM dead_letters WHERE topic = 'song_stream'")) == 1


def test_migrations_are_applied_once_and_can_be_run_again(database: Database, database_settings: Settings) -> None:
    assert migrate(database, read()) == []
    with Database(database_settings, "admin").transaction() as cursor:
        cursor.execute("UPDATE schema_migrations SET version = version + 500")
    assert migrate(database, read()) == [migration.name for migration in read()]


def test_a_migration_that_was_changed_after_it_was_applied_is_refused(database: Database) -> None:
    first, *others = read()
    with pytest.raises(ConfigurationError, match=f"sql/{first.name}.sql was changed"):
        migrate(database, [first._replace(text=first.text + "-- more\n"), *others])


def test_migrations_wait_for_each_other(database: Database, database_settings: Settings) -> None:
    with Database(database_settings, "connector").transaction() as cursor:
        cursor.execute("SELECT GET_LOCK(CONCAT(DATABASE(), '.migrate'), 0) AS got")
        assert cursor.fetchall()[0]["got"] == 1
        with pytest.raises(TransientError, match="another process"):
            migrate(database, read(), patience=0)


def test_statements_are_split_where_they_end() -> None:
    text = "-- about; this\nCREATE TABLE a (b INT COMMENT 'x; y');\n\nCREATE TABLE c (d INT);\n"
    assert Migration(1, "x", text).statements == ["CREATE TABLE a (b INT COMMENT 'x; y')", "CREATE TABLE c (d INT)"]


def test_every_account_can_read(database_settings: Settings) -> None:
    for role in RIGHTS:
        assert Database(database_settings, role).query("SELECT COUNT(*) AS songs FROM songs") == [{"songs": 0}]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"mysql_password": "wrong"}, "check MYSQL_USER and MYSQL_PASSWORD"),
        ({"mysql_user": "nobody"}, "check MYSQL_USER and MYSQL_PASSWORD"),
        ({"mysql_database": "no_such_database"}, "check MYSQL_DATABASE"),
    ],
)
def test_a_wrong_setting_is_named(database_settings: Settings, change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=sentence):
        Database(database_settings.model_copy(update=_secret(change)), "connector").query("SELECT 1")


def test_a_server_that_is_away_is_transient(database_settings: Settings) -> None:
    with pytest.raises(TransientError, match=r"127\.0\.0\.1:1"):
        Database(database_settings.model_copy(update={"mysql_host": "127.0.0.1", "mysql_port": 1}), "connector").query(
            "SELECT 1"
        )


def test_a_killed_connection_is_transient_and_the_next_query_makes_a_new_one(
    database: Database, database_settings: Settings
) -> None:
    number = database.query("SELECT CONNECTION_ID() AS id")[0]["id"]
    Database(database_settings, "admin").query(f"KILL {number}")
    with pytest.raises(TransientError):
        database.query("SELECT 1")
    assert database.query("SELECT 1 AS one") == [{"one": 1}]


COMMITTING = """
import sys
from moodstream.errors import TransientError
from moodstream.settings import Settings
from moodstream.store.mysql import Database, driver
database = Database(Settings(_env_file=None), "connector")
try:
    with database.transaction() as cursor:
        cursor.execute("INSERT INTO songs (song_id, title, artist, named_at) VALUES ('x', 'x', 'x', NOW())")
except TransientError:
    print(driver(), len(database.query("SELECT * FROM songs")))
"""


def test_a_commit_whose_answer_is_lost_is_transient_and_may_have_happened(database_settings: Settings) -> None:
    # In a process of its own, as a service is: the C extension does not load here.
    proxy = Proxy(database_settings.mysql_port, database_settings.mysql_host)
    proxy.loses = b"\x03commit"
    settings = database_settings.model_copy(update={"mysql_port": proxy.port, "mysql_host": "127.0.0.1"})
    command = [sys.executable, "-c", COMMITTING]
    ended = subprocess.run(command, capture_output=True, text=True, env=environment(settings), check=False)
    proxy.close()
    assert (ended.stdout, ended.stderr) == ("C extension 1\n", "")


def test_an_error_in_the_middle_of_a_transaction_leaves_nothing_behind(database: Database) -> None:
    def fail() -> None:
        with database.transaction() as cursor:
            cursor.execute("INSERT INTO songs (song_id, title, artist, named_at) VALUES ('x', 'x', 'x', NOW())")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert database.query("SELECT * FROM songs") == []


def test_the_fast_driver_is_in_use() -> None:
    # In a process of its own, as a service is: pytest has loaded `ssl` long before us.
    command = [sys.executable, "-c", "from moodstream.store.mysql import driver; print(driver())"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "C extension\n"


def test_migration_files_are_numbered_without_gaps() -> None:
    assert [migration.version for migration in read()] == list(range(1, len(list(Path("sql").glob("*.sql"))) + 1))


def _secret(change: dict[str, Any]) -> dict[str, Any]:
    from pydantic import SecretStr

    return {name: SecretStr(value) if name.endswith("password") else value for name, value in change.items()}
