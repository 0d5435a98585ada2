"""Serving the page: the port first, then the app in a thread, so that the main thread is free for signals."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address

import uvicorn
from starlette.types import ASGIApp

from moodstream.errors import ConfigurationError
from moodstream.settings import Settings
from moodstream.web.guard import MOST_BYTES
from moodstream.web.wire import Bounded

# Sockets of open pages never end by themselves; their pages come back when the dashboard does.
GRACE_SECONDS = 2


def listen(host: str, port: int) -> socket.socket:
    """Take the port, before anything else is begun.

    Raises:
        ConfigurationError: it is taken, or not ours to take.
    """
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, UnicodeError) as error:  # the latter: a name that no host can have
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigurationError(
            f"The dashboard cannot listen on {host}:{port} ({reason}): "
            "end what listens there, or set DASHBOARD_PORT or DASHBOARD_HOST to another."
        ) from error


def refuse_openness(listener: socket.socket, settings: Settings) -> None:
    """See that whoever can reach us has to say a password, unless that is this machine alone.

    Raises:
        ConfigurationError: others can, and there is no password.
    """
    host = listener.getsockname()[0]
    if not settings.dashboard_password.get_secret_value() and not ip_address(host.partition("%")[0]).is_loopback:
        raise ConfigurationError(
            f"DASHBOARD_HOST is {settings.dashboard_host}, so others can reach the dashboard: "
            "set DASHBOARD_PASSWORD, or listen on 127.0.0.1 alone."
        )


def url(listener: socket.socket) -> str:
    """Where the page is."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def serving(app: ASGIApp, listener: socket.socket) -> Iterator[Callable[[], bool]]:
    """Serve an app while the block runs; gives a function that says whether it still does."""
    config = uvicorn.Config(
        app,
        http=Bounded,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        ws_max_size=MOST_BYTES,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True, name="server")
    thread.start()
    try:
        yield thread.is_alive
    finally:
        server.should_exit = True
        thread.join()
