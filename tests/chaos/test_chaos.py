"""A short `make chaos`: faults of each place, under load, on real servers; and a planted bug that it finds.

In processes of their own: the harness's clients of Kafka leave sockets behind when their broker is killed.
"""

import subprocess
import sys

from moodstream.settings import ROOT
from tests.chaos.faults import FAULTS, LIMITS
from tests.chaos.mutants import NAMES, mutant

SHORT = (
    "kill -9 of all services at once",
    "kill -9 after the database commit",
    "kill -9 of Kafka",
    "the answer to a commit is cut off",
    "mysql: MySQL is read-only",
    "answers are cut off after some bytes",
    "plays come twice",
    "kill -9 in the middle of a migration",
)
"""One or two of each place, among those that take seconds."""


def run(*command: str) -> tuple[int, str]:
    ended = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, cwd=ROOT, timeout=600, check=False
    )
    return ended.returncode, ended.stdout + ended.stderr[-5000:]


def test_nothing_is_lost_and_nothing_is_twice_whatever_happens() -> None:
    code, said = run("tests.chaos", "--seed", "7", "--cycles", str(len(SHORT)), "--only", *SHORT)
    assert code == 0, said
    assert "Violations: 0." in said
    assert all(text in said for text in SHORT)


def test_a_planted_bug_is_found() -> None:
    code, said = run("tests.chaos.mutants", "rollups_by_increment")
    assert code == 0, said
    assert "rollups_by_increment: " in said


def test_every_place_has_faults_and_a_limit() -> None:
    assert {fault.place for fault in FAULTS} == set(LIMITS)
    assert len({str(fault) for fault in FAULTS}) == len(FAULTS)


def test_every_planted_bug_names_faults_that_there_are() -> None:
    names = [fault.name for fault in FAULTS]
    assert all(any(text in name for name in names) for bug in NAMES for text in mutant(bug).FAULTS)
