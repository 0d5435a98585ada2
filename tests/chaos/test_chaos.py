"""A short `make chaos`: faults of each place, under load, on real servers; and two planted bugs that it finds."""

from random import Random

import pytest

from tests.chaos import oracle
from tests.chaos.cycles import run
from tests.chaos.faults import FAULTS, LIMITS, Fault
from tests.chaos.mutants import NAMES, mutant
from tests.chaos.world import world

SHORT = (
    "kill -9 of all services at once",
    "kill -9 after the database commit",
    "kill -9 of Kafka",
    "kill -9 of MySQL",
    "the answer to a commit is cut off",
    "MySQL is read-only",
    "answers are cut off after some bytes",
    "rubbish among the plays",
    "a service that hangs",
    "kill -9 in the middle of a migration",
)
"""One or two of each place, among those that take seconds."""


def named(text: str) -> Fault:
    (fault,) = (fault for fault in FAULTS if fault.name.startswith(text))
    return fault


def test_nothing_is_lost_and_nothing_is_twice_whatever_happens() -> None:
    random = Random(7)
    with world(seed=7) as system:
        cycles = [run(system, named(text), random) for text in SHORT]
        violations = [violation for cycle in cycles for violation in cycle.violations]
        violations += oracle.violations(system)
        violations += oracle.replayed(system)
    assert violations == []


@pytest.mark.parametrize("bug", ["catch_all", "rollups_by_increment"])
def test_a_planted_bug_is_found(bug: str) -> None:
    random = Random(7)
    with world(seed=7, bug=bug) as system:
        found = [v for text in mutant(bug).FAULTS for v in run(system, named(text), random).violations]
        assert found or list(oracle.violations(system))


def test_every_place_has_faults_and_a_limit() -> None:
    assert {fault.place for fault in FAULTS} == set(LIMITS)
    assert len({str(fault) for fault in FAULTS}) == len(FAULTS)


def test_every_planted_bug_names_faults_that_there_are() -> None:
    assert all(named(text) for name in NAMES for text in mutant(name).FAULTS)
