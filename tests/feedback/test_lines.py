"""What `collect` and `send` print."""

import argparse

import pytest

from moodstream.moods import Mood
from tests.factories import make_feedback, make_record
from user_feedback import _id, described, shown


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ({"reaction": "like"}, "anna likes song-1"),
        ({"reaction": "replay", "mood": Mood.CALM}, "anna replays song-1 and calls it Calm"),
        ({"reaction": "never"}, "anna never again wants song-1"),
        ({"reaction": None, "mood": Mood.DARK}, "anna calls song-1 Dark"),
    ],
)
def test_feedback_reads_as_a_sentence(said: dict, line: str) -> None:
    assert described(make_feedback(**said)) == f"2026-11-21 12:00:00 UTC  {line}"
    assert shown(make_record(make_feedback(**said), "user_feedback")).endswith(line)


@pytest.mark.parametrize("value", [b"", b"{", b"\xff\x1b[31m", b'{"schema":9}', None])
def test_what_cannot_be_read_is_said_to_be_so_on_one_line(value: bytes | None) -> None:
    line = shown(make_record(value, "user_feedback", offset=17, partition=2))
    assert line.startswith("offset 17 of partition 2 cannot be read: ")
    assert line.isprintable()


def test_names_cannot_command_the_terminal() -> None:
    line = described(make_feedback(listener="an\x1b[31mna", song_id="你好\x07"))
    assert line.endswith(r"an\x1b[31mna likes 你好\x07")


@pytest.mark.parametrize("text", ["", " anna", "anna ", "an\nna", "a" * 129, "an\udcffna"])
def test_an_id_that_no_message_can_have_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        _id(text)


@pytest.mark.parametrize("text", ["a", "anna b", "你好", "a" * 128])
def test_an_id_is_taken_as_it_is(text: str) -> None:
    assert _id(text) == text
