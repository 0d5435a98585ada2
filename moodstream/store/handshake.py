"""The handshake of TLS with the database server, made by hand: the driver has one number for whatever fails in it.

A packet is three bytes of length, a number and the content; https://dev.mysql.com/doc/dev/mysql-server has the rest.
"""

import socket
import ssl
import struct

from moodstream import tls
from moodstream.errors import ConfigurationError
from moodstream.settings import Settings

SECONDS = 5.0
ALERT_SECONDS = 1.0
"""How long a server may take to refuse our certificate, which it does after the handshake."""
HANDSHAKE_10 = 10
"""The first byte of a greeting; that of an error is another."""
CLIENT_SSL, PROTOCOL_41 = 0x800, 0x200
# The packet numbered 1 that says "TLS from here on": what we can, the largest packet, utf8mb4, and 23 zeros.
TLS_REQUEST = b"\x20\x00\x00\x01" + struct.pack("<IIB23x", CLIENT_SSL | PROTOCOL_41, 2**24, 45)


def examine(settings: Settings) -> None:
    """Find out whether a handshake failed for good. What is only cut, or not there, is nobody's setting.

    Raises:
        ConfigurationError: the server has no TLS, its certificate does not verify, or it refuses ours.
    """
    if settings.mysql_tls_ca is None:
        return  # nothing is demanded of a server, so nothing can be wrong with it
    place = f"MySQL at {settings.mysql_host}:{settings.mysql_port}"
    try:
        _shake(settings, place)
    except ssl.SSLCertVerificationError as error:
        raise ConfigurationError(
            f"{place} cannot be trusted ({error.verify_message.rstrip('.')}): check MYSQL_TLS_CA, MYSQL_HOST, "
            "and the server's certificate."
        ) from error
    except OSError as error:
        if tls.disagreed(error):
            raise ConfigurationError(
                f"{place} ended the handshake ({error.reason}): check MYSQL_TLS_CERTIFICATE and MYSQL_TLS_KEY."
            ) from error


def _shake(settings: Settings, place: str) -> None:
    with socket.create_connection((settings.mysql_host, settings.mysql_port), SECONDS) as plain:
        with plain.makefile("rb") as stream:
            greeting = stream.read(int.from_bytes(stream.read(4)[:3], "little"))
        if greeting[:1] != bytes([HANDSHAKE_10]):
            return
        if not _capabilities(greeting) & CLIENT_SSL:
            raise ConfigurationError(f"{place} offers no TLS, which MYSQL_TLS_CA demands: give it a certificate.")
        plain.sendall(TLS_REQUEST)
        with tls.context(settings, "mysql").wrap_socket(plain, server_hostname=settings.mysql_host) as encrypted:
            encrypted.settimeout(ALERT_SECONDS)
            encrypted.recv(1)


def _capabilities(greeting: bytes) -> int:
    """The lower half of what a server can; before it are its version, the connection's id, and random bytes."""
    return int.from_bytes(greeting.partition(b"\0")[2][13:15], "little")
