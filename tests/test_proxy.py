"""The network that misbehaves does so as it is told."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.proxy import Proxy


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that answers with what it was sent."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        with connection:
            while data := connection.recv(65536):
                connection.sendall(data)

    def accept() -> None:
        try:
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
        except OSError:
            return

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


@pytest.fixture
def proxy(echo: int) -> Iterator[Proxy]:
    proxy = Proxy(echo)
    yield proxy
    proxy.close()


@pytest.fixture
def client(proxy: Proxy) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=3) as connection:
        connection.sendall(b"ready")
        assert connection.recv(10) == b"ready"
        yield connection


def test_what_is_sent_comes_through(client: socket.socket) -> None:
    client.sendall(b"hello")
    assert client.recv(10) == b"hello"


def test_an_answer_is_late(proxy: Proxy, client: socket.socket) -> None:
    proxy.latency = 0.3
    begun = time.monotonic()
    client.sendall(b"hello")
    assert client.recv(10) == b"hello"
    assert time.monotonic() - begun >= 0.3


def test_nothing_comes_through_a_black_hole_until_it_is_gone(proxy: Proxy, client: socket.socket) -> None:
    proxy.silent = True
    client.sendall(b"hello")
    client.settimeout(0.3)
    with pytest.raises(TimeoutError):
        client.recv(10)
    proxy.heal()
    client.settimeout(3)
    assert client.recv(10) == b"hello"


def test_connections_are_reset(proxy: Proxy, client: socket.socket) -> None:
    proxy.cut()
    assert _ended(client)


def test_new_connections_are_refused(proxy: Proxy) -> None:
    proxy.refuse()
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=3) as connection:
        assert _ended(connection)


def test_an_answer_is_cut_off_after_some_bytes(proxy: Proxy, client: socket.socket) -> None:
    proxy.budget = 3
    client.sendall(b"hello")
    assert _ended(client)


def test_one_answer_is_lost_and_what_was_asked_arrives(proxy: Proxy, client: socket.socket) -> None:
    proxy.loses = b"commit"
    client.sendall(b"COMMIT")
    assert _ended(client)
    assert proxy.lost == 1
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=3) as another:
        another.sendall(b"commit")
        assert another.recv(10) == b"commit"


def _ended(connection: socket.socket) -> bool:
    try:
        return connection.recv(10) == b""
    except ConnectionResetError:
        return True
