"""`make up`, on scripts that stand in for the services: what dies comes back, and all ends together."""

import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from dotenv import dotenv_values

from local import ports
from local.services import SERVICES
from tests.local.running import PATIENCE_SECONDS, Up

ROOT = Path(__file__).parent.parent.parent
STAND_IN = """\
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit("drained"))
signal.signal(signal.SIGINT, lambda *_: print("interrupted", flush=True))
print("started", *sys.argv[1:], flush=True)
time.sleep(60)
"""
PAGE = """\
import http.server
from moodstream.settings import load
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", load().dashboard_port), Page).serve_forever()
"""
NO_SERVERS = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "MYSQL_HOST": "127.0.0.1"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the repository, with stand-ins for its services."""
    for package in ("local", "moodstream"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    for command in SERVICES.values():
        (tmp_path / command[0]).write_text(STAND_IN)
    (tmp_path / "dashboard.py").write_text(PAGE)
    return tmp_path


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., Up]]:
    """Starts `local.up`, with no servers unless told otherwise."""
    started: list[Up] = []

    def up(pipe: bool = False, **settings: str) -> Up:
        started.append(Up(folder, settings or NO_SERVERS, pipe))
        return started[-1]

    yield up
    for each in started:
        each.close()


def test_every_line_of_a_service_comes_behind_its_name_and_without_colour_in_a_file(start: Callable[..., Up]) -> None:
    up = start()
    up.says("started", times=len(SERVICES) - 1)
    assert f"{'user_feedback':<16} | started simulator\n" in up.output
    assert "\033" not in up.output


def test_the_address_of_the_page_is_given_once_it_answers(start: Callable[..., Up]) -> None:
    up = start()
    up.says(f"Open http://localhost:{up.port}\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_cleanly(start: Callable[..., Up], number: signal.Signals) -> None:
    up = start()
    up.says("started", times=len(SERVICES) - 1)
    code, seconds, left = up.end(number)
    assert (code, left) == (0, [])
    assert seconds < 15
    assert up.output.count("drained") == len(SERVICES) - 1
    assert "interrupted" not in up.output  # Ctrl-C reaches no service by itself
    assert "Traceback" not in up.output


def test_a_service_that_does_not_end_is_killed_within_the_15_s(folder: Path, start: Callable[..., Up]) -> None:
    (folder / "stream_music.py").write_text(STAND_IN.replace('sys.exit("drained")', 'print("deaf", flush=True)'))
    up = start()
    up.says("started", times=len(SERVICES) - 1)
    code, seconds, left = up.end(signal.SIGINT)
    assert (code, left) == (0, [])
    assert seconds < 15


def test_a_signal_while_still_starting_ends_everything(start: Callable[..., Up]) -> None:
    up = start()
    up.says("|")
    assert up.end(signal.SIGINT)[2] == []
    assert "Traceback" not in up.output


def test_what_dies_is_started_again_and_named(start: Callable[..., Up]) -> None:
    up = start()
    up.says("started", times=len(SERVICES) - 1)
    up.named("mood_classifier.py").kill()
    up.says("mood_classifier was ended by signal 9: starting it again")
    up.says("mood_classifier  | started", times=2)


def test_the_last_words_of_what_dies_are_kept(folder: Path, start: Callable[..., Up]) -> None:
    (folder / "stream_music.py").write_text("import sys; print('x' * 10_000); print('last', end=''); sys.exit(1)")
    up = start()
    up.says(f"stream_music     | {'x' * 10_000}\n")
    up.says("stream_music ended with exit code 1: starting it again")
    up.says("last")


def test_a_service_with_wrong_settings_is_not_started_again(folder: Path, start: Callable[..., Up]) -> None:
    (folder / "stream_music.py").write_text("import sys; sys.exit(2)")
    up = start()
    up.says("stream_music cannot run with these settings and stays off")
    up.named("mood_classifier.py").kill()
    up.says("mood_classifier  | started", times=2)
    assert up.output.count("stream_music cannot run") == 1


def test_no_service_outlives_it_even_when_it_is_killed(start: Callable[..., Up]) -> None:
    up = start()
    up.says("started", times=len(SERVICES) - 1)
    family = list(up.family().values())
    up.process.kill()
    up.process.wait()
    up.until(lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in family), "the end of all")


def test_it_ends_when_nobody_reads_its_output_any_more(start: Callable[..., Up]) -> None:
    up = start(pipe=True)
    up.process.stdout.close()
    assert up.process.wait(PATIENCE_SECONDS) == 0
    assert up.output == ""  # of complaints


def test_a_second_one_says_so_and_disturbs_nothing(start: Callable[..., Up]) -> None:
    first = start()
    first.says("started", times=len(SERVICES) - 1)
    family = first.family().keys()
    second = start()
    assert second.process.wait(PATIENCE_SECONDS) == 2
    assert second.output == "error: make up is already running here: stop it with Ctrl-C in its terminal.\n"
    assert first.family().keys() == family


def test_a_taken_port_is_told_before_anything_starts(start: Callable[..., Up]) -> None:
    with socket.create_server((ports.HOST, 0)) as taken:
        port = taken.getsockname()[1]
        up = start(DASHBOARD_PORT=str(port))
        assert up.process.wait(PATIENCE_SECONDS) == 2
    assert up.output.startswith(f"error: Port {port} of 127.0.0.1 is taken: ")
    assert "DASHBOARD_PORT" in up.output
    assert up.output.count("\n") == 1


def test_a_database_that_cannot_be_prepared_ends_it(folder: Path, start: Callable[..., Up]) -> None:
    (folder / "mysql_connector.py").write_text("import sys; print('error: no'); sys.exit(2)")
    up = start(**NO_SERVERS, MYSQL_ADMIN_PASSWORD="wrong")
    assert up.process.wait(PATIENCE_SECONDS) == 2
    assert up.output.endswith("error: no\nerror: The database could not be prepared: the line above says why.\n")


def test_private_servers_keep_their_place_and_passwords_and_come_back(folder: Path, start: Callable[..., Up]) -> None:
    init = "import sys\nif '--init' in sys.argv: print('prepared'); sys.exit(0)\n"
    (folder / "mysql_connector.py").write_text(init + STAND_IN)
    notes = [folder / ".local" / "kafka.env", folder / ".local" / "mysql.env"]
    # Ports of the last time, so that this leaves alone those that a running system prefers.
    notes[0].parent.mkdir()
    notes[0].write_text(f"KAFKA_BOOTSTRAP_SERVERS={(kafka := f'{ports.HOST}:{ports.free()}')}\n")
    notes[1].write_text(f"MYSQL_PORT={(port := str(ports.free()))}\n")

    first = start(LOG_LEVEL="INFO")
    first.says("prepared")
    first.says("mysql_connector  | started")
    known = [dotenv_values(note) for note in notes]
    assert (known[0]["KAFKA_BOOTSTRAP_SERVERS"], known[1]["MYSQL_PORT"]) == (kafka, port)
    assert {note.stat().st_mode & 0o777 for note in notes} == {0o600}
    for server in ("kafka.Kafka", "server.sock", "mood_classifier.py"):
        first.named(server).kill()
    first.says("Kafka has died")
    first.says("MySQL has died")
    first.until(lambda: not ports.is_free(int(port)), "the database again")
    code, seconds, left = first.end(signal.SIGINT)
    assert (code, left) == (0, [])
    assert seconds < 15

    second = start(LOG_LEVEL="INFO")
    second.says("mysql_connector  | started")
    assert [dotenv_values(note) for note in notes] == known
    assert second.end(signal.SIGTERM)[2] == []
