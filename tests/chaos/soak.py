"""Half an hour at 300 plays a second under random faults: memory, threads, file descriptors and connections stay flat.

The services are not killed here, for that would hide what they gather.
"""

import argparse
import logging
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from statistics import median
from typing import NamedTuple

import psutil

from tests.chaos import oracle
from tests.chaos.faults import FAULTS
from tests.chaos.world import World, world

RESULTS = Path(__file__).parent / "results"
PLACES = ("network", "mysql", "kafka", "data")
KILLING = ("kill -9 while", "password", "away at", "away while", "full", "a minute and a half", "partitions", "topic")
"""Faults that end a service, or that change what it has to hold for good."""
SAMPLE_SECONDS = 10.0
WARM = 0.25
"""The part at the beginning in which caches fill."""
LISTENERS = 5
"""So few that as much is remembered of each as can be (200 plays, 5,000 reactions) before that part ends."""
MEMORY_SHARE, MEMORY_MEGABYTES, NUMBER = 0.10, 10.0, 3.0
"""Flat: the end is above the beginning by no more than a tenth (or 10 MB), and by no more than 3 of a number."""

log = logging.getLogger("soak")


class Sample(NamedTuple):
    """What a process holds at a moment."""

    megabytes: float
    threads: int
    files: int
    connections: int


def sample(process: psutil.Process) -> Sample:
    """What a process holds now."""
    with process.oneshot():
        sockets = [end for end in process.net_connections(kind="tcp") if end.status == psutil.CONN_ESTABLISHED]
        memory = process.memory_info().rss / 2**20
        return Sample(memory, process.num_threads(), process.num_fds(), len(sockets))


def soak(system: World, seconds: float, rate: float, seed: int) -> dict[str, list[Sample]]:
    """Samples of every service, while faults come and go."""
    random, begun, samples = Random(seed), time.monotonic(), defaultdict(list)
    faults = [fault for fault in FAULTS if fault.place in PLACES and not any(word in fault.name for word in KILLING)]
    processes = {name: psutil.Process(instance.process.pid) for name, instance in system.services.items()}
    due = begun

    def look() -> bool:
        nonlocal due
        if time.monotonic() >= due:
            due += SAMPLE_SECONDS
            for name, process in processes.items():
                instance = system.services[name]
                assert instance.starts == 1, f"{name} ended with {instance.ended}: {instance.output[-2000:]}"
                with suppress(psutil.NoSuchProcess):  # the next look will say so
                    samples[name].append(sample(process))
        return False

    while time.monotonic() < begun + seconds:
        system.player.begin(rate)
        system.until(look, random.uniform(10, 20))
        fault = random.choice(faults)
        log.info("%.0f s: %s", time.monotonic() - begun, fault)
        fault.inject(system, random)
    system.player.begin(rate)
    system.until(look, 20)
    return samples


def table(samples: dict[str, list[Sample]]) -> Iterator[str]:
    """What each service held after it was warm, and at the end: medians of a quarter each."""
    yield "| service | memory, MB: second quarter, last | threads | file descriptors | connections |"
    yield "|---|---|---|---|---|"
    for name, some in samples.items():
        early, late = _quarters(some)
        yield f"| {name} | " + " | ".join(f"{a:.0f}, {b:.0f}" for a, b in zip(early, late, strict=True)) + " |"


def growth(samples: dict[str, list[Sample]]) -> Iterator[str]:
    """What has grown."""
    for name, some in samples.items():
        early, late = _quarters(some)
        if late.megabytes > early.megabytes + max(MEMORY_MEGABYTES, MEMORY_SHARE * early.megabytes):
            yield f"{name}: memory grew from {early.megabytes:.0f} to {late.megabytes:.0f} MB"
        for field in ("threads", "files", "connections"):
            if getattr(late, field) > getattr(early, field) + NUMBER:
                yield f"{name}: {field} grew from {getattr(early, field):.0f} to {getattr(late, field):.0f}"


def _quarters(samples: list[Sample]) -> tuple[Sample, Sample]:
    """The medians of the second quarter, when caches are full, and of the last."""
    part = max(1, int(len(samples) * WARM))
    return _median(samples[part : 2 * part]), _median(samples[-part:])


def _median(samples: list[Sample]) -> Sample:
    return Sample(*(median(values) for values in zip(*samples, strict=True)))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=30)
    options.add_argument("--rate", type=float, default=300, help="plays a second (default: 300)")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    logging.basicConfig(level="INFO", format="%(asctime)s %(message)s", datefmt="%H:%M:%S", force=True)
    for name in ("kafka", "mysql", "moodstream"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with world(given.seed, listeners=LISTENERS) as system:
        samples = soak(system, given.minutes * 60, given.rate, given.seed)
        recovered = system.recover()
        violations = [*growth(samples), *([] if recovered else ["lag did not come to zero"])]
        violations += oracle.violations(system)
        played = len(system.ledger.acknowledged)
    summary = [f"{played:,} plays in {given.minutes:.0f} minutes; violations: {len(violations)}.", "", *table(samples)]
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "soak.md").write_text("\n".join([*summary, *violations]) + "\n", encoding="utf-8")
    print("\n".join([*summary, *violations]))
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
