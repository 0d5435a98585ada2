"""How a range of time is cut into the steps of the roll-ups."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from moodstream.store.queries.rollups import DAY, HOUR, LEVELS, MINUTE, Cut, cuts, floor
from tests.factories import NOON

STEPS = {name: step for step, name in LEVELS.items()}


def test_a_range_is_whole_days_with_hours_and_minutes_at_its_ends() -> None:
    since, until = datetime(2026, 11, 18, 22, 58, tzinfo=UTC), datetime(2026, 11, 21, 1, 2, tzinfo=UTC)
    assert [(cut.level, cut.until - cut.since) for cut in cuts(since, until)] == [
        ("minute", 2 * MINUTE),
        ("hour", HOUR),
        ("day", 2 * DAY),
        ("hour", HOUR),
        ("minute", 2 * MINUTE),
    ]


def test_any_range_is_covered_once_by_steps_that_begin_where_the_roll_ups_begin() -> None:
    drawn = random.Random(4)
    for _ in range(500):
        since = NOON + MINUTE * drawn.randrange(-(10**6), 0)
        until = since + MINUTE * drawn.randrange(1, 10 ** drawn.randrange(1, 7))
        coarsest = drawn.choice((MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, DAY, 7 * DAY))
        found = cuts(since, until, coarsest)
        assert (found[0].since, found[-1].until) == (since, until)
        assert all(one.until == other.since for one, other in pairwise(found))
        for cut in found:
            step = STEPS[cut.level]
            assert step <= coarsest
            assert floor(cut.since, step) == cut.since
            assert floor(cut.until, step) == cut.until


def test_few_rows_are_read_however_long_the_range() -> None:
    found = cuts(NOON - 730 * DAY + MINUTE, NOON + HOUR - MINUTE)
    steps = [(cut.until - cut.since) // STEPS[cut.level] for cut in found]
    assert sum(steps) < 730 + 2 * (23 + 59)


def test_a_range_without_length_has_no_pieces() -> None:
    assert cuts(NOON, NOON) == []
    assert cuts(NOON, NOON - DAY) == []
    assert cuts(NOON, NOON + timedelta(minutes=1)) == [Cut("minute", NOON, NOON + MINUTE)]
