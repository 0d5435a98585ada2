"""/healthz and /metrics: who asks is answered, and who says nothing, or comes in a crowd, holds up nobody."""

import json
import socket
import threading
import urllib.request
from collections.abc import Iterator

import pytest

from moodstream import telemetry
from moodstream.settings import Settings
from tests.integration.system import until


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    made = telemetry.make_server
    ports: list[int] = []

    def make(*given):  # type: ignore[no-untyped-def]
        server = made(*given)
        ports.append(server.server_port)
        return server

    monkeypatch.setattr(telemetry, "make_server", make)
    monkeypatch.setattr(telemetry, "MOST_REQUESTS", 8)
    monkeypatch.setattr(telemetry._QuietHandler, "timeout", 1.0)
    with telemetry.serve("mysql_connector", Settings(_env_file=None, telemetry_port=0)):
        yield ports[0]


def asked(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        return str(answer.read().decode())


def test_a_service_says_how_it_is(port: int) -> None:
    assert json.loads(asked(port, "/healthz"))["service"] == "mysql_connector"
    assert "moodstream_seconds_since_progress" in asked(port, "/metrics")


def test_connections_that_say_nothing_hold_few_threads_and_not_for_long(port: int) -> None:
    before = threading.active_count()
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(50)]
    until(lambda: threading.active_count() > before, 5, "somebody is waited for")
    assert threading.active_count() <= before + 8
    until(lambda: threading.active_count() == before, 10, "nobody is waited for any more")
    assert json.loads(asked(port, "/healthz"))["status"] == "ok"
    for connection in silent:
        connection.close()
