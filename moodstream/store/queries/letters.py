"""What could not be used: the dead letters."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from moodstream.store.mysql import Database
from moodstream.store.queries.wanted import Wanted, aware

NEWEST = 20
COUNTED = 10_000
"""Letters of a topic are counted up to here, so that a flood of them does not make the page slow."""


class Letter(NamedTuple):
    """A message that a service could not use, with where it lies and when it was sent."""

    sent_at: datetime
    topic: str
    partition: int
    offset: int
    service: str
    reason: str


class Letters(NamedTuple):
    """How many there are of each topic, `COUNTED` at most, and the newest, newest first."""

    by_topic: Mapping[str, int]
    newest: tuple[Letter, ...]


def letters(database: Database, _: datetime, __: Wanted) -> Letters:
    """The dead letters that were stored."""
    rows = database.query(
        f"""
        SELECT sent_at, topic, partition_number AS `partition`, message_offset AS `offset`, service, reason
        FROM dead_letters ORDER BY sent_at DESC LIMIT {NEWEST}
        """  # noqa: S608
    )
    newest = tuple(Letter(**row | {"sent_at": aware(row["sent_at"])}) for row in rows)
    topics = database.query("SELECT topic FROM dead_letters GROUP BY topic")
    return Letters({row["topic"]: _count(database, row["topic"]) for row in topics}, newest)


def _count(database: Database, topic: str) -> int:
    rows = database.query(
        f"SELECT COUNT(*) AS n FROM (SELECT 1 FROM dead_letters WHERE topic = %s LIMIT {COUNTED}) counted",  # noqa: S608
        (topic,),
    )
    return int(rows[0]["n"])
