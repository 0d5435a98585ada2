"""A broker greeted by hand: the client tries for ever, and tells nobody that it is not trusted or not let in."""

import socket
import ssl
from collections.abc import Iterator

from kafka.net.sasl import get_sasl_mechanism

from moodstream import tls
from moodstream.bus.conversation import Conversation, EncryptedError
from moodstream.errors import ConfigurationError, MoodstreamError, TransientError
from moodstream.settings import Settings

REACH_SECONDS = 2.0
UNSUPPORTED_MECHANISM, ILLEGAL_STATE, NOT_AUTHENTICATED = 33, 34, 58
"""Numbers of errors: of a broker that knows SASL, of one that does not, and of one that does not know us."""


def greet(settings: Settings, seconds: float = REACH_SECONDS, *, doubting: bool = False) -> None:
    """Have a broker answer, and log in where the settings say so: one that hangs still takes connections.

    A connection of its own costs less than a client, whose thread would try, and log, on and on while Kafka is away.

    Args:
        seconds: how long each step may take, with each broker.
        doubting: whether to ask as well if a log-in is wanted where the settings have none.

    Raises:
        TransientError: none answers.
        ConfigurationError: KAFKA_BOOTSTRAP_SERVERS is not a list of host:port; or none lets us in, and of one it is
            known that waiting will not help.
    """
    faults: list[MoodstreamError] = []
    for host, port in _servers(settings):
        try:
            return _Greeting(settings, host, port, seconds).say(doubting=doubting)
        except MoodstreamError as error:
            faults.append(error)
    raise next((fault for fault in faults if isinstance(fault, ConfigurationError)), faults[-1])


def _servers(settings: Settings) -> Iterator[tuple[str, int]]:
    for server in settings.kafka_bootstrap_servers.split(","):
        host, _, port = server.strip().rpartition(":")
        if not host or not port.isdecimal():
            raise ConfigurationError(f"KAFKA_BOOTSTRAP_SERVERS is {server!r}: write it as host:port.")
        yield host.strip("[]"), int(port)


def credentials(settings: Settings) -> dict[str, str]:
    """The settings of SASL, as the client names them."""
    return {
        "sasl_mechanism": settings.kafka_sasl_mechanism,
        "sasl_plain_username": settings.kafka_sasl_username,
        "sasl_plain_password": settings.kafka_sasl_password.get_secret_value(),
    }


class _Greeting:
    def __init__(self, settings: Settings, host: str, port: int, seconds: float) -> None:
        self._settings, self._host, self._port, self._seconds = settings, host, port, seconds
        self._place, self._protocol = f"Kafka at {host}:{port}", settings.kafka_security_protocol
        self._correct = (
            f"but KAFKA_SECURITY_PROTOCOL is {self._protocol}: correct it, or the port in KAFKA_BOOTSTRAP_SERVERS."
        )

    def say(self, *, doubting: bool) -> None:
        try:
            with self._connected() as plain:
                if not self._protocol.endswith("SSL"):
                    return self._talk(Conversation(plain), doubting=doubting)
                with self._encrypted(plain) as stream:
                    return self._talk(Conversation(stream), doubting=doubting)
        except OSError as error:
            raise self._meaning(error) from error

    def _connected(self) -> socket.socket:
        return socket.create_connection((self._host, self._port), self._seconds)

    def _encrypted(self, plain: socket.socket) -> ssl.SSLSocket:
        try:
            return tls.context(self._settings, "kafka").wrap_socket(plain, server_hostname=self._host)
        except (ConnectionError, ssl.SSLEOFError):
            # What hangs up on a handshake may be ending, or may not know what one is.
            with self._connected() as another:
                Conversation(another).versions()
            raise ConfigurationError(f"{self._place} does not speak TLS, {self._correct}") from None

    def _talk(self, broker: Conversation, *, doubting: bool) -> None:
        broker.versions()
        if self._protocol.startswith("SASL"):
            self._log_in(broker)
        elif doubting and broker.offer("") == UNSUPPORTED_MECHANISM:
            raise ConfigurationError(f"{self._place} wants a log-in by SASL, {self._correct}")

    def _log_in(self, broker: Conversation) -> None:
        given = credentials(self._settings)
        mechanism = get_sasl_mechanism(given["sasl_mechanism"])(**given)
        self._accepted(broker.offer(given["sasl_mechanism"]))
        while not mechanism.is_done():
            code, answer = broker.authenticate(mechanism.auth_bytes())
            self._accepted(code)
            try:
                mechanism.receive(answer)
            except ValueError as error:  # the broker, in turn, has to show that it knows the password
                raise ConfigurationError(self._refused()) from error

    def _accepted(self, code: int) -> None:
        known = {
            UNSUPPORTED_MECHANISM: f"{self._place} does not take {self._settings.kafka_sasl_mechanism}: "
            "correct KAFKA_SASL_MECHANISM.",
            ILLEGAL_STATE: f"{self._place} wants no log-in by SASL, {self._correct}",
            NOT_AUTHENTICATED: self._refused(),
        }
        if code in known:
            raise ConfigurationError(known[code])
        if code:
            raise ConnectionError(f"it answers with error {code} to a log-in")

    def _refused(self) -> str:
        return (
            f"{self._place} refuses the account {self._settings.kafka_sasl_username}: check KAFKA_SASL_USERNAME, "
            "KAFKA_SASL_PASSWORD and KAFKA_SASL_MECHANISM."
        )

    def _meaning(self, error: OSError) -> MoodstreamError:
        if isinstance(error, EncryptedError):
            return ConfigurationError(f"{self._place} speaks TLS, {self._correct}")
        if isinstance(error, ssl.SSLCertVerificationError):
            return ConfigurationError(
                f"{self._place} cannot be trusted ({error.verify_message.rstrip('.')}): check KAFKA_TLS_CA, the host "
                "in KAFKA_BOOTSTRAP_SERVERS, and the broker's certificate."
            )
        if tls.disagreed(error):
            return ConfigurationError(
                f"{self._place} ended the handshake ({error.reason}): check KAFKA_TLS_CERTIFICATE, which it may "
                "demand, and KAFKA_SECURITY_PROTOCOL."
            )
        return TransientError(f"Kafka at {self._settings.kafka_bootstrap_servers}: {error}")
