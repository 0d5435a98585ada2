"""What every client of Kafka shares: how to connect, and what its errors mean."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kafka import errors as kafka_errors

from moodstream import tls
from moodstream.bus.greeting import credentials, greet
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

# What these stand for, the client keeps to itself: a broker that is away, or one that does not let us in.
SILENCES = (kafka_errors.KafkaTimeoutError, kafka_errors.KafkaConnectionError, kafka_errors.NodeNotReadyError)


@contextmanager
def translated(settings: Settings) -> Iterator[None]:
    """Raise the client's errors as ours, told apart by class; what is not known may pass, so it is transient.

    Of what tells nothing, a broker is asked.
    """
    try:
        yield
    except kafka_errors.KafkaError as error:
        if isinstance(error, SILENCES):
            greet(settings, doubting=True)
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


def connection(settings: Settings) -> dict[str, Any]:
    """The options that say where the brokers are, and how they are spoken to.

    Raises:
        ConfigurationError: a file of KAFKA_TLS_... cannot be used.
    """
    servers = [server.strip() for server in settings.kafka_bootstrap_servers.split(",")]
    protocol = settings.kafka_security_protocol
    encrypted = {"ssl_context": tls.context(settings, "kafka")} if protocol.endswith("SSL") else {}
    known = credentials(settings) if protocol.startswith("SASL") else {}
    # A broker that comes back is noticed within 2 s; the default would let it wait for up to 30.
    patience = {"bootstrap_timeout_ms": 5000, "reconnect_backoff_max_ms": 2000}
    return {"bootstrap_servers": servers, "security_protocol": protocol} | encrypted | known | patience
