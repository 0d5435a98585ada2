"""How a service is: `/healthz` and `/metrics` on a port of its own, loopback unless told otherwise."""

import json
import logging
import socketserver
import threading
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import REGISTRY, Counter, Histogram, disable_created_metrics, make_wsgi_app

from moodstream.health import Health
from moodstream.settings import Settings

log = logging.getLogger(__name__)

REQUEST_SECONDS = 5.0
MOST_REQUESTS = 32
"""Who comes while so many are being answered is turned away: each has a thread."""
PORTS = {
    "stream_music": 9101,
    "mood_classifier": 9102,
    "user_feedback": 9103,
    "mysql_connector": 9104,
    "playlist_manager": 9105,
    "batch_processor": 9106,
}

disable_created_metrics()  # type: ignore[no-untyped-call]
CONSUMED = Counter("moodstream_consumed_total", "Messages dealt with", ["topic"])
PUBLISHED = Counter("moodstream_published_total", "Messages acknowledged by the broker", ["topic"])
REJECTED = Counter("moodstream_rejected_total", "Messages sent to dead letters", ["topic"])
BATCH_SECONDS = Histogram("moodstream_batch_seconds", "Time from having read a batch to its commit")


def count(counter: Counter, topics: Iterable[str]) -> None:
    """Count messages by their topic."""
    for topic, number in Tally(topics).items():
        counter.labels(topic).inc(number)


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._room = threading.BoundedSemaphore(MOST_REQUESTS)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()


class _QuietHandler(WSGIRequestHandler):
    timeout = REQUEST_SECONDS  # a connection that says nothing would keep its thread for ever

    def log_message(self, format: str, *args: Any) -> None:
        log.debug(format, *args)


@contextmanager
def serve(service: str, settings: Settings) -> Iterator[Health]:
    """Answer `/healthz` and `/metrics` while the block runs."""
    health = Health(service)
    server = _bind(settings.telemetry_host, _port(service, settings), _app(health))
    log.info("%s: health and metrics at http://%s:%d", service, settings.telemetry_host, server.server_port)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    try:
        yield health
    finally:
        server.shutdown()
        server.server_close()


def _port(service: str, settings: Settings) -> int:
    return PORTS[service] if settings.telemetry_port is None else settings.telemetry_port


def _bind(host: str, port: int, app: Callable[..., Any]) -> WSGIServer:
    try:
        return make_server(host, port, app, _Server, _QuietHandler)
    except OSError as error:
        # A second instance of a service on one machine is how it is scaled, so this is no reason to stop.
        log.warning("port %d for health and metrics is taken (%s): taking another", port, error.strerror)
        return make_server(host, 0, app, _Server, _QuietHandler)


def _app(health: Health) -> Callable[..., Iterable[bytes]]:
    metrics: Callable[..., Iterable[bytes]] = make_wsgi_app(REGISTRY)

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/metrics":
            return metrics(environ, start_response)
        if environ["PATH_INFO"] != "/healthz":
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b"There are /healthz and /metrics here.\n"]
        status, body = health.answer()
        start_response(
            f"{status} {'OK' if status == 200 else 'Service Unavailable'}", [("Content-Type", "application/json")]
        )
        return [json.dumps(body).encode()]

    return app
