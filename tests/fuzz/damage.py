"""What has to be refused, and what was broken by chance and may be either."""

import gzip
from random import Random
from typing import Any

from tests.fuzz.trees import EMOJI, TIME, Raw, leaf, paths, placed, written

TIMES = (
    "2200-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.9999999-23:59", "0001-01-01T00:00:00+23:59",
    "1970-01-01T23:59:59Z", "2026-11-21T12:00:00", "2016-12-31T23:59:60Z", "2199-12-31T23:59:59.9999999Z",
    "2026-02-30T00:00:00Z", "2026-11-21T12:00:00+24:00", "2026-11-21", "yesterday", "", 1_795_000_000, None,
)  # fmt: skip
IDS = ("", " ", " a", "a ", "a\n", "a\u3000", "a\nb", "x" * 129, EMOJI * 129, 7, None, ["a"], {})
NUMBERS = (
    "NaN", "nan", "Infinity", "-Infinity", "1e400", "-1e400", str(2**63), str(2**64), str(-(2**63) - 1), "0x1", "01",
    ".5", "1.", "+1", "1_0", '"0.5"', "true", "[]", "{}", "1.0000001", "-0.0000001", "9" * 5000,
)  # fmt: skip
TEXTS = (
    '"\\ud800"', '"\\udc00\\ud800"', '"a\\ud83d"', '"\udced\udca0\udc80"', '"\udcc0\udc80"', '"\udcff\udcfe"', '"a\0b"',
    '"\\x41"', '"\\u00"', '"unended', "'single'", "7", "[]", '"' + "x" * 501 + '"', '"' + "\\u0000" * 501 + '"',
    '"' + "\\ud83c\\udfb6" * 501 + '"',
)  # fmt: skip
SHARES = ("valence", "energy", "danceability", "acousticness")
ANYTHING = (
    None, True, False, 0, -1, 1.5, "", "x", "\0", [], {}, [[]], {"": None}, 2**31, -(2**31), "Happy", "like", "x" * 600,
    Raw("1e400"), Raw("NaN"), Raw(str(2**64)), Raw('"\\ud800"'), Raw("[" * 2000), Raw('{"a":' * 300 + "1" + "}" * 300),
)  # fmt: skip


def refused(random: Random, topic: str, tree: dict[str, Any]) -> tuple[str, bytes | None]:
    """Something that is no message of its topic, and why."""
    makers = (_envelope, _bytes, _value, _value, _value)
    return random.choice(makers)(random, topic, tree)


def _envelope(random: Random, _topic: str, tree: dict[str, Any]) -> tuple[str, bytes | None]:
    schemas = [2, 0, -1, 2**63, 10**30, "1", 1.5, None, True, [1]]
    values: dict[str, bytes | None] = {
        "no value": None,
        "empty": b"",
        **{f"schema {schema!r:.9}": written({**tree, "schema": schema}) for schema in schemas},
        "no id": written({name: value for name, value in tree.items() if name != "event_id"}),
        "no listener": written({name: value for name, value in tree.items() if name != "listener"}),
        "an id that is none": written({**tree, "event_id": "00000000-0000-0000-0000-00000000000g"}),
        "a list of it": written([tree]),
        "it as a text": written(written(tree).decode()),
        "null": b"null",
        "twice": written(tree) * 2,
    }
    kind = random.choice(list(values))
    return kind, values[kind]


def _bytes(random: Random, _topic: str, tree: dict[str, Any]) -> tuple[str, bytes | None]:
    plain = written(tree)
    values = {
        "truncated": plain[: random.randrange(1, len(plain))],
        "byte order mark": b"\xef\xbb\xbf" + plain,
        "UTF-16": plain.decode().encode("utf-16"),
        "UTF-32": plain.decode().encode("utf-32-le"),
        "gzip": gzip.compress(plain, mtime=0),
        "a NUL behind": plain + b"\0",
        "random": random.randbytes(random.randrange(1, 400)),
        "zeros": bytes(random.randrange(1, 400)),
        "deep": b"[" * 100_000,
        "deep and unknown": plain[:-1] + b',"x":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        "Python": str(tree).encode(),
        "a form": b"event_id=1&listener=anna",
        "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        "pickle": b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x85\x94R\x94.",
    }
    kind = random.choice(list(values))
    return kind, values[kind]


def _value(random: Random, topic: str, tree: dict[str, Any]) -> tuple[str, bytes | None]:
    """One field that is out of its range; of a topic without such a field, its time."""
    fields: dict[str, tuple[tuple[str, ...], tuple[Any, ...]]] = {
        "time": ((TIME[topic],), TIMES),
        "listener": (("listener",), IDS),
        "song": (("song_id",), IDS),
        "text": (("title", "artist"), tuple(map(Raw, TEXTS))),
        "share": (SHARES, tuple(map(Raw, NUMBERS))),
        "length": (("duration_ms",), (2**31, 2**63, 0, -1, 1.5)),
        "mood": (("mood",), ("Groovy", "happy", "Happy ", 1, [])),
        "reaction": (("reaction",), ("love", "LIKE", "", 1)),
        "source": (("source",), ("", "x" * 33, " a", "a ", None)),
    }
    kind = random.choice(list(fields))
    names, values = fields[kind]
    path = leaf(tree, *names) or (TIME[topic],)
    value = random.choice(values if path[-1] in names else TIMES)
    if random.random() < 0.002 and kind == "text":
        value = "x" * 2**20
    return f"{kind}, {str(value).encode('ascii', 'replace').decode()[:24]!r}", written(placed(tree, path, value))


def broken(random: Random, plain: bytes, tree: dict[str, Any]) -> tuple[str, bytes]:
    """A message that something happened to."""
    kind = random.choice(("flipped", "cut out", "doubled", "swapped", "tree", "tree", "tree"))
    if kind == "tree":
        changed: Any = tree
        for _ in range(random.choice((1, 1, 2, 5))):
            changed = placed(changed, random.choice(paths(changed)), random.choice(ANYTHING))
        return kind, written(changed)
    copy = bytearray(plain)
    start, end = sorted(random.sample(range(len(copy)), 2))
    if kind == "flipped":
        for _ in range(random.choice((1, 1, 3, 20))):
            copy[random.randrange(len(copy))] ^= 1 << random.randrange(8)
    elif kind == "cut out":
        del copy[start : min(end, start + 20)]
    elif kind == "doubled":
        copy[start:start] = copy[start:end]
    else:
        copy[start:end] = bytes(reversed(copy[start:end]))
    return kind, bytes(copy)
