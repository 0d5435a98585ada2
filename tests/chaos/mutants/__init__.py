"""Bugs planted on purpose, one module each: `plant()` puts it into the process, and the oracle has to find it.

`FAULTS` names what has to happen for it to show. `python -m tests.chaos.mutants` runs them all.
"""

import importlib
import pkgutil
from types import ModuleType

NAMES = [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]


def mutant(name: str) -> ModuleType:
    """A planted bug, by its name."""
    return importlib.import_module(f"{__name__}.{name}")
