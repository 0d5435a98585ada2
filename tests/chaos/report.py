"""What a run came to, as a table of Markdown."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import median, quantiles

from tests.chaos.cycles import Cycle
from tests.chaos.faults import LIMITS


def table(cycles: Sequence[Cycle]) -> Iterator[str]:
    """A row for each fault, then one for each place with its limit."""
    yield "| fault | times | plays meanwhile | recovery: median | 95th percentile | longest | noticed |"
    yield "|---|---|---|---|---|---|---|"
    by_fault: dict[str, list[Cycle]] = defaultdict(list)
    by_place: dict[str, list[Cycle]] = defaultdict(list)
    for cycle in cycles:
        by_fault[str(cycle.fault)].append(cycle)
        by_place[cycle.fault.place].append(cycle)
    for name in sorted(by_fault):
        yield _row(name, by_fault[name])
    for place in sorted(by_place):
        yield _row(f"**all of {place}** (at most {LIMITS[place]:.0f} s)", by_place[place])
    yield _row("**all**", cycles)


def late(cycles: Sequence[Cycle]) -> Iterator[str]:
    """Places where recovery took longer than it may at the 95th percentile."""
    for place, limit in LIMITS.items():
        seconds = [cycle.recovery for cycle in cycles if cycle.fault.place == place and cycle.recovery is not None]
        if seconds and percentile(seconds) > limit:
            yield f"{place}: recovery took {percentile(seconds):.1f} s at the 95th percentile, of {limit:.0f} s at most"


def percentile(seconds: Sequence[float]) -> float:
    """The 95th percentile, between the values that are there."""
    return quantiles(seconds, n=20, method="inclusive")[18] if len(seconds) > 1 else seconds[0]


def _row(name: str, cycles: Sequence[Cycle]) -> str:
    seconds = [cycle.recovery for cycle in cycles if cycle.recovery is not None]
    times = (median(seconds), percentile(seconds), max(seconds)) if seconds else ()
    told = " | ".join(f"{value:.1f} s" for value in times) or "| |"
    events, noticed = sum(cycle.events for cycle in cycles), sum(cycle.noticed for cycle in cycles)
    return f"| {name} | {len(cycles)} | {events:,} | {told} | {noticed} |"
