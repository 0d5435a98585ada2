"""What there is to choose from: whose plays, and from which sources."""

from datetime import datetime
from typing import NamedTuple

from moodstream.store.mysql import Database
from moodstream.store.queries.wanted import Wanted

LISTENERS = 200


class Choices(NamedTuple):
    """Listeners, those who played on the newest days first, by name within a day; and all sources, by name."""

    listeners: tuple[str, ...]
    sources: tuple[str, ...]


def choices(database: Database, _: datetime, __: Wanted) -> Choices:
    """Up to `LISTENERS` listeners, and the sources. Both are read from the ends of an index's groups."""
    listeners = database.query(
        """
        SELECT listener FROM (
            SELECT listener, MAX(starts_at) AS newest FROM plays_by_day WHERE listener > '' GROUP BY listener
        ) known ORDER BY newest DESC, listener LIMIT %s
        """,
        (LISTENERS,),
    )
    sources = database.query("SELECT source FROM mood_classified WHERE source > '' GROUP BY source")
    return Choices(tuple(row["listener"] for row in listeners), tuple(sorted(row["source"] for row in sources)))
