"""What is odd and yet has to be stored: texts, numbers, times and envelopes at their limits, and letters of others."""

from random import Random
from typing import Any
from uuid import UUID

from tests.fuzz.trees import EMOJI, TIME, Raw, leaf, placed, written

TEXTS = {
    "emoji at the limit": EMOJI * 500,
    "a NUL": "a\0b\0",
    "nothing": "",
    "white space": " \t\n\u3000 ",
    "every control": "".join(map(chr, range(32))) + "\x7f\x80\u2028\u2029",
    "right to left": "\u202e\u05d0\u200f\ufeff",
    "no character": "\ufffe\uffff\U0010ffff",
    "combining": "e" + "\u0301" * 499,
    "SQL": "'); DROP TABLE songs; -- \\' %s %(a)s {0} `",
    "folds longer": "\ufb03\u1e9e\u0130" * 166,
}
IDS = {
    "emoji at the limit": EMOJI * 121,
    "a NUL behind": "{}\0",
    "a control behind": "{}\x01",
    "upper case": "{}AB",
    "lower case": "{}ab",
    "accents": "{}\xe1b",
    "combining": "{}a\u0301b",
    "no width": "\u200b{}\ufeff",
    "pattern": "%_{}\\",
    "quotes": "'\"`{}",
    "inside white space": "{} \u3000 .",
}
SHARES = ("5e-324", "1e-320", "-0.0", "-0", "1", "1E0", "0.1" + "1" * 400, "0.99999999999999999999", "1e-5000")
TEMPOS = ("5e-324", "1e-308", "400", "4e2", "0.0000001")
SCORES = ("1e308", "-1e308", "5e-324", "-0.0", "9" * 300, str(2**63), str(-(2**63)))
TIMES = {
    "the last": "2199-12-31T23:59:59.999999Z",
    "the first": "1970-01-02T00:00:00Z",
    "2038": "2038-01-19T03:14:08.000001Z",
    "nanoseconds": "2026-11-21T12:00:00.123456789Z",
    "far east": "2026-11-21T12:00:00+23:59",
    "far west": "2026-11-21T12:00:00.5-23:59",
    "no offset known": "2026-11-21T12:00:00-00:00",
    "an hour that is not": "2026-03-29T02:30:00+01:00",
    "the last before a leap second": "2016-12-31T23:59:59.999999Z",
    "another calendar's spelling": "2024-02-29 12:00:00z",
}
FEATURES = ("valence", "energy", "danceability", "acousticness")


def odd(random: Random, topic: str, tree: dict[str, Any]) -> tuple[str, bytes]:
    """A message that has to be accepted, and what is odd about it."""
    makers = {
        "text": lambda: _picked(random, "text", TEXTS, tree, "title", "artist", "reason"),
        "time": lambda: _picked(random, "time", TIMES, tree, TIME[topic]),
        "id": lambda: _id(random, tree),
        "number": lambda: _number(random, tree),
        "shape": lambda: _shape(random, tree),
    }
    made = makers[random.choice(list(makers))]()
    return made or _shape(random, tree)


def _picked(random: Random, what: str, values: dict[str, str], tree: Any, *names: str) -> tuple[str, bytes] | None:
    path = leaf(tree, *names)
    if path is None or tree.get("mood", "") is None or (path[-1] == "reason" and len(path) == 1):
        return None
    kind = random.choice(list(values))
    return f"{what}, {kind}", written(placed(tree, path, values[kind]))


def _id(random: Random, tree: Any) -> tuple[str, bytes] | None:
    names = ("listener",) if random.random() < 0.5 else ("song_id",)
    path = leaf(tree, *names)
    if path is None:
        return None
    kind = random.choice(list(IDS))
    # Few songs and listeners, so that ids meet which are equal but for what is odd about them.
    return f"id, {kind}", written(placed(tree, path, IDS[kind].format(random.randrange(3))))


def _number(random: Random, tree: Any) -> tuple[str, bytes] | None:
    name, values = random.choice([
        (random.choice(FEATURES), SHARES), ("tempo", TEMPOS), ("score", SCORES), ("confidence", SHARES),
    ])  # fmt: skip
    path = leaf(tree, name)
    if path is None or tree.get("confidence", 0) is None:
        return None
    value = random.choice(values)
    return f"number, {name} {value[:12]}", written(placed(tree, path, Raw(value)))


def _shape(random: Random, tree: dict[str, Any]) -> tuple[str, bytes]:
    plain = written(tree)
    unknown = {
        "deep": Raw("[" * 400 + "]" * 400),
        "null": None,
        "a number beyond all": Raw("1e999"),
        "later fields": {"schema": 7, "event_id": [], "listener": {"": 0}},
    }
    shapes = {
        **{f"unknown field, {kind}": written({"x": value, **tree}) for kind, value in unknown.items()},
        "no schema": written({name: value for name, value in tree.items() if name != "schema"}),
        "another order": written(dict(random.sample(list(tree.items()), len(tree)))),
        "a key twice": b'{"listener":"nobody",' + plain[1:],
        "a bad value, and the good one behind it": b'{"listener":"' + b"x" * 128 + b'","schema":1,' + plain[1:],
        "white space around": b" \n\t\r" + plain + b"\n" * 20,
        "keys escaped": plain.replace(b'"listener"', b'"\\u006cistener"'),
        "id in upper case": plain.replace(str(tree["event_id"]).encode(), str(tree["event_id"]).upper().encode()),
        "id without dashes": plain.replace(str(tree["event_id"]).encode(), UUID(str(tree["event_id"])).hex.encode()),
    }
    if random.random() < 0.02:
        shapes = {"unknown field, a megabyte": written({"x": "y" * 2**20, **tree})}
    kind = random.choice(list(shapes))
    return f"shape, {kind}", shapes[kind]


def envelope(random: Random) -> tuple[str, dict[str, Any]]:
    """What surrounds a message, where it is odd."""
    envelopes: dict[str, dict[str, Any]] = {
        "no key": {"key": None},
        "empty key": {"key": b""},
        "a key that is no text": {"key": b"\xff\xfe\0"},
        "a long key": {"key": b"k" * random.choice([10_000, 200_000])},
        "headers": {"headers": [("", b""), ("id", b"\xff"), ("id", b"2"), ("\N{SNOWMAN}", b"\0")]},
        "many headers": {"headers": [(f"h{n}", b"x" * n) for n in range(200)]},
        "a forged letter": {"headers": [("topic", b"user_feedback"), ("offset", b"0"), ("reason", b"none")]},
    }
    if random.random() < 0.1:
        envelopes = {f"sent at {at}": {"timestamp_ms": at} for at in (0, 1, -2, -62_135_596_800_001, -(2**61))}
    kind = random.choice(list(envelopes))
    return kind, envelopes[kind]


LETTER = {
    "id": b"0190f5d0-0000-7000-8000-000000000000",
    "service": b"somebody",
    "reason": b"odd",
    "topic": b"song_stream",
    "partition": b"0",
    "offset": b"0",
    "timestamp": b"2026-11-21T12:00:00+00:00",
}
FORGED = {
    "as it could be": {},
    "a partition beyond all": {"partition": b"99999999999"},
    "an offset beyond all": {"offset": b"9" * 30},
    "no digits": {"offset": "\u0661\u0662".encode()},
    "a long topic": {"topic": b"t" * 300},
    "a long service": {"service": b"s" * 100},
    "a long reason": {"reason": "\xe9".encode() * 2000},
    "a reason that is no text": {"reason": b"\xff\0\xfe"},
    "the year 1": {"timestamp": b"0001-01-01T00:00:00"},
    "the year 9999": {"timestamp": b"9999-12-31T23:59:59.999999-14:00"},
    "no time": {"timestamp": b"yesterday"},
    "no id": {"id": b"1"},
}


def letter(random: Random) -> tuple[str, list[tuple[str, bytes]]]:
    """The headers of what somebody else wrote among the dead letters."""
    if random.random() < 0.2:
        return "without headers", []
    kind = random.choice(list(FORGED))
    return kind, list((LETTER | FORGED[kind]).items())
