"""`--verify` finds and names whatever is not as the base tables say, and asks for details only where something is."""

import random
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from moodstream.moods import Mood
from moodstream.settings import Settings
from moodstream.store.mysql import Database
from moodstream.store.recount import SUBJECTS, Subject
from moodstream.store.sink import Sink
from moodstream.store.verify import verify
from moodstream.store.weights import weight
from tests.factories import NOON, make_classification, make_play, make_record
from tests.integration.test_rollups import differences, emptied, history, rolled_up

Row = dict[str, Any]


@pytest.fixture
def database(database_settings: Settings) -> Database:
    return Database(database_settings, "connector")


def place(subject: Subject, row: Row) -> tuple[str, list[Any]]:
    """Where one row is: a condition and its values."""
    return " AND ".join(f"{name} = %s" for name in subject.keys), [row[name] for name in subject.keys]


def named(subject: Subject, row: Row) -> str:
    return ", ".join(f"{name} {str(row[name])!r}" for name in subject.keys)


def altered(database: Database, subject: Subject, row: Row, column: str, value: Any) -> None:
    where, keys = place(subject, row)
    database.query(f"UPDATE {subject.table} SET {column} = %s WHERE {where}", [value, *keys])


def ends(rows: list[Row]) -> Iterator[Row]:
    """The first and the last of everybody's rows, of the listeners' and, of songs, of all."""
    for everybody in (True, False):
        of_them = [row for row in rows if (row.get("listener") == "") is everybody]
        yield from of_them[:1] + of_them[-1:]


@pytest.mark.parametrize("rows_a_part", [7, 100_000])
def test_one_count_too_many_is_found_in_the_first_and_the_last_part_of_every_table(
    database: Database, rows_a_part: int
) -> None:
    Sink(database).write(history(60))
    tables = rolled_up(database)
    for subject in SUBJECTS:
        places = list(ends(tables[subject.table]))
        assert len(places) == (2 if subject.table == "songs_played" else 4)
        for row in places:
            number = row[subject.number]
            altered(database, subject, row, subject.number, number + 1)
            [found] = [table for table in verify(database, rows_a_part) if table.differences]
            assert (found.table, found.differences) == (subject.table, 1)
            [example] = found.examples
            assert example.startswith(f"{named(subject, row)}: kept {number + 1}")
            altered(database, subject, row, subject.number, number)
    assert differences(database) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_alteration_of_any_row_of_any_history_is_found_and_named(
    data: st.DataObject, database: Database, database_settings: Settings
) -> None:
    emptied(database_settings)
    Sink(database).write(history(data.draw(st.integers(1, 8)), data.draw(st.integers(0, 999))))
    tables = rolled_up(database)
    subject = data.draw(st.sampled_from([subject for subject in SUBJECTS if tables[subject.table]]))
    row = data.draw(st.sampled_from(tables[subject.table]))
    column = data.draw(st.sampled_from(sorted(row)))
    value = data.draw(another(row[column]))
    changed = row | {column: value}
    assume(all(place(subject, other) != place(subject, changed) for other in tables[subject.table] if other != row))
    altered(database, subject, row, column, value)
    [found] = [table for table in verify(database, data.draw(st.sampled_from([2, 100]))) if table.differences]
    gone_and_come = {named(subject, which) for which in (row, changed)}
    assert found.table == subject.table
    assert {example.partition(": kept ")[0] for example in found.examples} == gone_and_come


def another(value: Any) -> st.SearchStrategy[Any]:
    """What else a column may hold."""
    others: dict[type, st.SearchStrategy[Any]] = {
        int: st.integers(0, 2**32 - 1),
        str: st.sampled_from(["", "Happy", "happy", "Sad", "like", "anna", "Zo\u00eb \U0001f3b5", "a b", "\x01", "0"]),
        datetime: st.builds(lambda hours: value + timedelta(hours=hours), st.integers(-30_000, 30_000)),
        bytes: st.binary(min_size=16, max_size=16),
        bytearray: st.binary(min_size=16, max_size=16),
        type(None): st.just("Happy"),
    }
    return others[type(value)].filter(lambda other: other != value)


def test_moves_that_hide_each_other_from_a_plain_crc_are_found(database: Database) -> None:
    def change(at: datetime) -> int:
        """What a sum of CRCs grows by where a play is counted as Dark and not as Calm."""
        key = f"anna\n{(at - datetime(1, 1, 1, tzinfo=UTC) + timedelta(366)) // timedelta(seconds=1)}\nsimulate\n"
        return zlib.crc32(f"{key}Dark".encode()) - zlib.crc32(f"{key}Calm".encode())

    same: dict[int, list[datetime]] = {}
    for at in (NOON + timedelta(minutes=minute) for minute in range(5000)):
        same.setdefault(change(at), []).append(at)
    calm, dark = next(moments for moments in same.values() if len(moments) > 1)[:2]
    said = [
        make_classification(make_play(played_at=at), mood=mood) for at, mood in ((calm, Mood.CALM), (dark, Mood.DARK))
    ]
    Sink(database).write([make_record(message, "mood_classified") for message in said])
    minutes = SUBJECTS[0]
    for row in rolled_up(database)[minutes.table]:
        if row["listener"]:
            altered(database, minutes, row, "mood", {"Calm": "Dark", "Dark": "Calm"}[row["mood"]])
    assert [(found.table, found.differences) for found in differences(database)] == [(minutes.table, 4)]


def test_where_nothing_differs_the_sums_are_the_same_in_every_part_and_in_all(database: Database) -> None:
    Sink(database).write(history(60))
    for subject in SUBJECTS:
        kept = []
        for part in subject.parts(database.query, 7):
            [row] = database.query(subject.kept(part), part.between)
            [base] = database.query(subject.weighed(part), part.between)
            kept.append((row["number"], row["weight"]))
            assert kept[-1] == (base["number"], base["weight"])
        totals = list(subject.totals(database.query, 7))
        assert len(kept) > 3
        assert [sum(sums) for sums in zip(*kept, strict=True)] == [
            sum(row[name] for row in totals) for name in ("number", "weight")
        ]


def test_a_weight_is_the_same_on_every_server_and_fits_64_bits(database: Database) -> None:
    drawn = random.Random(1)
    names = ["anna", "Zo\u00eb \U0001f3b5", "", *(f"listener-{drawn.randrange(10**9)}" for _ in range(50))]
    found = [database.query(f"SELECT {weight('%s', '5')} AS found", (name, name))[0]["found"] for name in names]
    texts = [f"{name}\n5" for name in names]
    assert found == [zlib.crc32(text.encode()) * zlib.crc32(text[::-1].encode()) for text in texts]
    assert max(found) > 2**63
