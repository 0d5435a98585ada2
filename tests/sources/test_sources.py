"""What all sources share: their names, their help, their report."""

import argparse
from pathlib import Path

import pytest

from moodstream.messages import play_id
from moodstream.sources import NAMED, SOURCES, Report, a_listener, make_play, rounds
from tests.factories import NOON, make_song
from tests.sources.running import arguments

FOLDER = Path(__file__).parent.parent.parent / "moodstream" / "sources"


def test_every_module_of_the_folder_is_a_source() -> None:
    modules = {path.stem for path in FOLDER.glob("*.py")} | {path.parent.name for path in FOLDER.glob("*/__init__.py")}
    assert set(SOURCES) == modules - {"__init__"}


@pytest.mark.parametrize("name", ["simulate", "folder", "catalogue", "lastfm"])
def test_every_source_explains_itself_and_its_options(name: str) -> None:
    parser = argparse.ArgumentParser()
    SOURCES[name].add_arguments(parser)
    assert SOURCES[name].__doc__
    assert all(action.help for action in parser._actions)


def test_a_report_names_problems_and_counts_everything() -> None:
    report = Report()
    for number in range(NAMED + 5):
        report.problem(f"line {number}: bad.")
    report.count("songs")
    lines = str(report).splitlines()
    assert lines[0] == "not used: line 0: bad."
    assert lines[-2:] == ["not used: 5 more", "1 songs, 105 not used"]
    assert len(lines) == NAMED + 2


def test_a_report_of_nothing_is_empty() -> None:
    assert str(Report()) == ""


def test_only_the_first_of_many_rounds_is_reported() -> None:
    report = Report()
    endless = rounds(False, report)
    assert next(endless) is report
    assert next(endless) is not next(endless) is not report
    assert list(rounds(True, report)) == [report]


def test_a_play_is_identified_by_who_played_what_and_when() -> None:
    play = make_play("folder", "anna", make_song("s"), NOON)
    assert play.event_id == play_id("folder", "anna", "s", NOON)
    assert make_play("folder", "ben", make_song("s"), NOON).event_id != play.event_id


@pytest.mark.parametrize("name", ["", " ", "x" * 129, "a\n"])
def test_a_name_that_no_message_accepts_is_refused_as_an_argument(name: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="cannot be a listener's name"):
        a_listener(name)
    with pytest.raises(argparse.ArgumentError):
        arguments("folder", ".", "--listener", name)
