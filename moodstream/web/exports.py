"""What a reader takes away as a file: the table behind a chart, a playlist."""

import csv
import io
import re
from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple
from urllib.parse import quote

from moodstream.messages import Playlist, play_id
from moodstream.moods import Mood
from moodstream.playlists import FORMATS
from moodstream.store.queries.playlist import Suggested
from moodstream.web.charts.card import Row

# What spreadsheets take for the beginning of a formula, the wide forms of East Asian keyboards included.
FORMULA = re.compile(r"[\s\0]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class Kind(NamedTuple):
    """A format of playlists: the name of its writer, and its media type."""

    writer: str
    media_type: str


KINDS = {
    "m3u8": Kind("m3u", "audio/mpegurl"),
    "xspf": Kind("xspf", "application/xspf+xml"),
    "jspf": Kind("jspf", "application/jspf+json"),
}
"""The formats by what their files end in."""


def table(rows: Sequence[Row]) -> bytes:
    """Rows as CSV (RFC 4180, UTF-8) under the heads of their columns; nothing where there are no rows."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    heads = list(dict.fromkeys(name for row in rows for name in row))
    if heads:
        writer.writerow(map(_harmless, heads))
    writer.writerows([_harmless(row.get(name)) for name in heads] for row in rows)
    return text.getvalue().encode(errors="replace")


def _harmless(cell: str | int | float | None) -> str | int | float | None:
    """A cell that no spreadsheet runs: text that looks like a formula gets an apostrophe, which spreadsheets hide."""
    return f"'{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell


def playlist(suggested: Suggested, kind: str) -> bytes:
    """A playlist of the history as a file of one of `KINDS`."""
    made = Playlist(
        event_id=play_id("export", suggested.listener, suggested.mood or "", suggested.made_at),
        listener=suggested.listener,
        made_at=suggested.made_at,
        mood=Mood(suggested.mood) if suggested.mood else None,
        tracks=suggested.tracks,
    )
    file = BytesIO()
    FORMATS[KINDS[kind].writer](made, file)
    return file.getvalue()


def attachment(name: str) -> str:
    """The Content-Disposition (RFC 6266) that saves a file under a name, whatever is in it."""
    plain = UNSAFE.sub("_", name).strip("._") or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='', errors='replace')}"
