"""The services together, on a real broker and a real database."""

import json
import signal
import time
from datetime import timedelta
from typing import Any

import pytest
from kafka import KafkaProducer

from moodstream.messages import encode
from tests.factories import NOON, make_features, make_feedback, make_play, make_song
from tests.integration.system import System, until


def plays(number: int, listeners: int = 5) -> list:
    return [
        make_play(
            make_song(f"song-{n % 50}", features=make_features(tempo=None if n % 10 == 0 else 120.0)),
            listener=f"listener-{n % listeners}",
            played_at=NOON + timedelta(seconds=n),
        )
        for n in range(number)
    ]


def send_raw(system: System, topic: str, *values: bytes | None) -> None:
    producer = KafkaProducer(bootstrap_servers=system.settings.kafka_bootstrap_servers, max_request_size=20_000_000)
    futures = [producer.send(topic, value, b"key") for value in values]
    producer.flush()
    assert all(future.get(10) for future in futures)
    producer.close()


def test_plays_become_moods_and_all_is_in_the_database(system: System) -> None:
    system.start("mysql_connector.py")
    system.start("mood_classifier.py")
    system.publish(*plays(2000), make_feedback())
    system.until_stored("song_stream", 2000)
    system.until_stored("mood_classified", 2000)
    system.until_stored("user_feedback", 1)
    moods = system.rows("SELECT mood, reason, COUNT(*) AS n FROM mood_classified GROUP BY mood, reason ORDER BY n")
    assert moods == [
        {"mood": None, "reason": "not known: tempo", "n": 200},
        {"mood": "Happy", "reason": None, "n": 1800},
    ]
    assert system.count("songs") == 50
    assert system.count("dead_letters") == 0


def test_the_same_plays_sent_twice_are_stored_once(system: System) -> None:
    connector = system.start("mysql_connector.py")
    system.start("mood_classifier.py")
    system.publish(*plays(300))
    system.until_stored("mood_classified", 300)
    before = system.rows("SELECT * FROM mood_classified ORDER BY event_id")
    system.publish(*plays(300))
    until(lambda: 'consumed_total{topic="mood_classified"} 600' in connector.get("/metrics")[1], what="600 consumed")
    assert system.rows("SELECT * FROM mood_classified ORDER BY event_id") == before
    assert system.count("song_stream") == 300


BAD = {
    "song_stream": [b"{", b"", b"\xff\xfe", b'{"schema":1}', b"x" * 10_000_000, b"[" * 50_000, b"null"],
    "mood_classified": [b'{"schema":1,"mood":"Groovy"}', b"NaN"],
    "user_feedback": [b'{"schema":99}', b'"text"'],
    "playlist_recommendations": [b'{"tracks":"none"}'],
}


def test_what_cannot_be_read_goes_to_dead_letters_and_its_neighbours_are_stored(system: System) -> None:
    system.start("mysql_connector.py")
    system.start("mood_classifier.py")
    good = plays(60)
    nan = encode(good[0]).replace(b'"valence":0.8', b'"valence":NaN')
    future = encode(good[0]).replace(b'"schema":1', b'"schema":2')
    out_of_range = encode(good[0]).replace(b'"valence":0.8', b'"valence":1.8')
    bad = BAD | {"song_stream": [*BAD["song_stream"], nan, future, out_of_range, None]}
    for topic, values in bad.items():
        for value in values:
            if topic == "song_stream":
                send_raw(system, topic, encode(good[len(value or b"") % 30]), value, encode(good[30]))
            else:
                send_raw(system, topic, value)
    system.publish(*good)
    number = sum(len(values) for values in bad.values())
    system.until_stored("dead_letters", number, seconds=90)
    system.until_stored("song_stream", 60)
    system.until_stored("mood_classified", 60)
    letters = system.rows("SELECT topic, reason, payload FROM dead_letters")
    sent = sorted((topic, value) for topic, values in bad.items() for value in values if value is not None)
    assert sorted((row["topic"], bytes(row["payload"])) for row in letters if row["payload"] is not None) == sent
    assert all(row["reason"] for row in letters)


def test_killed_services_lose_nothing_and_store_nothing_twice(system: System) -> None:
    everything = plays(6000)
    services = {name: system.start(name) for name in ("mysql_connector.py", "mood_classifier.py")}
    for part in range(6):
        system.publish(*everything[part * 1000 : (part + 1) * 1000])
        name = list(services)[part % 2]
        time.sleep(0.3)
        services[name].process.kill()
        services[name] = system.start(name)
    system.until_stored("song_stream", 6000, seconds=120)
    system.until_stored("mood_classified", 6000, seconds=120)
    assert system.count("dead_letters") == 0


def test_a_stop_under_load_drains_commits_and_ends_with_zero(system: System) -> None:
    services = [system.start("mysql_connector.py"), system.start("mood_classifier.py")]
    system.publish(*plays(3000))
    until(lambda: system.count("song_stream") > 0)
    for service in services:
        assert service.stop(signal.SIGTERM) == 0
        assert "Traceback" not in service.output
    for name in ("mysql_connector.py", "mood_classifier.py"):
        system.start(name)
    system.until_stored("song_stream", 3000)
    system.until_stored("mood_classified", 3000)


def test_two_connectors_share_the_work(system: System) -> None:
    both = [system.start("mysql_connector.py") for _ in range(2)]

    def partitions() -> list[int]:
        return [connector.output.rpartition("assigned ")[2].splitlines()[0].count("/") for connector in both]

    for connector in both:
        connector.says("assigned ")
    until(lambda: sum(partitions()) == 15 and all(partitions()), what="all partitions, shared")
    system.publish(*plays(1000, listeners=30))
    system.until_stored("song_stream", 1000)
    assert both[0].stop() == 0
    system.publish(*[make_play(listener=f"later-{n}") for n in range(100)])
    system.until_stored("song_stream", 1100)


def test_every_service_says_how_it_is(system: System) -> None:
    connector = system.start("mysql_connector.py")
    connector.says("assigned ")
    status, body = connector.health()
    assert (status, json.loads(body)["service"]) == (200, "mysql_connector")
    assert "moodstream_lag_messages" in until(lambda: connector.get("/metrics")[1])
    assert connector.get("/nonsense")[0] == 404


NO_KAFKA, NO_DATABASE = {"kafka_bootstrap_servers": "127.0.0.1:1"}, {"mysql_port": 1}


@pytest.mark.parametrize(
    ("script", "away", "doing", "server"),
    [
        ("mysql_connector.py", NO_KAFKA, "waiting", "Kafka at 127.0.0.1:1"),
        ("mood_classifier.py", NO_KAFKA, "waiting", "Kafka at 127.0.0.1:1"),
        ("playlist_manager.py", NO_DATABASE, "trying again until it succeeds", "MySQL at 127.0.0.1:1"),
    ],
)
def test_a_service_without_its_servers_says_so_once_and_ends_when_asked(
    system: System, script: str, away: dict[str, Any], doing: str, server: str
) -> None:
    service = system.start(script, settings=system.settings.model_copy(update=away))
    service.says(f"{doing}: {server}")
    time.sleep(3)
    assert service.output.count(server) == 1
    assert service.health()[0] == 503
    assert service.stop(signal.SIGINT) == 0
    assert "Traceback" not in service.output


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"mysql_password": "wrong"}, "check MYSQL_USER and MYSQL_PASSWORD"),
        ({"mysql_database": "nowhere"}, "check MYSQL_DATABASE"),
        ({"kafka_bootstrap_servers": "no port"}, "KAFKA_BOOTSTRAP_SERVERS is 'no port'"),
        ({"mysql_port": "many"}, "MYSQL_PORT is 'many'"),
    ],
)
def test_a_wrong_setting_ends_the_connector_with_one_sentence(system: System, changes: dict, sentence: str) -> None:
    ended = system.run("mysql_connector.py", **changes)
    assert ended.returncode == 2
    assert sentence in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr
