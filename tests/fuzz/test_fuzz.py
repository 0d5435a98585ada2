"""Ten thousand messages, half of them odd, broken or forged: each is stored or a dead letter, and nothing ends."""

import os
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing

import pytest

from moodstream.bus import ensure_topics
from moodstream.messages import TOPICS, Classification, Play, derived_id
from tests.chaos.groups import Groups
from tests.chaos.services import SERVICES
from tests.fuzz.accounts import Sent, Stored, checksums, read, send, stored, unaccounted
from tests.fuzz.corpus import records
from tests.integration.system import Running, System, until

SEED, NUMBER, SINGLY = int(os.environ.get("FUZZ_SEED", "1")), 10_000, 200


@pytest.fixture
def groups(system: System) -> Iterator[Groups]:
    with closing(Groups(system.settings.kafka_bootstrap_servers)) as found:
        yield found


def test_of_ten_thousand_fuzzed_messages_each_is_accounted_for_and_a_replay_changes_nothing(
    system: System, groups: Groups
) -> None:
    system.settings = system.settings.model_copy(update={"playlist_seconds": 2.0})
    ensure_topics(system.settings)
    services = start(system, SERVICES)
    sent = send(system.settings.kafka_bootstrap_servers, records(SEED, NUMBER), SINGLY)
    end(groups, services)
    found = stored(system)
    assert list(unaccounted(sent, found)) == []
    assert list(unexpected(sent, found)) == []
    assert system.run("mysql_connector.py", "--verify").returncode == 0

    before = checksums(system)
    groups.forget(["mysql_connector"])
    end(groups, start(system, ["mysql_connector"]))
    assert checksums(system) == before


def start(system: System, names: Iterable[str]) -> dict[str, Running]:
    return {name: system.start(*SERVICES[name]) for name in names}


def end(groups: Groups, services: dict[str, Running]) -> None:
    """Let services read all that there is, and end them: none may have ended by itself, or said what nobody caught."""
    until(lambda: ended(services) or quiet(groups, services), 240, "no lag")
    assert ended(services) == {}
    assert {name: service.stop(seconds=20) for name, service in services.items()} == dict.fromkeys(services, 0)
    for service in services.values():
        assert "Traceback" not in service.output
        assert "Warning" not in service.output


def ended(services: dict[str, Running]) -> dict[str, str]:
    """What those said last that have ended by themselves."""
    return {name: service.output[-1000:] for name, service in services.items() if service.process.poll() is not None}


def quiet(groups: Groups, names: Collection[str], seconds: float = 2.5) -> bool:
    """Whether these groups have committed all that is on their topics, and nothing more is said for some seconds."""
    before = groups.ends()
    if groups.lag(names) != 0:
        return False
    time.sleep(seconds)
    return groups.ends() == before


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
