"""`make up`: the private servers, the database, all services and the dashboard, until Ctrl-C.

Servers that the user has named (KAFKA_BOOTSTRAP_SERVERS, MYSQL_HOST) are used, and none is started in their place.
"""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from tornado.gen import sleep
from tornado.httpclient import AsyncHTTPClient, HTTPError

from local import ports, private
from local.console import Console
from local.manager import SIGNALS, Manager
from local.named import named
from local.server import Server, stop
from local.services import SERVICES
from local.tied import tied
from moodstream.errors import ConfigurationError, MoodstreamError
from moodstream.settings import LOCAL, ROOT, Settings, load

INITIALISE = ("mysql_connector.py", "--init")
ANYWHERE = ("0.0.0.0", "::")  # noqa: S104  what to listen on, and not what to connect to
POLL_SECONDS = 0.2
WATCH_SECONDS = 1.0


def main() -> int:
    for number in SIGNALS:
        signal.signal(number, signal.default_int_handler)
    try:
        with only_one():
            up(load(), Console((*SERVICES, "up")))
    except MoodstreamError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 1
    return 0


def up(settings: Settings, console: Console) -> None:
    """Run the whole system until a signal.

    Raises:
        ConfigurationError: the dashboard's port is taken, or the database refuses the settings.
        MoodstreamError: a server did not start.
    """
    check_port(settings)
    with running(private.servers(), console) as servers:
        initialise(console)
        manager = Manager(SERVICES, ROOT, console)
        manager.every(WATCH_SECONDS, lambda: revive(servers, console))
        manager.spawn(lambda: announce(settings, console))
        manager.run()


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the lock of this checkout.

    Raises:
        ConfigurationError: another `make up` holds it.
    """
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "up.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigurationError("make up is already running here: stop it with Ctrl-C in its terminal.") from error
        yield


def check_port(settings: Settings) -> None:
    """Raises: ConfigurationError: the dashboard's port is taken, which would show only after all else has started."""
    host, port = settings.dashboard_host, settings.dashboard_port
    if not ports.is_free(port, host):
        raise ConfigurationError(
            f"Port {port} of {host} is taken: end what listens there, or set DASHBOARD_PORT to another one, "
            f"as in DASHBOARD_PORT={port + 1} make up."
        )


@contextmanager
def running(servers: Sequence[Server], console: Console) -> Iterator[Sequence[Server]]:
    """Start servers side by side; stop them cleanly in the end, whatever happens, and deaf to further signals."""
    with ExitStack() as stack:
        stack.callback(stop, servers)
        stack.callback(lambda: [signal.signal(number, signal.SIG_IGN) for number in SIGNALS])
        for server in servers:
            console.line("up", f"starting {server.name} on {server.address}, data in {server.directory}")
            server.launch()
        for server in servers:
            server.wait()
        private.note(servers)
        yield servers


def initialise(console: Console) -> None:
    """Make database, tables and accounts, where we are the administrator.

    Raises:
        MoodstreamError: it failed, and has said why.
    """
    if named("MYSQL_HOST") and not named("MYSQL_ADMIN_PASSWORD"):
        return
    console.line("up", f"preparing the database: {' '.join(INITIALISE)}")
    environment = os.environ | private.administrator()
    command = tied([sys.executable, *INITIALISE])
    ended = subprocess.run(command, cwd=ROOT, env=environment, start_new_session=True, check=False)  # noqa: S603
    if ended.returncode:
        failure = ConfigurationError if ended.returncode == ConfigurationError.exit_code else MoodstreamError
        raise failure("The database could not be prepared: the line above says why.")


def revive(servers: Sequence[Server], console: Console) -> None:
    """Start again what has died."""
    for server in servers:
        if not server.alive():
            console.line("up", f"{server.name} has died (see {server.log}): starting it again")
            server.launch()


async def announce(settings: Settings, console: Console) -> None:
    """Say where the page is, once it answers."""
    host = ports.HOST if settings.dashboard_host in ANYWHERE else settings.dashboard_host
    url = f"http://{f'[{host}]' if ':' in host else host}:{settings.dashboard_port}/healthz"
    while True:
        try:
            await AsyncHTTPClient().fetch(url, request_timeout=5)
            break
        except (HTTPError, OSError):
            await sleep(POLL_SECONDS)
    console.headline(f"Open http://localhost:{settings.dashboard_port}")


if __name__ == "__main__":
    sys.exit(main())
