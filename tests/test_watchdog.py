"""A service that hangs is ended; one that is busy, failing, or was stopped for a while, is not."""

import signal
import subprocess
import sys
import time

PROGRAM = """
import time
from moodstream import watchdog
from moodstream.health import Health
watchdog.PATIENCE_SECONDS = 1.0
health = Health("mysql_connector")
def hang():
    health.beat("500 messages are in hand")
    time.sleep(30)
with watchdog.watched(health):
    print("ready", flush=True)
    {body}
time.sleep({after})
print("done", flush=True)
"""


def started(body: str, after: float = 0.0) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM.format(body=body, after=after)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_a_service_that_hangs_is_ended_and_says_where() -> None:
    process = started("hang()")
    _, errors = process.communicate(timeout=10)
    assert process.returncode == 1
    assert "mysql_connector hangs" in errors
    assert "500 messages are in hand" in errors
    assert "in hang" in errors


def test_a_service_that_fails_again_and_again_is_alive() -> None:
    process = started("[(health.failing('away'), time.sleep(0.2)) for _ in range(12)]")
    assert process.communicate(timeout=10)[0] == "done\n"


def test_a_service_that_was_stopped_and_goes_on_has_not_hung() -> None:
    process = started("[(health.progress(), time.sleep(0.2)) for _ in range(3)]")
    process.send_signal(signal.SIGSTOP)
    time.sleep(2)
    process.send_signal(signal.SIGCONT)
    assert process.communicate(timeout=10)[0] == "done\n"


def test_what_is_done_is_not_watched_any_more() -> None:
    process = started("pass", after=1.5)
    assert process.communicate(timeout=10)[0] == "done\n"
