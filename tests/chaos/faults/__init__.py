"""What can go wrong, one module for each place where it does. To add a fault, add a function with `@fault` here below.

A fault has ended when its function returns: from then on the time of recovery counts.
"""

import importlib
import pkgutil
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from tests.chaos.world import World

Inject = Callable[[World, Random], None]

LIMITS = {"services": 15.0, "kafka": 30.0, "mysql": 15.0, "network": 30.0, "data": 15.0, "outside": 15.0}
"""Seconds until lag is zero again that 95 of 100 faults of a place may take at most."""


class Fault(NamedTuple):
    """`place` is where it happens; one that is `long` comes once in a round of all others, one that is not thrice.

    `disk`: needs a small disk to fill.
    """

    place: str
    name: str
    inject: Inject
    long: bool
    disk: bool

    def __str__(self) -> str:
        return f"{self.place}: {self.name}"


FAULTS: list[Fault] = []


def fault(*, long: bool = False, disk: bool = False) -> Callable[[Inject], Inject]:
    """A function as a fault; its place is its module, its name is what it says of itself."""

    def known(inject: Inject) -> Inject:
        place = inject.__module__.rpartition(".")[2]
        FAULTS.append(Fault(place, (inject.__doc__ or "").partition("\n")[0].rstrip("."), inject, long, disk))
        return inject

    return known


for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
