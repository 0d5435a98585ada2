"""Ten thousand messages, half of them odd, broken or forged: each is stored or a dead letter, and nothing ends."""

import os
import time
from collections.abc import Iterable

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition

from moodstream.bus import committed, ensure_topics
from moodstream.messages import DEAD_LETTERS, TOPICS, Classification, Play, derived_id
from moodstream.settings import Settings
from tests.fuzz.accounts import Sent, Stored, read, send, stored, unaccounted
from tests.fuzz.corpus import records
from tests.integration.system import Running, System, until

SEED, NUMBER, SINGLY = int(os.environ.get("FUZZ_SEED", "1")), 10_000, 200
SERVICES = {
    "mysql_connector": ("mysql_connector.py",),
    "mood_classifier": ("mood_classifier.py",),
    "user_feedback": ("user_feedback.py", "simulator"),
    "playlist_manager": ("playlist_manager.py",),
}
TABLES = (
    *("songs", *TOPICS, "dead_letters", "songs_played"),
    *(f"{kind}_by_{step}" for kind in ("plays", "reactions") for step in ("minute", "hour", "day")),
)


def test_of_ten_thousand_fuzzed_messages_each_is_accounted_for_and_a_replay_changes_nothing(system: System) -> None:
    system.settings = system.settings.model_copy(update={"playlist_seconds": 2.0})
    ensure_topics(system.settings)
    services = start(system, SERVICES)
    sent = send(system.settings.kafka_bootstrap_servers, records(SEED, NUMBER), SINGLY)
    end(system, services)
    found = stored(system)
    assert list(unaccounted(sent, found)) == []
    assert list(unexpected(sent, found)) == []
    assert system.run("mysql_connector.py", "--verify").returncode == 0

    before = checksums(system)
    forget(system.settings, "mysql_connector")
    end(system, start(system, ["mysql_connector"]))
    assert checksums(system) == before


def start(system: System, names: Iterable[str]) -> dict[str, Running]:
    return {name: system.start(*SERVICES[name]) for name in names}


def end(system: System, services: dict[str, Running]) -> None:
    """Let services read all that there is, and end them: none may have ended by itself, or said what nobody caught."""
    until(lambda: ended(services) or quiet(system.settings, services), 240, "no lag")
    assert ended(services) == {}
    assert {name: service.stop(seconds=20) for name, service in services.items()} == dict.fromkeys(services, 0)
    for service in services.values():
        assert "Traceback" not in service.output
        assert "Warning" not in service.output


def ended(services: dict[str, Running]) -> dict[str, str]:
    """What those said last that have ended by themselves."""
    return {name: service.output[-1000:] for name, service in services.items() if service.process.poll() is not None}


def quiet(settings: Settings, groups: Iterable[str], seconds: float = 2.5) -> bool:
    """Whether all groups have committed all that is on their topics, and nothing more is said for some seconds."""
    before = ends(settings)
    done = [committed(settings, group) for group in groups]
    topics = [{topic for topic, _ in places} for places in done]
    read_all = all(
        places.get(place, 0) == last
        for places, heard in zip(done, topics, strict=True)
        for place, last in before.items()
        if place[0] in heard
    )
    if not (read_all and all(topics)):
        return False
    time.sleep(seconds)
    return ends(settings) == before


def ends(settings: Settings) -> dict[tuple[str, int], int]:
    """The end of each partition."""
    consumer = KafkaConsumer(bootstrap_servers=settings.kafka_bootstrap_servers)
    places = [
        TopicPartition(topic, number)
        for topic in (*TOPICS, DEAD_LETTERS)
        for number in sorted(consumer.partitions_for_topic(topic) or ())
    ]
    found = {(place.topic, place.partition): end for place, end in consumer.end_offsets(places).items()}
    consumer.close()
    return found


def forget(settings: Settings, group: str) -> None:
    """Have a group begin at offset zero."""
    admin = KafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers)
    admin.delete_groups([group])
    admin.close()


def unexpected(sent: list[Sent], found: Stored) -> Iterable[str]:
    """Every row that no record asked for, and every dead letter of a record that nobody sent: a service's own."""
    messages = {topic: [read(at.record) for at in sent if at.record.topic == topic] for topic in TOPICS}
    ids = {topic: {message.event_id for message in said if message} for topic, said in messages.items()}
    moods = {derived_id(play.event_id, "mood") for play in messages["song_stream"] if isinstance(play, Play)}
    told = {said.play_id for said in messages["mood_classified"] if isinstance(said, Classification)}
    opinions = {derived_id(play, "feedback") for play in told | ids["song_stream"]}
    allowed = {
        "song_stream": ids["song_stream"],
        "mood_classified": ids["mood_classified"] | moods,
        "user_feedback": ids["user_feedback"] | opinions,
    }
    for topic, expected in allowed.items():
        yield from (f"{topic} {row}" for row in found.ids[topic] - expected)
    yield from (f"no mood of the play {play}" for play in moods - found.ids["mood_classified"])
    yield from (f"letter {place}" for place in found.letters.keys() - {at.place for at in sent})


def checksums(system: System) -> dict[str, int]:
    """Of each table, over all its columns."""
    return {row["Table"]: row["Checksum"] for row in system.rows(f"CHECKSUM TABLE {', '.join(TABLES)}")}
