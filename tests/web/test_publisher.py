"""What a reader says of a play, and what programs say was played, on its way to Kafka."""

import gc
import secrets
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local.kafka_server import KafkaServer
from moodstream.bus import Consumer, ensure_topics
from moodstream.errors import DataError, TransientError
from moodstream.messages import Feedback, Play, derived_id, play_id
from moodstream.settings import Settings
from moodstream.web.publisher import WAITING, Publisher, feedback, play
from tests.factories import NOON, make_features, make_play, make_song
from tests.integration.system import until

# The client leaves sockets that it could not connect to the collector of garbage, which says so.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

PLAY = make_play()
PATIENCE = 6.0


def say(said: str = "like", play: object = PLAY.event_id, listener: str = "anna", song: str = "song-1") -> Feedback:
    return feedback(play, listener, song, said, NOON)


@pytest.mark.parametrize("said", ["like", "dislike", "skip", "replay", "never"])
def test_a_reaction_is_said_of_its_play(said: str) -> None:
    told = say(said)
    assert (told.reaction, told.mood) == (said, None)
    assert (told.play_id, told.listener, told.song_id, told.reacted_at) == (PLAY.event_id, "anna", "song-1", NOON)


def test_a_mood_is_a_correction() -> None:
    told = say("Calm")
    assert (told.reaction, told.mood) == (None, "Calm")


def test_the_same_said_twice_is_one_row_and_something_else_another() -> None:
    assert say("like").event_id == feedback(PLAY.event_id, "anna", "song-1", "like", datetime.now(UTC)).event_id
    assert len({say(said).event_id for said in ("like", "dislike", "Calm")}) == 3
    assert say("like").event_id == derived_id(PLAY.event_id, "page like")


def test_the_play_may_be_named_in_text() -> None:
    assert say(play=str(PLAY.event_id)) == say()


@pytest.mark.parametrize(
    "rubbish",
    [
        {"play": ""},
        {"play": "1 OR 1=1"},
        {"play": None},
        {"play": 7},
        {"play": {}},
        {"said": "love"},
        {"said": ""},
        {"said": "calm"},
        {"listener": ""},
        {"listener": " anna"},
        {"listener": "a\nb"},
        {"listener": "x" * 129},
        {"listener": "\ud800"},
        {"song": ""},
        {"song": "\udfff"},
    ],
    ids=repr,
)
def test_what_cannot_be_said_is_refused(rubbish: dict[str, object]) -> None:
    with pytest.raises(DataError, match="cannot be said of the play"):
        say(**rubbish)  # type: ignore[arg-type]


def played(at: datetime = NOON, identity: str = "song-1", listener: str = "anna", **song: Any) -> Play:
    return play("api", listener, identity, make_song(**song), at)


def test_the_id_of_a_play_follows_from_who_played_what_and_when_and_not_from_what_is_known_of_it() -> None:
    first = played()
    assert first.event_id == play_id("api", "anna", "song-1", NOON)
    assert played(title="Another", features=None).event_id == first.event_id
    others = {played(identity="song-2"), played(listener="ben"), played(NOON + timedelta(seconds=1)), first}
    assert len({other.event_id for other in others}) == 4


@pytest.mark.parametrize(
    "rubbish",
    [
        {"listener": ""},
        {"listener": " anna"},
        {"listener": "\ud800"},
        {"identity": "\ud800"},
        {"title": "\ud800"},
        {"title": "x" * 501},
        {"song_id": ""},
        {"duration_ms": 0},
        {"features": make_features(energy=2.0)},
        {"at": datetime(1969, 12, 31, tzinfo=UTC)},
        {"at": datetime(2026, 1, 1)},
    ],
    ids=repr,
)
def test_nothing_is_published_that_the_connector_would_refuse(rubbish: dict[str, Any]) -> None:
    with pytest.raises(DataError):
        played(**rubbish)


@pytest.fixture(scope="module")
def kafka(room: Path | None) -> Iterator[KafkaServer]:
    """A broker for these tests, to be killed and started again."""
    with KafkaServer.temporary(room) as server:
        yield server


@pytest.fixture(scope="module")
def settings(kafka: KafkaServer) -> Settings:
    settings = Settings(_env_file=None, kafka_bootstrap_servers=kafka.address)
    ensure_topics(settings)
    return settings


@pytest.fixture
def publisher(settings: Settings) -> Iterator[Publisher]:
    publisher = Publisher(settings)
    yield publisher
    publisher.close()
    gc.collect()


def client_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if "kafka" in thread.name]


def until_arrived(settings: Settings, *expected: Feedback) -> None:
    """Wait until all of this is on the topic. Some may be there twice: its id makes it one."""
    found: set[object] = set()
    with Consumer(settings, secrets.token_hex(4), ["user_feedback"]) as consumer:
        until(lambda: found.update(r.message for r in consumer.poll(0.5)) or found >= set(expected), 20, f"{expected}")


def refused(publisher: Publisher) -> str:
    """What it says, in time, where Kafka is away."""
    started = time.monotonic()
    with pytest.raises(TransientError) as refusal:
        publisher.publish(say())
    assert time.monotonic() - started < PATIENCE
    return str(refusal.value)


def test_it_outlives_the_broker_and_works_again_with_it(
    publisher: Publisher, kafka: KafkaServer, settings: Settings
) -> None:
    publisher.publish(say("like"), say("Calm"))
    until_arrived(settings, say("like"), say("Calm"))
    kafka.kill()
    for _ in range(2):
        sentence = refused(publisher)
        assert "Kafka did not take it" in sentence
        assert len(sentence.splitlines()) == 1
        assert client_threads() == []
    kafka.start()
    publisher.publish(say("skip"))
    until_arrived(settings, say("like"), say("Calm"), say("skip"))


def test_a_broker_that_hangs_is_waited_for_no_longer(
    publisher: Publisher, kafka: KafkaServer, settings: Settings
) -> None:
    for before in ([], [say("Sad")]):  # not connected yet, and connected
        publisher.publish(*before)
        kafka.send(signal.SIGSTOP)
        try:
            refused(publisher)
        finally:
            kafka.send(signal.SIGCONT)
        publisher.publish(say("dislike"))
    until_arrived(settings, say("Sad"), say("dislike"))


def test_while_a_broker_hangs_so_many_wait_and_whoever_comes_then_is_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        publisher = Publisher(Settings(_env_file=None, kafka_bootstrap_servers=f"127.0.0.1:{silent.getsockname()[1]}"))
        with ThreadPoolExecutor(WAITING) as threads:
            waiting = [threads.submit(refused, publisher) for _ in range(WAITING)]
            time.sleep(0.5)
            started = time.monotonic()
            assert "slow to answer" in refused(publisher)
            assert time.monotonic() - started < 0.2
        assert all(each.result() for each in waiting)
        publisher.close()


def test_plays_go_to_their_own_topic_and_are_the_same_when_sent_again(publisher: Publisher, settings: Settings) -> None:
    plays = [played(NOON + timedelta(seconds=number)) for number in range(1000)]
    for _ in range(2):
        publisher.publish(*plays)
    found: list[object] = []
    with Consumer(settings, secrets.token_hex(4), ["song_stream"]) as consumer:
        until(lambda: found.extend(r.message for r in consumer.poll(0.5)) or len(found) >= 2000, 20, "2,000 plays")
    assert len(found) == 2000
    assert set(found) == set(plays)


def test_many_may_speak_at_once(publisher: Publisher, settings: Settings) -> None:
    words = ["like", "dislike", "skip", "replay", "Calm", "Sad", "Dark", "Happy"]
    threads = [threading.Thread(target=publisher.publish, args=(say(word),)) for word in words]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    until_arrived(settings, *map(say, words))
