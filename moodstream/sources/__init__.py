"""Where plays come from: one module for each source, and what they all share.

To add a source, add a module here. Its docstring is its help, its name is what is typed, and it has two functions,
those of `Source`. `stream_music.py` sets the pace, counts and publishes.
"""

import argparse
import importlib
import pkgutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Protocol, cast

import msgspec

from moodstream.messages import Id, Play, Song, play_id
from moodstream.settings import Settings

Clock = Callable[[], datetime]
"""What time it is, with an offset; a virtual one moves on at each play, so that a run can be repeated."""

NAMED = 100


class Report:
    """What a source met on its way: counts of things, and what it could not use."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.problems: list[str] = []
        self.remarks: list[str] = []
        self.unnamed = 0

    def count(self, what: str) -> None:
        self.counts[what] += 1

    def problem(self, sentence: str) -> None:
        """Remember what could not be used, and why. The first `NAMED` are named, all are counted."""
        if len(self.problems) < NAMED:
            self.problems.append(sentence)
        else:
            self.unnamed += 1

    def remark(self, sentence: str) -> None:
        """Remember what is wrong with something that was used all the same; all are counted, the first are named."""
        self.count("of them damaged")
        if len(self.remarks) < NAMED:
            self.remarks.append(sentence)

    def __str__(self) -> str:
        """One line for each problem, then one with the counts; empty where there is nothing to say."""
        named = [f"not used: {sentence}" for sentence in self.problems]
        more = [f"not used: {self.unnamed:,} more"] if self.unnamed else []
        failed = {"not used": len(self.problems) + self.unnamed} if self.problems else {}
        counts = ", ".join(f"{number:,} {what}" for what, number in {**self.counts, **failed}.items())
        remarks = [f"used: {sentence}" for sentence in self.remarks]
        return "\n".join(filter(None, [*remarks, *named, *more, counts]))


class Source(Protocol):
    """What a module of this package is.

    `arguments` holds the source's own options and those that `stream_music.py` gives to all: `listeners` and `seed`
    (whole numbers) and `once`. A source that is not asked for `once` begins again at its end.
    """

    __name__: str
    __doc__: str | None

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the source's own options."""

    def plays(self, arguments: argparse.Namespace, settings: Settings, report: Report, clock: Clock) -> Iterator[Play]:
        """Give plays as they happen, or as fast as they are taken.

        Raises:
            ConfigurationError: a setting is missing or wrong.
            SourceError: there is nothing to play.
        """


def a_listener(text: str) -> str:
    """A listener's name as an argument: what a message accepts."""
    try:
        return msgspec.convert(text, Id)
    except msgspec.ValidationError as error:
        raise argparse.ArgumentTypeError(f"{text!r} cannot be a listener's name: {error}") from error


def make_play(source: str, listener: str, song: Song, played_at: datetime) -> Play:
    """A play with the id that follows from it."""
    event_id = play_id(source, listener, song.song_id, played_at)
    return Play(event_id=event_id, listener=listener, played_at=played_at, source=source, song=song)


def rounds(once: bool, report: Report) -> Iterator[Report]:
    """A report for each pass over what there is: what the first one met is told, and not again by each that follows."""
    yield report
    while not once:
        yield Report()


# By listing the folder, so that a new source is one new file; last, since the modules use what is above.
SOURCES: dict[str, Source] = {
    module.name: cast(Source, importlib.import_module(f"{__name__}.{module.name}"))
    for module in pkgutil.iter_modules(__path__)
}
