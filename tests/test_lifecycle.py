"""How a process ends: when asked, when asked twice, and when it cannot."""

import itertools
import signal
import subprocess
import sys
import time

import pytest

from moodstream.backoff import backoff
from moodstream.errors import ConfigurationError, TransientError
from moodstream.health import Health
from moodstream.lifecycle import Stop, patiently

WAITING = """
import time
from moodstream import lifecycle
lifecycle.GRACE_SECONDS = 2.0
stop = lifecycle.Stop({options})
try:
    print("ready", flush=True)
    {body}
except KeyboardInterrupt:
    print("interrupted", flush=True)
print("done", flush=True)
"""


def started(body: str, options: str = "") -> subprocess.Popen[str]:
    code = WAITING.format(body=body, options=options)
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_process_that_is_asked_to_stop_finishes_what_it_does(number: signal.Signals) -> None:
    process = started("stop.wait(30)")
    process.send_signal(number)
    output, _ = process.communicate(timeout=5)
    assert (process.returncode, output) == (0, "done\n")


def test_a_second_ctrl_c_ends_it_at_once_whatever_it_does() -> None:
    process = started("time.sleep(30)")
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=1)
    assert process.returncode == 1


def test_a_sigterm_after_ctrl_c_does_not_count_as_a_second_one() -> None:
    process = started("time.sleep(1)")
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=5)
    assert (process.returncode, output) == (0, "done\n")


def test_what_does_not_end_within_its_grace_is_ended_and_says_so() -> None:
    process = started("time.sleep(30)")
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=5)
    assert process.returncode == 1
    assert "will be done again" in errors


def test_a_source_is_interrupted_where_it_waits() -> None:
    process = started("time.sleep(30)", "interrupt=True")
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=5)
    assert (process.returncode, output) == (0, "interrupted\ndone\n")


def test_pauses_double_up_to_a_limit_with_jitter() -> None:
    pauses = list(itertools.islice(backoff(first=1, most=8), 200))
    for pause, whole in zip(pauses, [1, 2, 4, *[8] * 197], strict=True):
        assert whole / 2 <= pause <= whole
    assert len(set(pauses)) > 190


class NeverStop(Stop):
    """A Stop that leaves the test's own signal handlers alone, and does not sleep."""

    def __init__(self) -> None:
        self.waited = 0.0

    def wait(self, seconds: float) -> bool:
        self.waited += seconds
        return self.waited > 60


def test_an_attempt_is_made_until_it_succeeds_and_a_lasting_fault_is_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    attempts = iter([TransientError("away"), TransientError("away"), TransientError("away")])

    def attempt() -> str:
        for fault in attempts:
            raise fault
        return "there"

    health = Health("test")
    with caplog.at_level("INFO"):
        assert patiently(attempt, NeverStop(), health) == "there"
    assert [record.message for record in caplog.records] == ["waiting: away"]
    health.progress()
    assert health.answer()[0] == 200


def test_an_attempt_that_only_a_person_can_mend_is_not_repeated() -> None:
    def attempt() -> None:
        raise ConfigurationError("wrong")

    with pytest.raises(ConfigurationError, match="wrong"):
        patiently(attempt, NeverStop(), Health("test"))


def test_waiting_ends_when_asked_to_stop() -> None:
    def attempt() -> None:
        raise TransientError("away")

    health, stop = Health("test"), NeverStop()
    assert patiently(attempt, stop, health) is None
    assert stop.waited > 60
    assert health.answer() == (503, {**health.answer()[1], "status": "retrying", "fault": "away"})
