"""Waiting for answers that are not old."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from moodstream.errors import TransientError
from moodstream.store.queries.wanted import Wanted
from moodstream.web.asking import Bell, current
from moodstream.web.feed import FRESH_SECONDS, WANTED_SECONDS, Feed
from moodstream.web.questions import Answer, Question


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Source:
    """Gives the number of the answer; fails where it is told to."""

    def __init__(self) -> None:
        self.asked, self.away = 0, False

    def close(self) -> None:
        """There is nothing to close."""


def ask(source: Source, _: datetime, __: Wanted) -> int:
    if source.away:
        raise TransientError("2003 refused")
    source.asked += 1
    return source.asked


class World:
    """A feed whose rounds, and whose time, are the test's."""

    def __init__(self) -> None:
        self.clock, self.source = Clock(), Source()
        self.feed = Feed("history", self.source, clock=self.clock)

    def asked(self, seconds: float = 5.0, ring: Callable[[], None] | None = None) -> Answer | None:
        """What is answered, while the feed goes its rounds."""
        return asyncio.run(self._asked(ring or self.feed.ask_all, seconds))

    async def _asked(self, ring: Callable[[], None], seconds: float) -> Answer | None:
        bell = Bell()
        answer = asyncio.create_task(current(self.feed, bell, Question(ask), seconds))
        while not answer.done():
            await asyncio.sleep(0.001)
            ring()
            bell.ring()
        return await answer


def value(answer: Answer | None) -> int:
    assert answer is not None
    return int(answer.value)


def test_what_was_not_asked_before_is_waited_for() -> None:
    assert value(World().asked()) == 1


def test_what_a_page_looks_at_is_known_without_asking_again() -> None:
    world = World()
    world.asked()
    world.clock.now += FRESH_SECONDS / 2
    assert value(world.asked(ring=lambda: None)) == world.source.asked


def test_what_nobody_has_wanted_for_long_is_asked_anew() -> None:
    world = World()
    world.asked()
    known = world.source.asked
    world.clock.now += WANTED_SECONDS + 60
    assert value(world.asked()) == known + 1


def test_a_slow_source_is_not_waited_for_for_ever() -> None:
    assert World().asked(seconds=0.05, ring=lambda: None) is None


def test_nobody_waits_for_a_source_that_is_away_nor_is_given_what_was_known() -> None:
    world = World()
    world.asked()
    known = world.source.asked
    world.clock.now += 60
    world.source.away = True
    assert world.asked() is None
    world.source.away = False
    world.feed.ask_all()
    assert value(world.asked()) == known + 1
