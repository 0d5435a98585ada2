"""Questions to a broker and their answers, on one socket; https://kafka.apache.org/protocol says what they are."""

import socket
import struct

API_VERSIONS, SASL_HANDSHAKE, SASL_AUTHENTICATE = 18, 17, 36
"""Keys of the requests that every broker answers, to anybody."""
CORRELATION = b"mood"
"""What an answer repeats of its request, so that it is known as one."""
ALERT = 0x15
"""The first byte of what a TLS server answers to those who do not speak it."""


class EncryptedError(ConnectionError):
    """Raised when what answers speaks TLS, and we do not."""


class Conversation:
    """A connection to a broker, on which a question is asked once the one before is answered.

    Its methods raise OSError: the connection is cut, or what answers is no Kafka.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def versions(self) -> None:
        """Have it say which requests it knows, as a sign of life."""
        self._ask(API_VERSIONS, 0, b"")

    def offer(self, mechanism: str) -> int:
        """Name a mechanism of SASL; the number of the broker's error, 0 for none."""
        answer = self._ask(SASL_HANDSHAKE, 1, _sized(">h", mechanism.encode()))
        return int.from_bytes(answer[:2])

    def authenticate(self, said: bytes) -> tuple[int, bytes]:
        """What a mechanism says to the broker; the number of its error, and what it says to the mechanism."""
        answer = self._ask(SASL_AUTHENTICATE, 0, _sized(">i", said))
        code, length = struct.unpack_from(">Hh", answer)
        return code, answer[4 + max(length, 0) + 4 :]

    def _ask(self, key: int, version: int, body: bytes) -> bytes:
        # Key, version, correlation, and the length -1 of a name that is not there.
        self._connection.sendall(_sized(">i", struct.pack(">hh4sh", key, version, CORRELATION, -1) + body))
        begun = self._read(8)
        if begun[:1] == bytes([ALERT]):
            raise EncryptedError("it speaks TLS")
        if begun and begun[4:] != CORRELATION:
            raise ConnectionError("something answers there, but not as Kafka does")
        answer = self._read(size := max(0, int.from_bytes(begun[:4]) - len(CORRELATION)))
        if not answer or len(answer) < size:
            raise ConnectionError("it takes a question, and hangs up")
        return answer

    def _read(self, size: int) -> bytes:
        """So many bytes, or fewer where the connection ends."""
        read = b""
        while len(read) < size and (more := self._connection.recv(size - len(read))):
            read += more
        return read


def _sized(size: str, content: bytes) -> bytes:
    return struct.pack(size, len(content)) + content
