"""One fault after another under load, each followed by its recovery, and by a look at what became of its plays."""

import logging
import time
from collections.abc import Iterator
from random import Random
from typing import NamedTuple
from uuid import UUID

from tests.chaos import oracle
from tests.chaos.faults import FAULTS, Fault
from tests.chaos.world import RATE, World

log = logging.getLogger(__name__)

SETTLE_SECONDS = 1.0
SHORT_ONES = 3
"""A round has each long fault once, and each other one so often."""


class Cycle(NamedTuple):
    """One fault, and what followed.

    `recovery`: seconds from its end until lag was zero in every group; None: not in time. `noticed`: whether a service
    said so, or died of it. `events`: plays acknowledged meanwhile.
    """

    fault: Fault
    lasted: float
    recovery: float | None
    noticed: bool
    events: int
    violations: tuple[str, ...]


def rounds(random: Random, small_disk: bool) -> Iterator[Fault]:
    """Every fault that can be had here, in an order that is drawn anew in each round, without end."""
    while True:
        every = [fault for fault in FAULTS if small_disk or not fault.disk]
        again = [fault for fault in every if not fault.long] * (SHORT_ONES - 1)
        yield from random.sample(every, len(every))
        yield from random.sample(again, len(again))


def run(world: World, fault: Fault, random: Random) -> Cycle:
    """Have a fault happen, and wait until all is well again."""
    acknowledged, said = set(world.ledger.acknowledged), _said(world)
    world.player.begin(RATE)
    world.sleep(SETTLE_SECONDS)
    begun = time.monotonic()
    violations = []
    try:
        fault.inject(world, random)
    except AssertionError as error:
        violations.append(str(error))
    lasted = time.monotonic() - begun
    recovery = world.recover()
    new: set[UUID] = world.ledger.acknowledged - acknowledged
    if recovery is None:
        violations.append("lag did not come to zero")
    else:
        violations += oracle.lost(world, list(new))
    cycle = Cycle(fault, lasted, recovery, _said(world) != said, len(new), tuple(violations))
    log.info("%s", told(cycle))
    return cycle


def told(cycle: Cycle) -> str:
    """A cycle as a line."""
    recovered = "not" if cycle.recovery is None else f"in {cycle.recovery:.1f} s"
    found = "".join(f"\n  VIOLATION {violation}" for violation in cycle.violations)
    return f"{cycle.fault}: {cycle.lasted:.1f} s, {cycle.events:,} plays, recovered {recovered}{found}"


def _said(world: World) -> tuple[int, ...]:
    """What services said of troubles, and how often they were started."""
    logs = world.logs().values()
    troubles = sum(log.count(" WARNING ") + log.count(" ERROR ") + log.count(" CRITICAL ") for log in logs)
    return troubles, *(instance.starts for instance in world.services.values())
