"""Ports of this machine's loopback."""

import socket

HOST = "127.0.0.1"
LAST = 65535


def is_free(port: int, host: str = HOST) -> bool:
    """Whether a server could listen on a port now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError:
            return False
        return True


def free() -> int:
    """Some port that is free now."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def free_from(preferred: int) -> int:
    """The first free port from `preferred` on."""
    return next((port for port in range(preferred, LAST + 1) if is_free(port)), 0) or free()
