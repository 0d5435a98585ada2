"""At which hours of the week which moods are played."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from moodstream.store.mysql import Database
from moodstream.store.queries.rollups import DAY, HOUR, MINUTE, Cut, add_up, cuts, whole_minutes
from moodstream.store.queries.wanted import EPOCH, Wanted, naive

CELLS = 7 * 24
# Habits change within a year, and each week more is 168 rows for every mood and source to add up.
WEEKS = 26
MONDAY = EPOCH - 3 * DAY


class Week(NamedTuple):
    """How many plays each mood has in each hour of the week: 168 counts from Monday, the hour that begins at 0.

    By the reader's clock the hours begin `minute` minutes later, as where a zone is half an hour from UTC's hours.
    Where the range is longer than `WEEKS`, its newest weeks are counted, and there are `more`.
    """

    plays: Mapping[str, list[int]]
    minute: int
    more: bool


def week(database: Database, now: datetime, wanted: Wanted) -> Week:
    """Plays by hour of the week in the zone that is wanted, summer time and all; UTC where the zone is not known."""
    zone = _zone(wanted.zone)
    since, until = whole_minutes(database, now, wanted)
    first = max(since, until - timedelta(weeks=WEEKS))
    pieces = [cut for start, end in _even(first, until, zone) for cut in cuts(start, end, HOUR)]
    rows = add_up(
        *(database, "plays", wanted, pieces),
        by=("mood", f"MOD(TIMESTAMPDIFF(HOUR, %s, starts_at), {CELLS})"),
        given=lambda piece: (naive(_monday(piece, zone)),),
    )
    plays: dict[str, list[int]] = {}
    for row in rows:
        plays.setdefault(row["k0"], [0] * CELLS)[row["k1"]] += int(row["counted"])
    return Week(plays, int(_offset(until, zone) % HOUR / MINUTE), first > since)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)


def _even(since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of a range within which the clocks are not put forward or back."""
    start = before = since
    while before < until:
        after = min(before + DAY, until)
        if _offset(after, zone) != _offset(before, zone):
            change = _change(before, after, zone)
            yield start, change
            start = change
        before = after
    yield start, until


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The minute between two moments from which on the later one's offset holds."""
    old = _offset(before, zone)
    while after - before > MINUTE:
        middle = before + (after - before) // (2 * MINUTE) * MINUTE
        before, after = (middle, after) if _offset(middle, zone) == old else (before, middle)
    return after


def _monday(piece: Cut, zone: ZoneInfo) -> datetime:
    """The first whole hour (of UTC) of a Monday by the zone's clock, at or before the beginning of a piece."""
    shift = _offset(piece.since, zone) // HOUR * HOUR
    return MONDAY + (piece.since + shift - MONDAY) // timedelta(weeks=1) * timedelta(weeks=1) - shift
