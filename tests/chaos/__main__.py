"""`make chaos`: so many faults under load, then everything is held against the ledger; 1 where anything is amiss."""

import argparse
import logging
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from tests.chaos import oracle
from tests.chaos.cycles import Cycle, rounds, run
from tests.chaos.report import late, table
from tests.chaos.world import World, world

RESULTS = Path(__file__).parent / "results"
log = logging.getLogger("chaos")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cycles", type=int, default=200, help="how many faults (default: 200)")
    options.add_argument("--seed", type=int, default=1, help="what the faults and their order are drawn from")
    options.add_argument("--only", metavar="TEXT", nargs="+", default=[""], help="only faults that have this in them")
    given = options.parse_args()
    logging.basicConfig(level="INFO", format="%(asctime)s %(message)s", datefmt="%H:%M:%S", force=True)
    for name in ("kafka", "mysql", "moodstream"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    begun = time.monotonic()
    with world(given.seed) as system:
        cycles, violations = chaos(system, given.cycles, given.seed, given.only)
        summary = _summary(system, cycles, violations, given.seed, time.monotonic() - begun)
        _keep(system, summary, violations)
    print(summary)
    return 1 if violations else 0


def chaos(system: World, number: int, seed: int, only: Sequence[str]) -> tuple[list[Cycle], list[str]]:
    """So many cycles, and all that does not hold after them."""
    random = Random(seed)
    drawn = (fault for fault in rounds(random, system.small_disk) if any(text in str(fault) for text in only))
    cycles = []
    for count in range(number):
        log.info("cycle %d of %d", count + 1, number)
        cycles.append(run(system, next(drawn), random))
    violations = [violation for cycle in cycles for violation in cycle.violations]
    log.info("holding everything against the ledger")
    violations += oracle.violations(system)
    log.info("reading all topics again from offset zero")
    violations += oracle.replayed(system)
    return cycles, violations


def _summary(system: World, cycles: list[Cycle], violations: list[str], seed: int, seconds: float) -> str:
    ledger = system.ledger
    return "\n".join(
        (
            f"{datetime.now(UTC):%Y-%m-%d}: {len(cycles)} faults in {seconds / 60:.0f} minutes, seed {seed}; "
            f"{len(ledger.acknowledged):,} plays acknowledged, {len(ledger.unknown):,} of which nobody knows, "
            f"{len(ledger.fuzzed):,} records of rubbish.",
            *(["The disk could not be filled: that takes root."] if not system.small_disk else []),
            "",
            *table(cycles),
            "",
            f"Violations: {len(violations)}.",
            *(f"- {violation}" for violation in violations),
            *(f"- late: {sentence}" for sentence in late(cycles)),
        )
    )


def _keep(system: World, summary: str, violations: list[str]) -> None:
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latest.md").write_text(summary + "\n", encoding="utf-8")
    for name, text in system.logs().items() if violations else ():
        (RESULTS / f"{name}.log").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
