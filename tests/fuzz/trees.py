"""JSON that Python's own writer refuses to write: raw numbers, duplicate keys, halves of characters."""

import json
from typing import Any

EMOJI = "\N{MULTIPLE MUSICAL NOTES}"

TIME = {
    "song_stream": "played_at",
    "mood_classified": "played_at",
    "user_feedback": "reacted_at",
    "playlist_recommendations": "made_at",
}
"""The time of each topic's messages."""


class Raw(str):
    """A piece of JSON that is written as it is."""

    __slots__ = ()


def written(tree: Any) -> bytes:
    """A tree as JSON, with each `Raw` in it as it is. What is no UTF-8 comes out as it went in."""
    if isinstance(tree, Raw):
        return tree.encode("utf-8", "surrogateescape")
    if isinstance(tree, dict):
        return (
            b"{" + b",".join(json.dumps(name).encode() + b":" + written(value) for name, value in tree.items()) + b"}"
        )
    if isinstance(tree, (list, tuple)):
        return b"[" + b",".join(map(written, tree)) + b"]"
    return json.dumps(tree).encode()


def paths(tree: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where everything in a tree is, itself included."""
    inside = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [here, *(path for name, value in inside for path in paths(value, (*here, name)))]


def placed(tree: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A tree with something else at a place of it."""
    if not path:
        return value
    copy = dict(tree) if isinstance(tree, dict) else list(tree)
    copy[path[0]] = placed(copy[path[0]], path[1:], value)
    return copy


def leaf(tree: Any, *names: Any) -> tuple[Any, ...] | None:
    """The first place that ends in one of these names."""
    return next((path for path in paths(tree) if path and path[-1] in names), None)
