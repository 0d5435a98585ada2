"""What every client of Kafka shares: how to connect, and what its errors mean."""

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from kafka import errors as kafka_errors

from moodstream.errors import ConfigurationError, DataError, MoodstreamError, TransientError
from moodstream.settings import Settings

MAX_MESSAGE = 16 * 2**20
"""Bytes of the largest message that a topic takes."""
MAX_LETTER = MAX_MESSAGE + 2**20
"""Bytes of the largest dead letter, with room for its key and headers."""

REFUSALS = (
    kafka_errors.AuthorizationError,
    kafka_errors.SaslAuthenticationFailedError,
    kafka_errors.UnsupportedVersionError,
    kafka_errors.KafkaConfigurationError,
)
TOO_LARGE = (kafka_errors.MessageSizeTooLargeError, kafka_errors.RecordListTooLargeError)

CORRELATION = b"mood"
"""What an answer repeats of its request, so that it is known as one."""
# Size, key 18, version 0, correlation, and the length -1 of a name that is not there: every broker answers this,
# to anybody (https://kafka.apache.org/protocol#The_Messages_ApiVersions).
API_VERSIONS = struct.pack(">ihh4sh", 10, 18, 0, CORRELATION, -1)


@contextmanager
def translated(settings: Settings) -> Iterator[None]:
    """Raise the client's errors as ours, told apart by class; what is not known may pass, so it is transient."""
    try:
        yield
    except kafka_errors.KafkaError as error:
        raise _translate(error, settings) from error


def _translate(error: kafka_errors.KafkaError, settings: Settings) -> MoodstreamError:
    place = f"Kafka at {settings.kafka_bootstrap_servers}"
    if isinstance(error, REFUSALS):
        return ConfigurationError(
            f"{place} refuses ({error}): check KAFKA_BOOTSTRAP_SERVERS and the rights on its topics."
        )
    if isinstance(error, TOO_LARGE):
        return DataError(f"larger than the {MAX_MESSAGE} bytes that a topic takes")
    return TransientError(f"{place}: {error}")


def reach(settings: Settings) -> None:
    """Look whether a broker can be reached at all.

    Raises:
        TransientError: none can.
        ConfigurationError: KAFKA_BOOTSTRAP_SERVERS is not a list of host:port.
    """
    _any(settings, 2.0, lambda _: None)


def greet(settings: Settings, seconds: float) -> None:
    """Ask a broker which requests it knows: a broker that hangs still takes connections, but does not say.

    A connection of its own costs less than a client, whose thread would try, and log, on and on while Kafka is away.

    Raises:
        TransientError: none answers within `seconds` each.
        ConfigurationError: as `reach`.
    """
    _any(settings, seconds, _greeted)


def _greeted(connection: socket.socket) -> None:
    connection.sendall(API_VERSIONS)
    with connection.makefile("rb") as answer:
        begun = answer.read(8)
    if begun[4:] != CORRELATION:
        raise ConnectionError("something answers there, but not as Kafka does")


def _any(settings: Settings, seconds: float, enough: Callable[[socket.socket], None]) -> None:
    fault: OSError | None = None
    for server in settings.kafka_bootstrap_servers.split(","):
        host, _, port = server.strip().rpartition(":")
        if not host or not port.isdecimal():
            raise ConfigurationError(f"KAFKA_BOOTSTRAP_SERVERS is {server!r}: write it as host:port.")
        try:
            with socket.create_connection((host.strip("[]"), int(port)), timeout=seconds) as connection:
                enough(connection)
                return
        except OSError as error:
            fault = error
    raise TransientError(f"Kafka at {settings.kafka_bootstrap_servers}: {fault}")


def connection(settings: Settings) -> dict[str, Any]:
    """The options that say where the brokers are."""
    servers = [server.strip() for server in settings.kafka_bootstrap_servers.split(",")]
    # A broker that comes back is noticed within 2 s; the default would let it wait for up to 30.
    return {"bootstrap_servers": servers, "bootstrap_timeout_ms": 5000, "reconnect_backoff_max_ms": 2000}
