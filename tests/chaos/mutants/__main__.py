"""Plants each bug in turn, has its faults happen, and sees that the oracle finds it; 1 where one goes unnoticed."""

import argparse
import logging
import sys
from random import Random

from tests.chaos import oracle
from tests.chaos.cycles import run
from tests.chaos.faults import FAULTS
from tests.chaos.mutants import NAMES, mutant
from tests.chaos.world import world

CONTROL = "none"


def found(name: str, seed: int) -> list[str]:
    """What does not hold where a bug is planted; `CONTROL` plants none, and has the faults of all happen."""
    bug = None if name == CONTROL else name
    wanted = [fault for each in ([name] if bug else NAMES) for fault in mutant(each).FAULTS]
    random = Random(seed)
    with world(seed, bug) as system:
        faults = [next(fault for fault in FAULTS if text in fault.name) for text in dict.fromkeys(wanted)]
        violations = [violation for fault in faults for violation in run(system, fault, random).violations]
        return violations or list(oracle.violations(system))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("names", nargs="*", metavar="NAME", help=f"{CONTROL}, {', '.join(NAMES)} (default: all)")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    logging.basicConfig(level="CRITICAL", force=True)
    unnoticed = 0
    for name in given.names or (CONTROL, *NAMES):
        violations = found(name, given.seed)
        wrong = bool(violations) == (name == CONTROL)
        unnoticed += wrong
        said = violations[0].partition(": ")[0] if violations else "all holds"
        print(f"{name}: {said}{'  <- WRONG' if wrong else ''}", flush=True)
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
