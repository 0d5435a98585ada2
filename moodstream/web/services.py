"""What the page knows of the running services and of Kafka, and the questions that its cards ask of that."""

import time
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from moodstream.bus import greet
from moodstream.errors import MoodstreamError
from moodstream.settings import Settings
from moodstream.store.queries.wanted import Wanted
from moodstream.web.latency import Latency, Seen
from moodstream.web.lookout import Lookout
from moodstream.web.scrape import Reply, State, Target, scrape, targets

PACE_SECONDS = 1.0
KAFKA_PACE_SECONDS = 2.0
KAFKA_SECONDS = 1.5
RATE_SECONDS = 10.0
STUCK = timedelta(minutes=1)
ON_DEMAND = ("batch_processor",)
"""Services that end by themselves: that one is not running is no trouble."""


class Away(NamedTuple):
    """Since when a server has not answered, as far as this process has seen, and why."""

    since: datetime
    reason: str


class Instance(NamedTuple):
    """An instance of a service. `since` is its start, or when this process first saw it in this trouble.

    `resting`: it is away, as it may be. `stuck`: it says that it is well, but has dealt with nothing for long.
    """

    service: str
    place: str
    state: State
    since: datetime | None
    progress_at: datetime | None
    fault: str | None
    resting: bool = False
    stuck: bool = False

    @property
    def well(self) -> bool:
        """Whether nobody needs to do anything."""
        return self.resting or (self.state in (State.WELL, State.ASKED) and not self.stuck)


class Health(NamedTuple):
    """All instances by service, and what is the matter with Kafka, if anything."""

    kafka: Away | None
    instances: tuple[Instance, ...]


class Behind(NamedTuple):
    """How many messages of a topic an instance has yet to read, and how many it reads a second (None: not known)."""

    service: str
    place: str
    topic: str
    messages: int
    per_second: float | None


class Services:
    """The running services. Belongs to one thread, but for `latency`.

    Raises:
        ConfigurationError: TELEMETRY_TARGETS cannot be read.
    """

    def __init__(self, settings: Settings) -> None:
        self.latency = Latency()
        self._replies = {target: Reply(target, State.ASKED) for target in targets(settings)}
        self._since: dict[Target, tuple[State, datetime]] = {}
        self._consumed: dict[Target, deque[tuple[float, Mapping[str, float]]]] = {}
        self._kafka: Away | None = None
        self._scraping = Lookout(lambda: scrape(tuple(self._replies)), PACE_SECONDS)
        self._greeting = Lookout(lambda: _greeted(settings), KAFKA_PACE_SECONDS)

    def replies(self) -> list[Reply]:
        """What each instance last said."""
        for reply in self._scraping.news() or ():
            self._replies[reply.target] = reply
            if reply.target not in self._since or self._since[reply.target][0] != reply.state:
                self._since[reply.target] = reply.state, datetime.now(UTC)
            self._count(reply)
        return list(self._replies.values())

    def kafka(self) -> Away | None:
        """What is the matter with Kafka, if anything."""
        for reason in self._greeting.news() or ():
            since = self._kafka.since if self._kafka else datetime.now(UTC)
            self._kafka = Away(since, reason) if reason else None
        return self._kafka

    def since(self, reply: Reply) -> datetime | None:
        """When an instance started; of one in trouble, when that was first seen."""
        if reply.state in (State.WELL, State.ASKED):
            return reply.started_at
        return self._since[reply.target][1]

    def per_second(self, target: Target, topic: str) -> float | None:
        """How many messages of a topic an instance has dealt with a second, of late."""
        counted = self._consumed[target]
        (begun, before), (ended, after) = counted[0], counted[-1]
        if begun == ended:
            return None
        return round((after.get(topic, 0.0) - before.get(topic, 0.0)) / (ended - begun), 1)

    def _count(self, reply: Reply) -> None:
        """Keep what was counted of late; counters that went back are those of a process that began anew."""
        counted = self._consumed.setdefault(reply.target, deque())
        if counted and any(reply.consumed.get(topic, 0.0) < number for topic, number in counted[-1][1].items()):
            counted.clear()
        counted.append((time.monotonic(), reply.consumed))
        while counted[-1][0] - counted[0][0] > RATE_SECONDS:
            counted.popleft()

    def close(self) -> None:
        """Ask no more."""
        self._scraping.close()
        self._greeting.close()


def _greeted(settings: Settings) -> tuple[str | None]:
    """Why Kafka does not answer, if it does not."""
    try:
        greet(settings, KAFKA_SECONDS)
    except MoodstreamError as error:
        return (str(error),)
    return (None,)


def health(services: Services, now: datetime, _: Wanted) -> Health:
    """How every instance is, by service, in the order of the way of the data."""
    kafka = services.kafka()
    return Health(kafka, tuple(_instance(services, reply, now) for reply in services.replies()))


def _instance(services: Services, reply: Reply, now: datetime) -> Instance:
    # What reads topics looks at its lag every few seconds, and that is progress; a source may wait for long.
    stuck = reply.state == State.WELL and bool(reply.lag) and now - (reply.progress_at or now) > STUCK
    resting = reply.state == State.AWAY and reply.target.service in ON_DEMAND
    service, since = reply.target.service, services.since(reply)
    return Instance(service, reply.target.place, reply.state, since, reply.progress_at, reply.fault, resting, stuck)


def lag(services: Services, _: datetime, __: Wanted) -> tuple[Behind, ...]:
    """What each instance has yet to read, by topic."""
    return tuple(
        Behind(reply.target.service, reply.target.place, topic, int(messages), services.per_second(reply.target, topic))
        for reply in services.replies()
        for topic, messages in sorted(reply.lag.items())
    )


def latency(services: Services, _: datetime, __: Wanted) -> tuple[Seen, ...]:
    """The newest live plays, with how long each took from being played to being seen here."""
    return services.latency.seen()


def kafka(services: Services, _: datetime, __: Wanted) -> Away | None:
    """What is the matter with Kafka, if anything."""
    return services.kafka()
