"""The music files below a folder, played in the order of their names; each is analysed once and then remembered."""

import argparse
import logging
import stat
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from moodstream.audio import LEAST_SECONDS, SUFFIXES
from moodstream.audio.library import File, Heard, Library
from moodstream.audio.workers import Workers
from moodstream.errors import AudioError, SourceError
from moodstream.messages import Play, Song
from moodstream.settings import Settings
from moodstream.sources import Clock, Report, a_listener, make_play, rounds

log = logging.getLogger(__name__)

# How far the analysis may be ahead of the play that is taken next, in files.
AHEAD = 1000
LOG_SECONDS = 10.0
MOST_SECONDS = 86_400.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path", type=Path, metavar="FOLDER", help=f"where to look for music ({', '.join(sorted(SUFFIXES))})"
    )
    parser.add_argument("--listener", type=a_listener, default="me", help="who plays (default: me)")
    parser.add_argument(
        "--window",
        type=_seconds,
        metavar="SECONDS",
        help="hear no more than so many seconds, around the middle of each track (default: all of it)",
    )


def plays(arguments: argparse.Namespace, settings: Settings, report: Report, clock: Clock) -> Iterator[Play]:
    for this in rounds(arguments.once, report):
        for song in songs(arguments.path, settings.cache_dir, this, arguments.window):
            yield make_play("folder", arguments.listener, song, clock())


def songs(folder: Path, cache_dir: Path, report: Report, window: float | None = None) -> Iterator[Song]:
    """The songs below a folder, each once, as soon as they and those before them are analysed.

    Args:
        window: how many seconds from the middle of each are heard; all where None.

    Raises:
        SourceError: the folder cannot be read, or holds no music that can.
        ConfigurationError: as `Library`.
    """
    files = list(_files(_readable(folder), report))
    if not files:
        raise SourceError(f"{folder} holds no music: there is no file that ends in {', '.join(sorted(SUFFIXES))}.")
    seen: set[str] = set()
    for file, heard in _heard(files, folder, cache_dir, report, window):
        if heard.content in seen:
            report.count("copies of another file")
        elif heard.analysis.fault:
            report.problem(f"{file.path} {heard.analysis.fault}")
        else:
            report.count("songs")
            if heard.analysis.flaw:
                report.remark(f"{file.path} {heard.analysis.flaw}")
            yield heard.song()
        seen.add(heard.content)
    if not report.counts["songs"]:
        raise SourceError(f"{folder} holds {len(files)} files that should be music, and none can be played.")


def _seconds(text: str) -> float:
    """A window as an argument."""
    try:
        seconds = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds") from error
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        raise argparse.ArgumentTypeError(f"{text} s is not between {LEAST_SECONDS:.0f} and {MOST_SECONDS:,.0f} s")
    return seconds


def _readable(folder: Path) -> Path:
    try:
        if not stat.S_ISDIR(folder.stat().st_mode):
            raise SourceError(f"{folder} is a file, not a folder: give the folder that it lies in.")
        next(folder.iterdir(), None)
    except OSError as error:
        raise SourceError(f"{folder} cannot be read: {error.strerror}.") from error
    return folder


def _files(folder: Path, report: Report) -> Iterator[File]:
    """The music files below a folder by name; what links lead to a second time is passed over."""
    seen: set[tuple[int, int]] = set()
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        try:
            if path.suffix.lower() not in SUFFIXES and not path.is_dir():
                report.count("other files")
                continue
            status = path.stat()
            if (status.st_dev, status.st_ino) in seen:
                report.count("links to what was found already")
                continue
            seen.add((status.st_dev, status.st_ino))
            if stat.S_ISDIR(status.st_mode):
                waiting.extend(sorted(path.iterdir(), reverse=True))
            elif stat.S_ISREG(status.st_mode):
                yield File(path, status.st_size, status.st_mtime_ns)
            else:
                report.problem(f"{path} is neither a file nor a folder.")
        except OSError as error:
            report.problem(f"{path} cannot be read: {error.strerror}.")


def _heard(
    files: list[File], folder: Path, cache_dir: Path, report: Report, window: float | None
) -> Iterator[tuple[File, Heard]]:
    """What is heard in each file, in their order: known already, or from the workers."""
    waiting: deque[tuple[File, Heard | Future[Heard]]] = deque()
    with (
        closing(Library(cache_dir, window)) as library,
        _progress(len(files)) as advance,
        Workers(folder, cache_dir, window) as workers,
    ):
        for file in files:
            known = library.heard(file)
            waiting.append((file, known or workers.submit(file)))
            if isinstance(future := waiting[-1][1], Future):
                future.add_done_callback(lambda _: advance())
            else:
                advance()
            while waiting and (len(waiting) > AHEAD or _ready(waiting[0][1])):
                yield from _taken(*waiting.popleft(), workers, report)
        while waiting:
            yield from _taken(*waiting.popleft(), workers, report)


def _ready(heard: Heard | Future[Heard]) -> bool:
    return not isinstance(heard, Future) or heard.done()


def _taken(file: File, heard: Heard | Future[Heard], workers: Workers, report: Report) -> Iterator[tuple[File, Heard]]:
    try:
        yield file, workers.result(file, heard) if isinstance(heard, Future) else heard
    except AudioError as error:
        report.problem(str(error))


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """Show how many files have been heard: as a bar on a terminal, otherwise as a line in the log now and then."""
    if sys.stderr.isatty():
        with Progress(console=Console(stderr=True), transient=True, redirect_stdout=False) as bar:
            task = bar.add_task("listening", total=total)
            yield lambda: bar.advance(task)
        return
    done, due = 0, time.monotonic() + LOG_SECONDS

    def advance() -> None:
        nonlocal done, due
        done += 1
        if time.monotonic() > due:
            due = time.monotonic() + LOG_SECONDS
            log.info("heard %d of %d files", done, total)

    yield advance
