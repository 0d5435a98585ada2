"""What the page learns of the running services and of Kafka, from little servers that are well, ill, mute or mad."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from local.kafka_server import KafkaServer
from moodstream.errors import ConfigurationError
from moodstream.settings import Settings
from moodstream.store.queries.wanted import Wanted
from moodstream.telemetry import PORTS
from moodstream.web import services
from moodstream.web.scrape import SECONDS, State, Target, scrape, targets
from moodstream.web.services import Services
from tests.factories import NOON
from tests.integration.system import until

METRICS = """\
# HELP moodstream_lag_messages Messages yet to be read
# TYPE moodstream_lag_messages gauge
moodstream_lag_messages{{topic="song_stream"}} {lag}
# TYPE moodstream_consumed_total counter
moodstream_consumed_total{{topic="song_stream"}} {consumed}
"""


class Double:
    """A service of our own: what it answers may change while it runs."""

    def __init__(self, service: str = "mood_classifier", **told: Any) -> None:
        self.body: bytes | None = None
        self.metrics = METRICS.format(lag=3.0, consumed=10.0)
        self.health = {
            "service": service,
            "status": "ok",
            "started_at": NOON.isoformat(),
            "last_progress_at": NOON.isoformat(),
            "fault": None,
        } | told

    def answer(self, path: str) -> tuple[int, bytes]:
        if self.body is not None:
            return 200, self.body
        if path == "/metrics":
            return 200, self.metrics.encode()
        return 503 if self.health["fault"] else 200, json.dumps(self.health).encode()


@contextmanager
def serving(double: Double, service: str = "mood_classifier") -> Iterator[Target]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = double.answer(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield Target(service, "127.0.0.1", server.server_port)
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def listening(say: bytes = b"") -> Iterator[Target]:
    """Something that takes connections, says something, and then nothing more."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server, ExitStack() as stack:
        stack.callback(lambda: [one.close() for one in taken])

        def take() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                taken.append(connection)
                connection.sendall(say)

        thread = threading.Thread(target=take, daemon=True)
        if say:
            thread.start()
            stack.callback(lambda: server.shutdown(socket.SHUT_RDWR))
        yield Target("mood_classifier", "127.0.0.1", server.getsockname()[1])


def nowhere() -> Target:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return Target("mood_classifier", "127.0.0.1", server.getsockname()[1])


def settings(*asked: Target, **more: Any) -> Settings:
    told = ", ".join(f"{target.service}={target.place}" for target in asked)
    return Settings(_env_file=None, telemetry_targets=told, kafka_bootstrap_servers=nowhere().place, **more)


@pytest.fixture
def watch() -> Iterator[Callable[..., Services]]:
    with ExitStack() as stack:

        def begin(*asked: Target, **more: Any) -> Services:
            found = Services(settings(*asked).model_copy(update=more))
            stack.callback(found.close)
            return found

        yield begin


def health(watched: Services, now: datetime = NOON) -> services.Health:
    """The first answer in which everybody was asked."""

    def asked() -> services.Health | None:
        found = services.health(watched, now, Wanted())
        return None if any(one.state == State.ASKED for one in found.instances) else found

    found: services.Health = until(asked, seconds=10)
    return found


def test_a_service_that_is_well_says_since_when_and_what_is_left_to_read() -> None:
    with serving(Double()) as target:
        (reply,) = scrape([target])
    assert (reply.state, reply.fault, reply.started_at, reply.progress_at) == (State.WELL, None, NOON, NOON)
    assert (reply.lag, reply.consumed) == ({"song_stream": 3.0}, {"song_stream": 10.0})


def test_a_service_that_tries_again_says_why() -> None:
    with serving(Double(fault="MySQL is away", status="retrying")) as target:
        (reply,) = scrape([target])
    assert (reply.state, reply.fault) == (State.RETRYING, "MySQL is away")


def test_nobody_at_a_port_is_an_answer() -> None:
    target = nowhere()
    (reply,) = scrape([target])
    assert (reply.state, reply.fault) == (State.AWAY, f"Nobody answers at {target.place}: Connection refused.")


def test_a_name_that_nobody_has_is_an_answer() -> None:
    (reply,) = scrape([Target("mood_classifier", "no-such-host.invalid", 9102)])
    assert reply.state == State.AWAY


@pytest.mark.parametrize(
    "body",
    [b"", b"no json", b"{}", b'{"service": 7}', b"[" * 100_000, b"x" * 3 * 2**20, b"\xff\xfe", b'"\\ud800"'],
    ids=["empty", "text", "too little", "wrong types", "deep", "too long", "no text", "half a character"],
)
def test_rubbish_is_an_answer(body: bytes) -> None:
    double = Double()
    double.body = body
    with serving(double) as target:
        (reply,) = scrape([target])
    assert reply.state == State.STRANGE


@pytest.mark.parametrize(
    "metrics",
    ["moodstream_lag_messages{", "no metrics at all", "\x00", "a b c d", 'a{b="c} 1', "moodstream_lag_messages x"],
)
def test_metrics_that_are_none_are_an_answer(metrics: str) -> None:
    double = Double()
    double.metrics = metrics
    with serving(double) as target:
        (reply,) = scrape([target])
    assert reply.state == State.STRANGE


def test_a_time_without_its_zone_is_no_answer_of_a_service() -> None:
    with serving(Double(last_progress_at="2026-11-21T12:00:00")) as target:
        (reply,) = scrape([target])
    assert reply.state == State.STRANGE


def test_numbers_that_count_nothing_are_left_out() -> None:
    double = Double()
    double.metrics = METRICS.format(lag="NaN", consumed="+Inf") + "moodstream_lag_messages 5\n"
    with serving(double) as target:
        (reply,) = scrape([target])
    assert (reply.state, reply.lag, reply.consumed) == (State.WELL, {}, {})


def test_another_service_at_a_port_is_named() -> None:
    with serving(Double("user_feedback")) as target:
        (reply,) = scrape([target])
    assert reply.state == State.STRANGE
    assert "user_feedback" in str(reply.fault)


@pytest.mark.parametrize("say", [b"", b"HTTP/1.0 200 OK\r\n", b"220 mail.example.org ESMTP\r\n"])
def test_one_that_hangs_is_given_up_after_a_second_while_others_are_asked(say: bytes) -> None:
    with listening(say) as mute, serving(Double()) as well:
        begun = time.monotonic()
        replies = scrape([mute, well, mute._replace(service="user_feedback")])
        took = time.monotonic() - begun
    assert [reply.state for reply in replies] == [State.SILENT, State.WELL, State.SILENT]
    assert SECONDS <= took < 2 * SECONDS


def test_every_service_of_this_machine_is_asked_unless_others_are_named() -> None:
    ours, everywhere = Settings(_env_file=None), "0.0.0.0"  # noqa: S104
    assert {(target.service, target.port) for target in targets(ours)} == set(PORTS.items())
    assert {target.host for target in targets(ours.model_copy(update={"telemetry_host": everywhere}))} == {"127.0.0.1"}
    assert {target.host for target in targets(ours.model_copy(update={"telemetry_host": "10.0.0.5"}))} == {"10.0.0.5"}


def test_services_elsewhere_are_named_by_the_settings() -> None:
    told = Settings(
        _env_file=None, telemetry_targets=" mood_classifier=one:9102,mood_classifier=two:9102, user_feedback=[::1]:9 "
    )
    assert list(targets(told)) == [
        Target("mood_classifier", "one", 9102),
        Target("mood_classifier", "two", 9102),
        Target("user_feedback", "::1", 9),
    ]
    assert Target("user_feedback", "::1", 9).place == "[::1]:9"


@pytest.mark.parametrize(
    "told",
    ["one:9102", "mood_classifier=one", "mood_classifier=:1", "classifier=one:1", "user_feedback=one:70000", ","],
)
def test_services_that_cannot_be_read_are_a_fault_of_the_settings(told: str) -> None:
    with pytest.raises(ConfigurationError, match="TELEMETRY_TARGETS"):
        Services(Settings(_env_file=None, telemetry_targets=told))


def test_a_question_never_waits_for_one_that_hangs(watch: Callable[..., Services]) -> None:
    with listening() as mute:
        watched = watch(mute)
        begun = time.monotonic()
        first = services.health(watched, NOON, Wanted())
        assert time.monotonic() - begun < SECONDS / 2
        assert [one.state for one in first.instances] == [State.ASKED]
        assert [one.state for one in health(watched).instances] == [State.SILENT]


def test_trouble_is_dated_by_when_it_was_first_seen_and_health_by_the_start(watch: Callable[..., Services]) -> None:
    double = Double()
    with serving(double) as target:
        watched = watch(target)
        assert health(watched).instances[0].since == NOON
        double.health["fault"] = "MySQL is away"
        ill = until(lambda: (one := health(watched).instances[0]).state == State.RETRYING and one, seconds=10)
        assert datetime.now(UTC) - ill.since < timedelta(seconds=5)
        double.health["fault"] = "MySQL is still away"
        later = until(lambda: (one := health(watched).instances[0]).fault == "MySQL is still away" and one, seconds=10)
        assert later.since == ill.since


def test_a_reader_without_progress_for_long_is_stuck_and_a_source_only_waits(watch: Callable[..., Services]) -> None:
    reader, source = Double(), Double("stream_music")
    source.metrics = ""
    with serving(reader) as one, serving(source, "stream_music") as other:
        soon, late = (health(watch(one, other), NOON + timedelta(seconds=seconds)).instances for seconds in (59, 61))
    assert [(found.stuck, found.well) for found in soon] == [(False, True), (False, True)]
    assert [(found.stuck, found.well) for found in late] == [(True, False), (False, True)]


def test_a_batch_processor_that_is_not_running_is_no_trouble(watch: Callable[..., Services]) -> None:
    batch, classifier = health(watch(nowhere()._replace(service="batch_processor"), nowhere())).instances
    assert (batch.state, batch.well, batch.resting) == (State.AWAY, True, True)
    assert (classifier.state, classifier.well) == (State.AWAY, False)


def test_cards_that_ask_at_the_same_time_share_one_answer(watch: Callable[..., Services]) -> None:
    asked: list[str] = []

    class Counting(Double):
        def answer(self, path: str) -> tuple[int, bytes]:
            asked.append(path)
            return super().answer(path)

    with serving(Counting()) as target:
        watched = watch(target)
        health(watched)
        for _ in range(5):
            services.health(watched, NOON, Wanted())
            services.lag(watched, NOON, Wanted())
    assert asked == ["/healthz", "/metrics"]


def test_what_is_read_a_second_follows_from_what_was_counted(watch: Callable[..., Services]) -> None:
    double = Double()
    with serving(double) as target:
        watched = watch(target)
        health(watched)
        assert services.lag(watched, NOON, Wanted())[0][2:] == ("song_stream", 3, None)
        double.metrics = METRICS.format(lag=0.0, consumed=110.0)
        (found,) = until(
            lambda: (f := services.lag(watched, NOON, Wanted()))[0].per_second is not None and f, seconds=10
        )
        assert 20 < found.per_second <= 100
        double.metrics = METRICS.format(lag=0.0, consumed=5.0)
        until(lambda: services.lag(watched, NOON, Wanted())[0].per_second is None, seconds=10, what="a new count")


def test_something_else_at_the_port_of_kafka_is_not_kafka(watch: Callable[..., Services]) -> None:
    with listening(b"220 mail.example.org ESMTP\r\n") as mail, listening() as mute:
        for place, reason in ((mail, "not as Kafka does"), (mute, "timed out")):
            watched = watch(nowhere(), kafka_bootstrap_servers=place.place)
            away = until(lambda: services.kafka(watched, NOON, Wanted()), seconds=5)  # noqa: B023  called at once
            assert reason in away.reason


def test_that_kafka_is_away_is_noticed_and_that_it_is_back(
    kafka: KafkaServer, watch: Callable[..., Services], caplog: pytest.LogCaptureFixture
) -> None:
    watched = watch(nowhere(), kafka_bootstrap_servers=kafka.address)

    def asked() -> services.Away | None:
        return services.kafka(watched, NOON, Wanted())

    def settled() -> bool:
        time.sleep(3)
        return asked() is None

    asked()
    assert settled()
    kafka.kill()
    away = until(asked, seconds=5, what="that Kafka is away")
    assert kafka.address in away.reason
    assert datetime.now(UTC) - away.since < timedelta(seconds=5)
    kafka.start()
    until(lambda: asked() is None, seconds=5, what="that Kafka is back")
    assert [record for record in caplog.records if record.name.startswith("kafka")] == []
