"""How well real time and batch agreed, comparison by comparison."""

from datetime import datetime
from typing import NamedTuple

import msgspec

from moodstream.errors import DataError
from moodstream.store.mysql import Database
from moodstream.store.queries.wanted import Wanted, aware, naive

RUNS = 200


class Compared(NamedTuple):
    """A run of `batch_processor.py --compare`: `agreed` of `compared` songs have the same mood from both.

    `window_seconds`: plays of the last so many seconds were compared; None for all.
    """

    at: datetime
    model: str
    window_seconds: float | None
    compared: int
    agreed: int
    kappa: float | None


class _Report(msgspec.Struct):
    """What matters here of `batch.reports.Compare`."""

    model: str
    window_seconds: float | None
    compared: int
    agreed: int
    kappa: float | None


def drift(database: Database, now: datetime, _: Wanted) -> tuple[Compared, ...]:
    """The newest `RUNS` comparisons, oldest first.

    Raises:
        DataError: a report is not what the batch processor writes.
    """
    rows = database.query(
        """
        SELECT finished_at, report FROM batch_runs
        WHERE job = 'compare' AND finished_at <= %s ORDER BY finished_at DESC LIMIT %s
        """,
        (naive(now), RUNS),
    )
    return tuple(_compared(aware(row["finished_at"]), row["report"]) for row in reversed(rows))


def _compared(at: datetime, report: str) -> Compared:
    # Of 200 reports this is quicker than asking the server for parts of its JSON.
    try:
        found = msgspec.json.decode(report, type=_Report)
    except msgspec.DecodeError as error:
        raise DataError(f"The comparison of {at:%Y-%m-%d %H:%M} UTC in batch_runs cannot be read: {error}") from error
    return Compared(at, *msgspec.structs.astuple(found))
