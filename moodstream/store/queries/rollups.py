"""Adding up the roll-ups: a range becomes few whole days and hours, with minutes at its ends, so the sum is exact."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from moodstream.store.mysql import Database, Row
from moodstream.store.queries.wanted import EPOCH, Wanted, aware, floor, naive

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LEVELS = {DAY: "day", HOUR: "hour", MINUTE: "minute"}


class Cut(NamedTuple):
    """A stretch of time (aware; `until` excluded) that is made of whole steps, and the roll-up that has them."""

    level: str
    since: datetime
    until: datetime


def whole_minutes(now: datetime, wanted: Wanted) -> tuple[datetime, datetime]:
    """From when until when, in whole minutes: the minute that is now counts, the one that a range ends at does not.

    What has no beginning begins in 1970.
    """
    since, until = (max(moment, EPOCH) for moment in wanted.between(now))
    end = floor(until, MINUTE) + MINUTE if until == now else floor(until + MINUTE - timedelta.resolution, MINUTE)
    return min(floor(since, MINUTE), end), end


def played_minutes(database: Database, now: datetime, wanted: Wanted) -> tuple[datetime, datetime]:
    """As `whole_minutes`, but what has no beginning begins with the day of the oldest play."""
    since, until = whole_minutes(now, wanted)
    if since > EPOCH:
        return since, until
    return min(_oldest(database, wanted) or until - MINUTE, until), until


def cuts(since: datetime, until: datetime, coarsest: timedelta = DAY) -> list[Cut]:
    """A range of whole minutes in as few steps as can be, in the order of time; none is longer than `coarsest`."""
    if since >= until:
        return []
    step = max(step for step in LEVELS if step <= coarsest)
    first, last = floor(since + step - timedelta.resolution, step), floor(until, step)
    if step == MINUTE:
        return [Cut(LEVELS[step], since, until)]
    finer = max(other for other in LEVELS if other < step)
    if first >= last:
        return cuts(since, until, finer)
    return [*cuts(since, first, finer), Cut(LEVELS[step], first, last), *cuts(last, until, finer)]


def add_up(
    database: Database,
    kind: Literal["plays", "reactions"],
    wanted: Wanted,
    pieces: Sequence[Cut],
    by: Sequence[str],
    given: Callable[[Cut], Sequence[Any]] = lambda _: (),
) -> list[Row]:
    """The counts of pieces of time, each with its own sums `by` columns or expressions, named in their order k0, k1, …

    `given` has the parameters of the expressions in a piece. The listener and the source are those that are wanted.
    """
    keys = ", ".join(f"{expression} AS k{n}" for n, expression in enumerate(by))
    places = ", ".join(str(n + 1) for n in range(len(by)))
    source = " AND source = %s" if wanted.source else ""
    statements, parameters = [], []
    for piece in pieces:
        statements.append(
            f"(SELECT {keys}, SUM({kind}) AS counted FROM {kind}_by_{piece.level} "  # noqa: S608  the names are ours
            f"WHERE listener = %s AND starts_at >= %s AND starts_at < %s{source} GROUP BY {places})"
        )
        parameters += [*given(piece), wanted.listener, naive(piece.since), naive(piece.until)]
        parameters += [wanted.source] if wanted.source else []
    return database.query(" UNION ALL ".join(statements), parameters) if statements else []


def _oldest(database: Database, wanted: Wanted) -> datetime | None:
    source = " AND source = %s" if wanted.source else ""
    rows = database.query(
        f"SELECT MIN(starts_at) AS oldest FROM plays_by_day WHERE listener = %s{source}",  # noqa: S608
        (wanted.listener, wanted.source) if wanted.source else (wanted.listener,),
    )
    return aware(rows[0]["oldest"]) if rows[0]["oldest"] else None
