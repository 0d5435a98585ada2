"""What a service says of itself: what it last got done, what failed, what waits, and why nothing moves."""

import time

import pytest
from prometheus_client import REGISTRY

from moodstream import health as module
from moodstream.health import Health


@pytest.fixture
def health(monkeypatch: pytest.MonkeyPatch) -> Health:
    monkeypatch.setattr(module, "STALLED_SECONDS", 0.05)
    return Health("mysql_connector")


def test_a_lasting_fault_is_news_once_and_counted_each_time(health: Health) -> None:
    assert [health.failing("MySQL is away") for _ in range(3)] == [True, False, False]
    status, body = health.answer()
    assert (status, body["status"], body["fault"], body["retries"]) == (503, "retrying", "MySQL is away", 3)


def test_what_failed_last_is_still_said_once_all_is_well_again(health: Health) -> None:
    health.failing("MySQL is away")
    health.progress()
    status, body = health.answer()
    assert (status, body["status"], body["fault"], body["last_error"]) == (200, "ok", None, "MySQL is away")
    assert body["last_error_at"] is not None


def test_a_consumer_that_gets_nothing_done_while_messages_wait_is_not_well_and_says_why(health: Health) -> None:
    health.progress()
    health.lag({"song_stream": 7}, joined=True)
    health.beat("500 messages are in hand")
    time.sleep(0.1)
    status, body = health.answer()
    assert (status, body["status"], body["lag"]) == (503, "stalled", {"song_stream": 7})
    assert "7 messages wait: 500 messages are in hand" in body["fault"]


def test_a_consumer_that_has_read_everything_is_well_however_long_nothing_comes(health: Health) -> None:
    time.sleep(0.1)
    health.lag({"song_stream": 0}, joined=True)
    assert health.answer()[0] == 200


def test_a_consumer_that_never_gets_into_its_group_is_not_well(health: Health) -> None:
    time.sleep(0.1)
    health.lag({}, joined=False)
    assert health.answer()[1]["status"] == "stalled"


def test_a_source_may_have_nothing_to_give_for_long(health: Health) -> None:
    time.sleep(0.1)
    assert health.answer()[0] == 200


def test_lag_progress_and_errors_are_measured(health: Health) -> None:
    health.lag({"song_stream": 7}, joined=True)
    before = REGISTRY.get_sample_value("moodstream_retries_total") or 0.0
    health.failing("away")
    assert REGISTRY.get_sample_value("moodstream_lag_messages", {"topic": "song_stream"}) == 7
    assert REGISTRY.get_sample_value("moodstream_retries_total") == before + 1
    since = REGISTRY.get_sample_value("moodstream_last_error_timestamp_seconds")
    assert since == pytest.approx(time.time(), abs=5)
    assert 0 < (REGISTRY.get_sample_value("moodstream_seconds_since_progress") or 0) < 60
