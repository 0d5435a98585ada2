"""Songs of a CSV file whose features are already known, for load tests and back-filling."""

import argparse
import csv
import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from moodstream.errors import SourceError
from moodstream.messages import Features, Play, Song
from moodstream.settings import Settings
from moodstream.sources import Clock, Report, a_listener, make_play, rounds

REQUIRED = ("track_id", "title", "artist")
OPTIONAL = ("album", "genre", "duration_ms")
FEATURES = Features.__struct_fields__
WHOLE = {"key", "mode", "time_signature"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path",
        type=Path,
        metavar="FILE.csv",
        help=f"a table with a header: {', '.join(REQUIRED)}, and as many as are known of {', '.join(OPTIONAL)} "
        "and the features of a song (docs/topics.md)",
    )
    parser.add_argument(
        "--listener", type=a_listener, help="who plays (default: listener-1, listener-2, ..., as many as --listeners)"
    )


def plays(arguments: argparse.Namespace, settings: Settings, report: Report, clock: Clock) -> Iterator[Play]:  # noqa: ARG001
    names = [arguments.listener] if arguments.listener else [f"listener-{n + 1}" for n in range(arguments.listeners)]
    listeners = itertools.cycle(names)
    for this in rounds(arguments.once, report):
        for song in songs(arguments.path, this):
            yield make_play("catalogue", next(listeners), song, clock())


def songs(path: Path, report: Report) -> Iterator[Song]:
    """The songs of a file, row by row; a row that is none is reported with its line.

    Raises:
        SourceError: the file cannot be read, its header lacks a column, or no row is a song.
    """
    usable = 0
    try:
        # What is not UTF-8 must not stop the rows that are: it becomes surrogates here, and a problem there.
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            for song in _songs(file, path, report):
                usable += 1
                yield song
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}.") from error
    if not usable:
        raise SourceError(f"{path} has no row that is a song.{_first(report)}")


def _first(report: Report) -> str:
    return f" The first problem: {report.problems[0]}." if report.problems else ""


def _songs(file: Iterable[str], path: Path, report: Report) -> Iterator[Song]:
    rows = csv.reader(file)
    header = [name.strip().lower() for name in next(_numbered(rows, report), (0, []))[1]]
    if missing := [name for name in REQUIRED if name not in header]:
        raise SourceError(
            f"{path} has no column {', '.join(missing)}: its first line must name the columns, by commas."
        )
    for line, row in _numbered(rows, report):
        try:
            if song := _song(header, row):
                report.count("songs")
                yield song
        except (msgspec.ValidationError, UnicodeEncodeError) as error:
            report.problem(f"line {line}: {'not UTF-8' if isinstance(error, UnicodeEncodeError) else error}")


def _numbered(rows: Any, report: Report) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV reader with the lines that they begin in."""
    while True:
        line = rows.line_num + 1
        try:
            yield line, next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            report.problem(f"line {line}: {error}, perhaps a quotation mark is never closed")


def _song(header: list[str], row: list[str]) -> Song | None:
    """The song of a row; None for an empty line.

    Raises:
        msgspec.ValidationError: it is none.
        UnicodeEncodeError: it has bytes that are not UTF-8.
    """
    if not row:
        return None
    if len(row) != len(header):
        raise msgspec.ValidationError(f"it has {len(row)} values for {len(header)} columns")
    "".join(row).encode()
    known = {name: text for name, value in zip(header, row, strict=True) if (text := value.strip())}
    if missing := [name for name in REQUIRED if name not in known]:
        raise msgspec.ValidationError(f"it has no {', '.join(missing)}")
    for name in WHOLE & known.keys():
        known[name] = known[name].removesuffix(".0")  # what pandas makes of a column with gaps
    features = {name: known[name] for name in FEATURES if name in known and not _none_found(name, known[name])}
    values = {name: known[name] for name in ("title", "artist", *OPTIONAL) if name in known}
    origin = {"features": features, "origin": "catalogue"} if features else {}
    return msgspec.convert({"song_id": known["track_id"], **values, **origin}, Song, strict=False)


def _none_found(name: str, value: str) -> bool:
    """The streaming services write a tempo of 0, and a time signature of 0 or 1, where they found none."""
    return (name == "tempo" and not value.strip("0.")) or (name == "time_signature" and not value.strip("01."))
