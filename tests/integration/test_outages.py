"""A server that goes away and comes back: the services wait, say so once, and go on where they were."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.database_server import DatabaseServer
from local.kafka_server import KafkaServer
from moodstream.settings import Settings
from moodstream.store.accounts import initialise
from tests.integration.system import System, until
from tests.integration.test_pipeline import plays

BOTH = ("mysql_connector.py", "mood_classifier.py")


@pytest.fixture
def fragile(kafka: KafkaServer, database: DatabaseServer, tmp_path: Path) -> Iterator[System]:
    """A system on servers of its own, that the test may kill."""
    settings = Settings(
        _env_file=None,
        kafka_bootstrap_servers=kafka.address,
        **database.settings,
        **dict.fromkeys(("mysql_password", "mysql_batch_password", "mysql_dashboard_password"), "secret"),
    )
    initialise(settings)
    running = System(settings, tmp_path)
    yield running
    running.close()


def test_a_database_that_is_killed_and_comes_back_loses_nothing(fragile: System, database: DatabaseServer) -> None:
    connector, _ = (fragile.start(script) for script in BOTH)
    everything = plays(3000)
    fragile.publish(*everything[:1000])
    fragile.until_stored("song_stream", 1000)
    database.kill()
    fragile.publish(*everything[1000:])
    connector.says("trying again until it succeeds: MySQL at")
    status, body = connector.health()
    assert (status, json.loads(body)["status"]) == (503, "retrying")
    time.sleep(3)
    assert connector.output.count("trying again until it succeeds") == 1
    database.start()
    fragile.until_stored("song_stream", 3000, seconds=90)
    fragile.until_stored("mood_classified", 3000, seconds=90)
    until(lambda: connector.health()[0] == 200, 20, "healthy again")
    assert fragile.count("dead_letters") == 0


def test_a_broker_that_is_killed_and_comes_back_loses_nothing(fragile: System, kafka: KafkaServer) -> None:
    connector, classifier = (fragile.start(script) for script in BOTH)
    everything = plays(2000)
    fragile.publish(*everything[:1000])
    fragile.until_stored("mood_classified", 1000)
    kafka.kill()
    until(lambda: classifier.health()[0] == 503 and connector.health()[0] == 503, 60, "both say that Kafka is away")
    kafka.start()
    fragile.publish(*everything[1000:])
    fragile.until_stored("song_stream", 2000, seconds=90)
    fragile.until_stored("mood_classified", 2000, seconds=90)
    for service in (connector, classifier):
        assert "Traceback" not in service.output
        assert service.stop() == 0


def test_services_that_start_before_their_servers_wait_for_them(
    fragile: System, kafka: KafkaServer, database: DatabaseServer
) -> None:
    kafka.stop()
    database.stop()
    services = [fragile.start(script) for script in BOTH]
    for service in services:
        service.says("waiting: Kafka at")
    kafka.start()
    services[0].says("trying again until it succeeds: MySQL at")
    database.start()
    fragile.publish(*plays(100))
    fragile.until_stored("mood_classified", 100, seconds=90)


def test_a_stop_while_the_database_is_away_ends_in_time_and_commits_nothing(
    fragile: System, database: DatabaseServer
) -> None:
    connector = fragile.start("mysql_connector.py")
    connector.says("assigned ")
    database.kill()
    fragile.publish(*plays(500))
    connector.says("trying again until it succeeds: MySQL at")
    assert connector.stop(seconds=10) == 0
    database.start()
    fragile.start("mysql_connector.py")
    fragile.until_stored("song_stream", 500)
