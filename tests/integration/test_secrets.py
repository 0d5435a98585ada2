"""No secret comes out: not in what is printed at DEBUG, told by HTTP, kept in files and rows, or shown by `ps`."""

import base64
import logging
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from socket import SOCK_DGRAM
from typing import get_args

import psutil
import pytest
from pydantic import SecretStr

from local import ports
from moodstream.audio.library import Library
from moodstream.errors import ConfigurationError
from moodstream.settings import Settings
from moodstream.sources import Report
from moodstream.sources.lastfm import Follower, memory
from moodstream.sources.lastfm.client import connected
from tests.factories import NOON
from tests.integration.system import Running, System, until
from tests.sources import lastfm_server
from tests.sources.lastfm_server import Answer, LastFm, refusal, tracks

CANARY = "canary7c1d"
"""Part of every secret that is not made by somebody else, and of nothing else."""
WITHOUT_EFFECT = {"kafka_sasl_password"}
"""Refused where Kafka asks for no log-in; `test_tls.py` looks for it where Kafka does."""
SECRETS = [
    name
    for name, field in Settings.model_fields.items()
    if SecretStr in (field.annotation, *get_args(field.annotation)) and name not in WITHOUT_EFFECT
]
SERVICES = [
    ["mysql_connector.py"],
    ["mood_classifier.py"],
    ["user_feedback.py", "simulator"],
    ["playlist_manager.py"],
    ["stream_music.py", "simulate"],
]
PATIENCE = 90.0
"""Seconds; a dozen processes start at once."""
LOOPBACK = {"127.0.0.1", "::1", "::ffff:127.0.0.1"}


def canary(name: str) -> str:
    return f"{CANARY}{name.replace('_', '')}"


def told(settings: Settings) -> list[str]:
    """What may be seen nowhere: the secrets as they are, and as HTTP Basic sends them."""
    values = [getattr(settings, name).get_secret_value() for name in SECRETS]
    return [CANARY, *values, *(base64.b64encode(f"moodstream:{value}".encode()).decode() for value in values)]


@pytest.fixture
def guarded(system: System) -> System:
    """The system with every secret set, and telling as much as it can."""
    given = system.settings
    unset = {name for name in SECRETS if not getattr(given, name).get_secret_value()}
    system.settings = given.model_copy(
        update={name: SecretStr(canary(name)) for name in unset}
        | {"log_level": "DEBUG", "dashboard_port": ports.free(), "lastfm_username": "anna"}
    )
    return system


def ask(url: str, body: bytes | None = None, **headers: str) -> str:
    """What the dashboard answers, with its status and headers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, named), timeout=10) as answer:  # noqa: S310
            return f"{answer.status} {answer.headers} {answer.read().decode(errors='replace')}"
    except urllib.error.HTTPError as answer:
        return f"{answer.code} {answer.headers} {answer.read().decode(errors='replace')}"


def visit(system: System) -> Iterator[str]:
    """Log in, wrongly and rightly; make a key, use it, and show another that is none."""
    here = f"http://127.0.0.1:{system.settings.dashboard_port}"
    password = system.settings.dashboard_password.get_secret_value()
    made = system.run("dashboard.py", "--add-key", "phone", "--listener", "anna")
    key = made.stdout.strip()
    yield made.stderr
    for form in (f"password={CANARY}wrong", f"password={password}&next=/{CANARY}"):
        yield ask(f"{here}/login", form.encode()).replace(f"/{CANARY}", "")  # where to go next is no secret
    basic = base64.b64encode(f"moodstream:{password}".encode()).decode()
    for authorization in (f"Basic {basic}", f"Bearer {key}", f"Token {CANARY}wrong", f"Bearer mood_{CANARY}"):
        for path in ("/metrics", "/healthz", "/api/v1/moods/now", f"/1/validate-token?token={key}"):
            yield ask(here + path, Authorization=authorization)
    listen = b'{"listen_type": "playing_now", "payload": [{"track_metadata": {"artist_name": "A", "track_name": "T"}}]}'
    yield ask(f"{here}/1/submit-listens", listen, Authorization=f"Token {key}", Content_Type="application/json")
    until(lambda: system.count("song_stream"), what="a play in the history")
    _absent(key, [file.read_bytes() for file in _files(system)], [])


def failing(system: System) -> Mapping[str, Running]:
    """What is started as it should not be, side by side, by what it says of that."""
    wrong = {name: SecretStr(f"{CANARY}wrong") for name in SECRETS if name.startswith("mysql")}
    away = {"mysql_port": ports.free(), "kafka_bootstrap_servers": f"127.0.0.1:{ports.free()}"}

    def start(*command: str, **changes: object) -> Running:
        return system.start(*command, settings=system.settings.model_copy(update=changes))

    return {
        "refuses the account": start("batch_processor.py", "--classify", **wrong),
        "waiting: ": start("mysql_connector.py", **away),
        "MYSQL_PORT is": start("user_feedback.py", "collect", mysql_port="x"),
        "LASTFM_USERNAME is not set": start("stream_music.py", "lastfm", lastfm_username=""),
    }


def _files(system: System) -> Iterator[Path]:
    return (file for file in system.folder.rglob("*") if file.is_file())


def _rows(system: System) -> Iterator[bytes]:
    tables = system.rows("SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()")
    return (repr(system.rows(f"SELECT * FROM {table['name']}")).encode() for table in tables)


def _absent(secret: str, places: Iterable[bytes], found: list[str]) -> None:
    found += [
        f"{secret!r} in {place[max(0, at - 200) : at + 100]!r}"
        for place in places
        if (at := place.find(secret.encode())) >= 0
    ]
    assert found == []


def _running() -> list[psutil.Process]:
    """The processes that this one has started, and that have not ended."""
    children = psutil.Process().children(recursive=True)
    return [child for child in children if child.status() != psutil.STATUS_ZOMBIE]


def _listening(process: psutil.Process) -> list[str]:
    """The addresses that a process listens on, by TCP or UDP."""
    places = process.net_connections("inet")
    return [place.laddr.ip for place in places if place.status == psutil.CONN_LISTEN or place.type == SOCK_DGRAM]


def test_no_secret_comes_out_and_nobody_but_this_machine_is_listened_to(guarded: System) -> None:
    services = [guarded.start(*command) for command in SERVICES]
    dashboard = guarded.start("dashboard.py")
    failures = failing(guarded)
    for words, running in failures.items():
        running.says(words, PATIENCE)
    dashboard.says("dashboard: page, health and metrics at ", PATIENCE)
    answers = [*visit(guarded)]
    guarded.until_stored_some("mood_classified")
    answers += [running.get(path)[1] for running in services for path in ("/metrics", "/healthz")]
    initialised = guarded.run("mysql_connector.py", "--init")
    answers += [initialised.stdout, initialised.stderr]
    commands = [" ".join(process.cmdline()) for process in _running()]
    listening = [address for process in _running() for address in _listening(process)]
    guarded.close()
    places = [*(text.encode() for text in (*answers, *commands)), *(file.read_bytes() for file in _files(guarded))]
    for secret in told(guarded.settings):
        _absent(secret, [*places, *_rows(guarded)], [])
    assert {*listening} <= LOOPBACK
    assert len(listening) >= len(SERVICES) + 4  # the page, the database, and Kafka's two


@pytest.mark.parametrize("answer", [tracks(), refusal(10, "Invalid API key"), Answer("<html>Bad Gateway</html>", 502)])
def test_no_key_of_last_fm_is_logged(tmp_path: Path, answer: Answer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    settings = Settings(_env_file=None, cache_dir=tmp_path, lastfm_api_key=SecretStr(CANARY), lastfm_username="anna")
    lastfm, said = LastFm(*[answer] * 3, tracks()), ""
    with lastfm_server.serving(lastfm) as transport, closing(Library(tmp_path)) as library:
        try:
            with connected(settings, transport) as user:
                follower = Follower(user, library, memory(settings), "ann", Report(), lambda: NOON, lambda _: None)
                list(follower.plays(once=True))
        except ConfigurationError as error:
            said = str(error)
    assert lastfm.asked[0]["api_key"] == CANARY
    assert CANARY not in caplog.text + said
    _absent(CANARY, [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()], [])
