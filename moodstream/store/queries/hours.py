"""At which hours of the week which moods are played."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from moodstream.store.mysql import Database
from moodstream.store.queries.rollups import DAY, HOUR, MINUTE, Cut, add_up, cuts, played_minutes
from moodstream.store.queries.wanted import EPOCH, Wanted, naive, zone

CELLS = 7 * 24
# Habits change within a year, and each week more is 168 rows for every mood and source to add up.
WEEKS = 13
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
    clock = zone(wanted.zone)
    since, until = played_minutes(database, now, wanted)
    first = max(since, until - timedelta(weeks=WEEKS))
    pieces = [cut for start, end in _even(first, until, clock) for cut in cuts(start, end, HOUR)]
    rows = add_up(
        *(database, "plays", wanted, pieces),
        by=("mood", f"MOD(TIMESTAMPDIFF(HOUR, %s, starts_at), {CELLS})"),
        given=lambda piece: (naive(_monday(piece, clock)),),
    )
    plays: dict[str, list[int]] = {}
    for row in rows:
        plays.setdefault(row["k0"], [0] * CELLS)[row["k1"]] += int(row["counted"])
    return Week(plays, int(_offset(until, clock) % HOUR / MINUTE), first > since)


def _offset(moment: datetime, clock: tzinfo) -> timedelta:
    return moment.astimezone(clock).utcoffset() or timedelta(0)


def _even(since: datetime, until: datetime, clock: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of a range within which the clocks are not put forward or back."""
    start = before = since
    while before < until:
        after = min(before + DAY, until)
        if _offset(after, clock) != _offset(before, clock):
            change = _change(before, after, clock)
            yield start, change
            start = change
        before = after
    yield start, until


def _change(before: datetime, after: datetime, clock: tzinfo) -> datetime:
    """The minute between two moments from which on the later one's offset holds."""
    old = _offset(before, clock)
    while after - before > MINUTE:
        middle = before + (after - before) // (2 * MINUTE) * MINUTE
        before, after = (middle, after) if _offset(middle, clock) == old else (before, middle)
    return after


def _monday(piece: Cut, clock: tzinfo) -> datetime:
    """The first whole hour (of UTC) of a Monday by the zone's clock, at or before the beginning of a piece."""
    shift = _offset(piece.since, clock) // HOUR * HOUR
    return MONDAY + (piece.since + shift - MONDAY) // timedelta(weeks=1) * timedelta(weeks=1) - shift
