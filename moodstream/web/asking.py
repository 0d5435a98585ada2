"""Waiting for what a feed has not been asked before."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from moodstream.web.feed import Feed
from moodstream.web.questions import Answer, Question

ANSWER_SECONDS = 5.0


class Bell:
    """Wakes everybody who waits, each time it is rung. Belongs to the event loop's thread."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self) -> None:
        await self._event.wait()


async def answers(
    feed: Feed, bell: Bell, asked: Sequence[Question], seconds: float = ANSWER_SECONDS
) -> list[Answer | None]:
    """What is known; what is asked for the first time is waited for, a while."""
    found = [feed.want(question) for question in asked]
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while None in found and not feed.fault:
                await bell.wait()
                found = [feed.want(question) for question in asked]
    return found


async def current(feed: Feed, bell: Bell, asked: Question, seconds: float = ANSWER_SECONDS) -> Answer | None:
    """An answer that is not old, waited for where need be; None where the source is away, or too slow."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while (found := feed.fresh(asked)) is None and not (feed.fault and feed.fault.away):
                await bell.wait()
            return found
    return None
