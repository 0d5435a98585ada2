"""What was refused, for a person: seen, told apart, and sent again once the cause is mended."""

import re
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

import mysql_connector
from moodstream.bus import Archive, Producer, ensure_topics
from moodstream.errors import MoodstreamError, TransientError
from moodstream.letters import replay as replaying
from moodstream.letters.replay import Failed, replay
from moodstream.messages import DEAD_LETTERS, encode
from moodstream.records import Received, Rejected
from moodstream.settings import Settings
from moodstream.store.letters import waiting
from moodstream.store.mysql import Database
from moodstream.store.sink import Sink
from tests.factories import NOON, make_play, make_record
from tests.integration.system import System
from tests.integration.test_pipeline import plays, send_raw
from tests.integration.test_store import longest_playlist, packets

SHORT = re.compile(r"\b[0-9a-f]{12}\b")


def buried(record: Received, reason: str = "not JSON") -> Received:
    """The dead letter of a record, as it comes from its own topic."""
    headers = Rejected(record, reason).headers("mysql_connector")
    return make_record(record.value, DEAD_LETTERS, key=record.key, headers=headers)


def store(settings: Settings, *letters: Received) -> None:
    database = Database(settings, "connector")
    assert Sink(database).write(letters) == []
    database.close()


@pytest.fixture
def say(system: System, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What `--dead-letters` prints, within this process."""

    def said(*words: str, **changes: Any) -> str:
        capsys.readouterr()
        arguments = mysql_connector.parser().parse_args(["--dead-letters", *words])
        assert mysql_connector.main(system.settings.model_copy(update=changes), arguments) == 0
        return capsys.readouterr().out

    return said


def noted(system: System) -> list[bool]:
    """Which letters were replayed, from the oldest message on."""
    rows = system.rows("SELECT replayed_at FROM dead_letters ORDER BY sent_at, message_offset")
    return [row["replayed_at"] is not None for row in rows]


def test_ten_thousand_of_one_fault_are_seen_as_one_and_the_newest_come_first(system: System) -> None:
    letters = [
        buried(make_record(b"{%d" % n, offset=n, timestamp_ms=1_795_000_000_000 + n), f"malformed (byte {n})")
        for n in range(10_000)
    ]
    odd = buried(make_record(b"?", "user_feedback", timestamp_ms=1_790_000_000_000), "\x1b[31m unknown mood 'Groovy'")
    store(system.settings, odd, *letters)
    ended = system.run("mysql_connector.py", "--dead-letters", "list")
    assert ended.returncode == 0, ended.stderr
    shown = ended.stdout
    assert "10,001 dead letters" in shown
    assert re.search(r"song_stream .*malformed \(byte 0\) .*10,000 .* 0 ", shown)
    assert re.search(r"user_feedback .*unknown mood 'Groovy' .* 1 ", shown)
    assert re.findall(r"song_stream/0/(\d+)", shown) == [str(n) for n in range(9999, 9979, -1)]
    assert "and 9,981 older ones" in shown
    assert "\x1b" not in shown
    assert len(shown.splitlines()) < 80
    assert max(map(len, shown.splitlines())) <= 120


@pytest.mark.parametrize(
    ("payload", "lines"),
    [
        (b'{"a":[1,"\xe2\x80\xae\\u0007"]}', ["JSON", '  "a": [', '    "\\u202e\\u0007"']),
        (b'{"a":NaN}\nsecond \x1b[31m line', ["27 bytes, text", '{"a":NaN}', "second \\x1b[31m line"]),
        (b"\xff\x00" + b"Z" * 14, ["16 bytes, no text", "00000000  ff 00 5a 5a", "..ZZZZ"]),
        (b"\xff" * 9_000_000, ["9,000,000 bytes, no text, of which these are the first 512", "000001f0  ff ff"]),
        ("é".encode() * 3_000_000, ["6,000,000 bytes, text, of which these are the first 4,000 characters", "éé"]),
        (b"", ["0 bytes, text"]),
        (None, ["not stored: it is null"]),
    ],
)
def test_a_payload_is_shown_as_what_it_is_and_no_longer_than_one_can_read(
    database_settings: Settings, capsys: pytest.CaptureFixture[str], payload: bytes | None, lines: list[str]
) -> None:
    record = make_record(payload, partition=2, offset=17, key=b"an\nna")
    store(database_settings, buried(record, "odd \x1b reason"))
    mysql_connector.parser().parse_args(["--dead-letters", "show", str(record.letter_id)]).task(database_settings)
    shown = capsys.readouterr().out
    for line in (record.letter_id.hex, "song_stream/2/17", "an\\nna", "odd \\x1b reason", "mysql_connector", *lines):
        assert line in shown
    assert "\x1b" not in shown
    assert len(shown) < 10_000


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("burn",), "list, show or replay"),
        (("list", "3f"), "takes no ids"),
        (("show",), "say which"),
        (("replay",), "or all"),
        (("show", "all"), "'all' is no id"),
        (("replay", "all", "3f"), "'all' is no id"),
        (("show", "xyz"), "'xyz' is no id"),
        (("show", "0" * 33), "is no id"),
    ],
)
def test_wrong_usage_is_one_sentence(words: Sequence[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        mysql_connector.parser().parse_args(["--dead-letters", *words])
    assert sentence in capsys.readouterr().err.splitlines()[-1]


def test_an_id_that_is_not_there_or_not_the_only_one_sends_nothing(system: System, say: Callable[..., str]) -> None:
    assert say("list") == "There are no dead letters.\n"
    assert "nothing to replay" in say("replay", "all")
    records = [make_record(b"%d" % n, offset=n) for n in range(17)]  # two of 17 begin with the same digit
    store(system.settings, *map(buried, records))
    digits = [record.letter_id.hex[0] for record in records]
    twice = next(digit for digit in digits if digits.count(digit) > 1)
    with pytest.raises(MoodstreamError, match="give more of its digits"):
        say("show", twice)
    with pytest.raises(MoodstreamError, match="No dead letter has the id"):
        say("replay", records[0].letter_id.hex, "0" * 32)
    assert not any(noted(system))


def test_servers_that_are_away_are_one_sentence(system: System, say: Callable[..., str]) -> None:
    store(system.settings, buried(make_record(b"{")))
    away = {"mysql_host": "127.0.0.1", "mysql_port": 1}
    ended = system.run("mysql_connector.py", "--dead-letters", "list", **away)
    assert (ended.returncode, ended.stderr.count("error: MySQL at 127.0.0.1:1")) == (1, 1)
    with pytest.raises(TransientError, match=r"Kafka at 127\.0\.0\.1:1"):
        say("replay", "all", kafka_bootstrap_servers="127.0.0.1:1")
    assert not any(noted(system))


def test_what_was_refused_is_stored_once_the_cause_is_mended_and_reading_all_topics_anew_changes_nothing(
    system: System, say: Callable[..., str]
) -> None:
    ensure_topics(system.settings)
    with packets(system.settings, 1024 * 1024):
        connector = system.start("mysql_connector.py")
        send_raw(system, "song_stream", b"{")
        system.publish(*plays(100), longest_playlist())
        system.until_stored("dead_letters", 2)
        system.until_stored("song_stream", 100)
        assert "C extension" in connector.output
        [row] = system.rows("SELECT payload, reason FROM dead_letters WHERE topic = 'playlist_recommendations'")
        assert (row["payload"], "max_allowed_packet" in row["reason"]) == (None, True)
        connector.stop()
    system.start("mysql_connector.py")
    assert "2 of 2 letters were sent again" in say("replay", "all")
    system.until_stored("playlist_recommendations", 1)
    system.until_stored("dead_letters", 3)  # what is no JSON still is refused anew
    assert sorted(noted(system)) == [False, True, True]
    assert re.search(r"song_stream .* 2 .* 1 ", say("list"))
    before = system.rows("SELECT * FROM dead_letters ORDER BY letter_id")
    database = Database(system.settings, "connector")
    letters = everything(system, DEAD_LETTERS)
    assert (len(letters), Sink(database).write(letters)) == (3, [])
    database.close()
    assert system.rows("SELECT * FROM dead_letters ORDER BY letter_id") == before


def test_all_sends_each_letter_once_and_by_its_id_it_is_sent_again(system: System, say: Callable[..., str]) -> None:
    ensure_topics(system.settings)
    records = [
        make_record(encode(make_play(played_at=NOON + timedelta(n))), offset=n, key=b"k%d" % n) for n in range(250)
    ]
    store(system.settings, *map(buried, records))
    assert "250 of 250" in say("replay", "all")
    assert "nothing to replay" in say("replay", "all")
    prefix = records[7].letter_id.hex[:12]
    assert "1 of 1" in say("replay", prefix, prefix.upper())
    assert all(noted(system))
    there = everything(system, "song_stream")
    assert sorted((r.key, r.value) for r in there) == sorted((r.key, r.value) for r in (*records, records[7]))


def everything(system: System, topic: str) -> list[Received]:
    archive = Archive(system.settings)
    found = []
    for partition in range(system.settings.kafka_partitions):
        offset = 0
        while record := archive.at(topic, partition, offset):
            found.append(record)
            offset += 1
    archive.close()
    return found


def test_a_letter_that_cannot_be_sent_again_is_named_and_the_others_are_sent(
    system: System, say: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    ensure_topics(system.settings)
    send_raw(system, "user_feedback", None)
    [there] = everything(system, "user_feedback")
    gone = make_record(None, "user_feedback", offset=there.offset, partition=there.partition)  # another time stamp
    never = make_record(None, "song_stream", offset=99)
    good = make_record(b"{")
    store(system.settings, *map(buried, (gone, never, good, there)))
    store(system.settings, make_record(b"from somebody else", DEAD_LETTERS, offset=5))
    [foreign] = SHORT.findall(say("list").split("dead_letters/0/5")[0])[-1:]
    with pytest.raises(MoodstreamError, match="its topic does not have them any more") as said:
        say("replay", "all")
    assert all(record.letter_id.hex[:12] in str(said.value) for record in (gone, never))
    assert capsys.readouterr().out == "2 of 4 letters were sent again.\n"
    replayed = {row["id"] for row in system.rows("SELECT HEX(letter_id) id FROM dead_letters WHERE replayed_at > 0")}
    assert replayed == {record.letter_id.hex.upper() for record in (good, there)}
    assert len(everything(system, "user_feedback")) == 2
    with pytest.raises(MoodstreamError, match=f"^{foreign} came from no topic of ours"):
        say("replay", foreign)


def test_a_message_of_nothing_can_be_sent_again_like_any_other(system: System) -> None:
    ensure_topics(system.settings)
    with closing(Producer(system.settings)) as producer:
        producer.resend([make_record(None, key=None), make_record(b"{", key=None), make_record(None, key=b"anna")])
    sent = {(record.key, record.value) for record in everything(system, "song_stream")}
    assert sent == {(b"", None), (None, b"{"), (b"anna", None)}


def test_a_crash_between_sending_and_noting_sends_again_what_is_one_row_all_the_same(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure_topics(system.settings)
    store(system.settings, *(buried(make_record(encode(play), offset=n)) for n, play in enumerate(plays(5))))
    database = Database(system.settings, "connector")

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(replaying, "replayed", crash)
        with pytest.raises(KeyboardInterrupt):
            list(replay(system.settings, database, waiting(database), Failed(list)))
    assert len(waiting(database)) == 5
    assert list(replay(system.settings, database, waiting(database), Failed(list))) == [5]
    database.close()
    assert len(everything(system, "song_stream")) == 10
    system.start("mysql_connector.py")
    system.until_stored("song_stream", 5)


def test_large_letters_are_sent_a_few_at_a_time() -> None:
    large, small = (make_record(b"0" * size) for size in (6_000_000, 6))
    letters = [(record.letter_id.bytes, record) for record in [large] * 5 + [small] * 201]
    assert [len(batch) for batch in replaying._batches(iter(letters))] == [2, 2, 100, 100, 2]
