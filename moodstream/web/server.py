"""Serving the page: the port first, then the app in a thread, so that the main thread is free for signals."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from moodstream.errors import ConfigurationError

# Sockets of open pages never end by themselves; their pages come back when the dashboard does.
GRACE_SECONDS = 2


def listen(host: str, port: int) -> socket.socket:
    """Take the port, before anything else is begun.

    Raises:
        ConfigurationError: it is taken, or not ours to take.
    """
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise ConfigurationError(
            f"The dashboard cannot listen on {host}:{port} ({os.strerror(error.errno or 0)}): "
            "end what listens there, or set DASHBOARD_PORT or DASHBOARD_HOST to another."
        ) from error


@contextmanager
def serving(app: FastAPI, listener: socket.socket) -> Iterator[Callable[[], bool]]:
    """Serve an app while the block runs; gives a function that says whether it still does."""
    config = uvicorn.Config(
        app, log_config=None, log_level="warning", access_log=False, timeout_graceful_shutdown=GRACE_SECONDS
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True, name="server")
    thread.start()
    try:
        yield thread.is_alive
    finally:
        server.should_exit = True
        thread.join()
