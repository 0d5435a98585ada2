"""TLS to Kafka and to the database: what the settings say of it, held together before anything connects."""

import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeGuard

from moodstream.errors import ConfigurationError
from moodstream.settings import Settings

Server = Literal["kafka", "mysql"]
FILES = ("tls_ca", "tls_certificate", "tls_key")


def check(settings: Settings) -> None:
    """Hold the settings about TLS and SASL against each other, and read the files that they name.

    Raises:
        ConfigurationError: one is missing, has no effect, or names a file that is not what it should be.
    """
    protocol = settings.kafka_security_protocol
    _hold(settings, ("kafka_sasl_username", "kafka_sasl_password"), protocol.startswith("SASL"), needed=True)
    _hold(settings, [f"kafka_{file}" for file in FILES], protocol.endswith("SSL"))
    if protocol.endswith("SSL"):
        context(settings, "kafka")
    if any(getattr(settings, f"mysql_{file}") for file in FILES):
        context(settings, "mysql")


def _hold(settings: Settings, names: Sequence[str], used: bool, *, needed: bool = False) -> None:
    protocol = f"KAFKA_SECURITY_PROTOCOL is {settings.kafka_security_protocol}"
    for name in names:
        given = bool(getattr(settings, name))
        if given and not used:
            raise ConfigurationError(f"{name.upper()} has no effect while {protocol}: change one of the two.")
        if used and needed and not given:
            raise ConfigurationError(f"{protocol}, which needs {name.upper()}: set it in the environment or in .env.")


def disagreed(error: OSError) -> TypeGuard[ssl.SSLError]:
    """Whether the two sides came to speak, and cannot agree; a connection that was cut has other numbers."""
    return isinstance(error, ssl.SSLError) and error.errno == ssl.SSL_ERROR_SSL


def context(settings: Settings, server: Server) -> ssl.SSLContext:
    """With what a connection is encrypted; the server's certificate and host name are verified.

    Raises:
        ConfigurationError: a file cannot be read, is no PEM, or is missing beside another.
    """
    ca, certificate, key = (_file(settings, f"{server}_{file}") for file in FILES)
    prefix = server.upper()
    if server == "mysql" and ca is None:
        raise ConfigurationError("MYSQL_TLS_CERTIFICATE has no effect without MYSQL_TLS_CA: set both, and the key.")
    if (certificate is None) != (key is None):
        raise ConfigurationError(f"{prefix}_TLS_CERTIFICATE and {prefix}_TLS_KEY belong together: set both, or none.")
    try:
        made = ssl.create_default_context(cafile=ca)
    except ssl.SSLError as error:
        raise ConfigurationError(f"{prefix}_TLS_CA is {ca}, which holds no certificate: name a PEM file.") from error
    if certificate is not None:
        _introduce(made, certificate, str(key), prefix)
    return made


def _introduce(made: ssl.SSLContext, certificate: str, key: str, prefix: str) -> None:
    try:
        made.load_cert_chain(certificate, key, password="")  # without one, OpenSSL would ask at the terminal
    except ssl.SSLError as error:
        raise ConfigurationError(
            f"{prefix}_TLS_KEY is {key}, which is no key without a passphrase for {prefix}_TLS_CERTIFICATE, "
            f"{certificate}: name PEM files that belong together."
        ) from error


def _file(settings: Settings, name: str) -> str | None:
    """The path of a file that can be read."""
    path: Path | None = getattr(settings, name)
    if path is None:
        return None
    try:
        with path.expanduser().open("rb"):
            return str(path.expanduser())
    except OSError as error:
        raise ConfigurationError(f"{name.upper()} is {path}, which cannot be read: {error.strerror}.") from error
