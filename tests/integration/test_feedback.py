"""Feedback on a real broker: simulated, sent by hand, and followed."""

import subprocess
import sys
import time
from datetime import timedelta

from moodstream.messages import play_id
from moodstream.settings import ROOT
from tests.factories import NOON, make_classification, make_play
from tests.integration.system import System, environment
from tests.integration.test_pipeline import send_raw


def test_simulated_feedback_to_the_same_plays_is_stored_once(system: System) -> None:
    system.start("mysql_connector.py")
    plays = [make_classification(make_play(played_at=NOON + timedelta(seconds=n))) for n in range(600)]
    simulator = system.start("user_feedback.py", "simulator")
    system.publish(*plays)
    system.until_stored("mood_classified", 600)
    first = _settled(system)
    assert 100 < first < 300
    assert simulator.stop() == 0
    assert "Traceback" not in simulator.output
    system.start("user_feedback.py", "simulator")
    system.publish(*plays)
    assert _settled(system) == first


def _settled(system: System) -> int:
    """How many reactions are stored, once no more come."""
    last = -1
    while (now := system.count("user_feedback")) != last or not now:
        last = now
        time.sleep(2)
    return now


def test_what_is_sent_is_stored(system: System) -> None:
    system.start("mysql_connector.py")
    sent = system.run(
        "user_feedback.py", "send", "--listener", "anna", "--song", "söng 😀", "--reaction", "like", "--mood", "Calm"
    )
    assert sent.returncode == 0
    assert sent.stdout.endswith("anna likes söng 😀 and calls it Calm\n")
    system.until_stored("user_feedback", 1)
    stored = system.rows("SELECT event_id, listener, song_id, reaction, mood, reacted_at FROM user_feedback")[0]
    assert (stored["listener"], stored["song_id"], stored["reaction"], stored["mood"]) == (
        "anna",
        "söng 😀",
        "like",
        "Calm",
    )
    assert bytes(stored["event_id"])[:4] == play_id("feedback", "", "", stored["reacted_at"].astimezone()).bytes[:4]


def test_a_sender_without_kafka_waits_says_so_once_and_ends_when_asked(system: System) -> None:
    away = system.settings.model_copy(update={"kafka_bootstrap_servers": "127.0.0.1:1"})
    sender = system.start(
        "user_feedback.py", "send", "--listener", "a", "--song", "s", "--reaction", "like", settings=away
    )
    sender.says("waiting: Kafka at 127.0.0.1:1")
    time.sleep(2)
    assert sender.output.count("Kafka at 127.0.0.1:1") == 1
    assert sender.stop() == 1
    assert "asked to stop before Kafka took it" in sender.output
    assert "published" not in sender.output


def test_wrong_usage_is_refused(system: System) -> None:
    start = ("user_feedback.py", "send", "--listener", "anna", "--song", "s")
    for more in ((), ("--reaction", "love"), ("--mood", "Groovy")):
        refused = system.run(*start, *more)
        assert (refused.returncode, "usage: user_feedback.py send" in refused.stderr) == (2, True)


def test_collect_prints_what_comes_in_even_what_cannot_be_read(system: System) -> None:
    collect = system.start("user_feedback.py", "collect")
    collect.says("following user_feedback")
    time.sleep(2)
    send_raw(system, "user_feedback", b"\xff{")
    system.run("user_feedback.py", "send", "--listener", "anna", "--song", "s", "--reaction", "skip")
    collect.says("cannot be read: DecodeError")
    collect.says("anna skips s\n")
    assert collect.stop() == 0
    assert "Traceback" not in collect.output


def test_collect_ends_when_its_reader_has_enough(system: System) -> None:
    environ = environment(system.settings)
    collect = subprocess.Popen(
        [sys.executable, "user_feedback.py", "collect"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environ,
        cwd=ROOT,
    )
    assert collect.stdout is not None
    collect.stdout.close()
    assert collect.wait(15) == 0
    assert collect.stderr is not None
    assert b"Traceback" not in collect.stderr.read()
    collect.stderr.close()
