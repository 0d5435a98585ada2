"""How tests run a source: its arguments as typed, and a clock that moves on by a second at each look."""

import argparse
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from moodstream.messages import Play
from moodstream.settings import Settings
from moodstream.sources import SOURCES, Report
from tests.factories import NOON


class Clock:
    def __init__(self, start: datetime = NOON, step: timedelta = timedelta(seconds=1)) -> None:
        self.now, self.step = start, step

    def __call__(self) -> datetime:
        self.now += self.step
        return self.now


def arguments(source: str, *typed: object, **shared: Any) -> argparse.Namespace:
    parser = argparse.ArgumentParser(exit_on_error=False)
    SOURCES[source].add_arguments(parser)
    parser.set_defaults(**{"listeners": 3, "seed": 1, "once": True, **shared})
    return parser.parse_args([str(word) for word in typed])


def settings_in(cache_dir: Path, **more: Any) -> Settings:
    return Settings(_env_file=None, cache_dir=cache_dir, **more)


def run(
    source: str, *typed: object, cache_dir: Path, report: Report | None = None, count: int | None = None, **shared: Any
) -> list[Play]:
    """The plays of a source, at most `count` of them."""
    asked = arguments(source, *typed, **shared)
    plays: Iterator[Play] = SOURCES[source].plays(asked, settings_in(cache_dir), report or Report(), Clock())
    return list(islice(plays, count))
