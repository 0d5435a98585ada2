"""Places in a list that is read page by page, newest first: the next page begins behind the last row of this one.

What comes in while somebody reads is newer, so that no row is told twice, and none that was there is left out.
"""

import re
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from moodstream.store.queries.wanted import EPOCH, aware, naive

PATTERN = r"^[01][0-9a-f]{13}[0-9a-f]{32}$"
"""What a place looks like as text: microseconds since 1970, and an id. Whatever looks so is one."""


class Place(NamedTuple):
    """A row by its time (aware, UTC) and its id."""

    at: datetime
    event_id: UUID

    def text(self) -> str:
        """As `read` takes it."""
        return f"{(self.at - EPOCH) // timedelta(microseconds=1):014x}{self.event_id.hex}"


class Span(NamedTuple):
    """Which rows: those from `since` to `until`, behind the place `after` (None: from the newest on)."""

    since: datetime
    until: datetime
    after: Place | None = None

    def condition(self, column: str) -> tuple[str, list[Any]]:
        """What to ask of the time that `column` holds, in a form that an index serves, with its parameters."""
        first = min(self.until, self.after.at) if self.after else self.until
        asked, given = f"{column} >= %s AND {column} <= %s", [naive(max(self.since, EPOCH)), naive(first)]
        if self.after is None:
            return asked, given
        behind: list[Any] = [naive(self.after.at), self.after.event_id.bytes]
        return f"{asked} AND ({column} < %s OR event_id < %s)", given + behind


def read(text: str) -> Place:
    """A place from its text.

    Raises:
        ValueError: it is no such text.
    """
    if not re.fullmatch(PATTERN, text):
        raise ValueError("not what the `next` of a page had")
    return Place(EPOCH + timedelta(microseconds=int(text[:14], 16)), UUID(text[14:]))


def place(at: Any, event_id: Any) -> Place:
    """The place of a row, as the database gave it."""
    return Place(aware(at), UUID(bytes=bytes(event_id)))
