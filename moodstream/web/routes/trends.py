"""Where what a listener plays is heading."""

import asyncio
import time
from collections import OrderedDict
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from moodstream.store.queries.days import COUNTED_DAYS, COUNTED_PLAYS, Days, days
from moodstream.trends.trend import trends
from moodstream.web.answers import FRESH
from moodstream.web.means import Means
from moodstream.web.routes.listener_models import Listener
from moodstream.web.routes.listeners import FAILURES, refuse_stranger
from moodstream.web.routes.trend_models import FeatureTrend, Trends

KEPT, KEPT_SECONDS = 256, 60.0
ABOUT = f"""What is to be expected of the next days of each feature of what a listener plays: daily means of the last
{COUNTED_DAYS} days (of the newest {COUNTED_PLAYS:,} plays, where there are more), in a model of a level that wanders,
a drift, and the noise of each day. The same forecast is made again and again in the past, each time by what came
before, and held against the last value and against the mean so far; where it is no better than these, that is said.
An answer is kept for {KEPT_SECONDS:g} s."""

Wanted = tuple[str, int]


class Kept:
    """What was told of the last few listeners, for a while, and what is being worked out; of the event loop's thread.

    Args:
        means: what asks the history, and computes.
    """

    def __init__(self, means: Means) -> None:
        self._means = means
        self._told: OrderedDict[Wanted, tuple[float, Trends]] = OrderedDict()
        self._locks: dict[Wanted, asyncio.Lock] = {}

    async def trends(self, listener: str, horizon: int) -> Trends:
        """The trends of a listener; who asks for the same meanwhile waits for the same answer.

        Raises:
            HTTPException: 404 where the listener is not known.
        """
        wanted = (listener, horizon)
        lock = self._locks.setdefault(wanted, asyncio.Lock())
        try:
            async with lock:
                at, told = self._told.get(wanted, (0.0, None))
                if told is None or time.monotonic() - at > KEPT_SECONDS:
                    told = await self._work_out(listener, horizon)
                    self._remember(wanted, told)
                return told
        finally:
            if not lock.locked():
                self._locks.pop(wanted, None)

    async def _work_out(self, listener: str, horizon: int) -> Trends:
        found = await self._means.history.ask(days, listener, datetime.now(UTC))
        await refuse_stranger(self._means, listener, bool(found.plays))
        return await self._means.workers.run(_trends, found, horizon)

    def _remember(self, wanted: Wanted, told: Trends) -> None:
        self._told.pop(wanted, None)
        self._told[wanted] = time.monotonic(), told
        if len(self._told) > KEPT:
            self._told.popitem(last=False)


def router(means: Means) -> APIRouter:
    routes, kept = APIRouter(tags=["listeners"]), Kept(means)

    @routes.get(
        "/listeners/{listener:path}/trends",
        summary="Where what a listener plays is heading",
        description=ABOUT,
        responses=FAILURES,
    )
    async def told(
        listener: Listener,
        response: Response,
        horizon: Annotated[int, Query(ge=1, le=28, description="How many days to forecast")] = 7,
    ) -> Trends:
        response.headers.update(FRESH)
        return await kept.trends(listener, horizon)

    return routes


def _trends(found: Days, horizon: int) -> Trends:
    told = trends(found.means, found.today, horizon)
    features = {name: FeatureTrend.model_validate(each) for name, each in told.items()}
    return Trends(features=features, plays=found.plays, today=found.today)
