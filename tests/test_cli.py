"""What the scripts share on the command line."""

import subprocess
import sys
from pathlib import Path

from moodstream.settings import ROOT

PRINTS = """
import argparse, sys
from moodstream import cli
from moodstream.batch.reports import Classify
from moodstream.batch.statistics import ROWS
from moodstream.batch.tables import show

def main(settings, arguments):
    report = Classify(model="m", songs=1, unclassified=0, seconds=1, songs_per_second=1, moods=dict.fromkeys(ROWS, 0))
    for _ in range(200):
        show(report)
    print("the end")
    return 0

sys.exit(cli.run(main, argparse.Namespace()))
"""


def test_a_reader_that_has_enough_is_no_failure() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PRINTS], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as printing:
        assert printing.stdout is not None
        assert printing.stderr is not None
        assert printing.stdout.readline()
        printing.stdout.close()
        assert (printing.wait(30), printing.stderr.read()) == (0, b"")


EVIL = "title \x1b[2J\x1b]0;owned\x07\r\n12:00:00 ERROR   a line of somebody else's\u202e"
LOGS = f"""
import argparse, logging, sys
from moodstream import cli
from moodstream.errors import MoodstreamError

def main(settings, arguments):
    logging.warning("to dead letters: %s", {EVIL!r})
    try:
        1 / 0
    except ZeroDivisionError:
        logging.exception("broken")
    raise MoodstreamError({EVIL!r})

sys.exit(cli.run(main, argparse.Namespace()))
"""


def test_what_is_logged_commands_no_terminal_and_makes_no_line_of_its_own() -> None:
    said = subprocess.run([sys.executable, "-c", LOGS], cwd=ROOT, capture_output=True, check=False).stderr.decode()
    warning, broken, *traceback, error = said.splitlines()
    assert "title \ufffd[2J\ufffd]0;owned\ufffd\ufffd\ufffd12:00:00 ERROR" in warning
    assert broken.endswith("broken")
    assert traceback[0].startswith("Traceback")
    assert error.startswith("error: title \ufffd[2J")
    assert "\u202e" not in said


def test_a_full_disk_is_one_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-c", PRINTS], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert ended.returncode == 1
    assert ended.stderr == (
        "error: the output cannot be written: No space left on device: make room, or print elsewhere.\n"
    )
