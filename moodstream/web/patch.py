"""What changes between two figures, so that a page is sent that and no more."""

from collections.abc import Iterator
from typing import Any

from dash import Patch

Place = tuple[str | int, ...]


def difference(old: Any, new: Any) -> Any:
    """A `Patch` that makes the old figure the new one."""
    patch = Patch()
    for place, value in _changes(old, new, ()):
        target: Any = patch
        for step in place[:-1]:
            target = target[step]
        target[place[-1]] = value
    return patch


def alike(old: Any, new: Any) -> bool:
    """Whether a patch can lead from one to the other: both are figures of the same traces."""
    return (
        isinstance(old, dict)
        and isinstance(new, dict)
        and [_kind(trace) for trace in old["data"]] == [_kind(trace) for trace in new["data"]]
        and old["layout"].keys() == new["layout"].keys()
    )


def _kind(trace: dict[str, Any]) -> tuple[Any, ...]:
    return trace["type"], trace.get("name"), tuple(trace)


def _changes(old: Any, new: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    """The places whose value differs: as deep as the shape is the same, since a value there replaces the whole."""
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        for key in new:
            yield from _changes(old[key], new[key], (*place, key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new) and place:
        inside = [change for n in range(len(new)) for change in _changes(old[n], new[n], (*place, n))]
        yield from inside if len(inside) <= max(len(new) // 2, 1) else [(place, new)]
    elif old != new or type(old) is not type(new):
        yield place, new
