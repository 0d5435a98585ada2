"""What comes over a connection is bounded before anybody looks at it: in size, and in time."""

import socket
import time
from collections.abc import Iterator

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from moodstream.web import wire
from moodstream.web.server import listen, serving

SOON = 0.3


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Says how many bytes came."""
    if scope["type"] == "http":
        request = Request(scope, receive)
        await PlainTextResponse(f"{len(await request.body())} bytes")(scope, receive, send)


@pytest.fixture
def port() -> Iterator[int]:
    with listen("127.0.0.1", 0) as listener, serving(echo, listener):
        yield listener.getsockname()[1]


def say(port: int, *parts: bytes, pause: float = 0.0) -> str:
    """What is answered to bytes that come in parts, until the other side closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        try:
            for part in parts:
                connection.sendall(part)
                time.sleep(pause)
        except OSError:  # the other side has heard enough
            pass
        return _rest(connection)


def _rest(connection: socket.socket) -> str:
    said = b""
    try:
        while part := connection.recv(65536):
            said += part
    except ConnectionResetError:  # closed while we were still talking
        pass
    return said.decode()


def request(*headers: str, path: str = "/") -> bytes:
    return "\r\n".join((f"POST {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers, "", "")).encode()


def test_what_fits_is_answered(port: int) -> None:
    assert say(port, request("Content-Length: 5"), b"hello").endswith("5 bytes")
    assert "200 OK" in say(port, request(f"X-Long: {'x' * 30_000}", path=f"/?{'q' * 30_000}"))


@pytest.mark.parametrize(
    "endless",
    [
        [b"POST / HTTP/1.1\r\nX: ", *[b"x" * 10_000] * 100],
        [b"POST / HTTP/1.1\r\n", *[b"X: y\r\n" * 1000] * 100],
        [b"POST /", *[b"x" * 10_000] * 100],
    ],
    ids=["a header", "many headers", "an address"],
)
def test_a_head_without_an_end_is_cut_off(port: int, endless: list[bytes]) -> None:
    said = say(port, *endless, pause=0.001)
    assert said == "" or "431 " in said


def test_a_head_that_is_too_long_is_told_so(port: int) -> None:
    assert "431 " in say(port, b"POST / HTTP/1.1\r\nX: " + b"x" * (wire.MOST_HEAD + 1))


@pytest.mark.parametrize("begun", [b"", b"POST / HT", b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "])
def test_who_does_not_come_to_the_end_of_a_head_is_not_waited_for(
    port: int, begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "HEAD_SECONDS", SOON)
    assert "408 " in say(port, begun)


def test_a_byte_now_and_then_does_not_keep_a_connection(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "HEAD_SECONDS", SOON)
    assert "400 " not in say(port, b"POST / HTTP/1.1\r\nX: ", *[b"x"] * 12, pause=SOON / 6)


def test_a_body_that_does_not_come_is_not_waited_for(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "BODY_SECONDS", SOON)
    assert say(port, request("Content-Length: 5"), b"hell") == ""


def test_a_connection_that_is_kept_may_ask_again(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "HEAD_SECONDS", SOON)
    kept = request("Content-Length: 2").replace(b"Connection: close\r\n", b"") + b"hi"
    said = say(port, kept, request("Content-Length: 3") + b"hey", pause=SOON * 2)
    assert (said.count("2 bytes"), said.count("3 bytes")) == (1, 1)
