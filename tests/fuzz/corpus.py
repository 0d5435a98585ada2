"""What nobody should send, among what everybody sends: records of every topic, each with what has to become of it.

`records(seed, number)` follows from its arguments alone. A record is made from a message of its own, whose ids no
other record has, so that what became of it can be told apart from its neighbours.
"""

from collections.abc import Sequence
from datetime import timedelta
from enum import Enum
from random import Random
from typing import NamedTuple
from uuid import UUID

import msgspec

from moodstream.messages import DEAD_LETTERS, TOPIC_OF, Message, Playlist, Track, encode, play_id
from moodstream.moods import Mood
from tests.factories import NOON, make_classification, make_features, make_feedback, make_play, make_song
from tests.fuzz import damage, oddities


class Fate(Enum):
    """What has to become of a record: a row of its topic's table, a dead letter, or either of them, but not both."""

    STORED = "stored"
    REFUSED = "refused"
    EITHER = "either"


class Record(NamedTuple):
    """A record to send. `event_id` is that of the message in it, where that is known; `kind` says what was done."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]
    timestamp_ms: int | None
    kind: str
    fate: Fate
    event_id: UUID | None


WEIGHTS = {"valid": 45, "again": 5, "odd": 15, "envelope": 4, "refused": 15, "broken": 14, "letter": 2}
"""Of a hundred records, about how many are of each family."""


def records(seed: int, number: int) -> list[Record]:
    """So many records, in the order in which they are to be sent; fewer of a seed are the first of them."""
    random = Random(seed)
    made: list[Record] = []
    while len(made) < number:
        (family,) = random.choices(list(WEIGHTS), list(WEIGHTS.values()))
        made.append(_record(random, family, seed * 1_000_000 + len(made), made))
    return made


def _record(random: Random, family: str, place: int, before: Sequence[Record]) -> Record:
    if family == "letter":
        return _letter(random, place)
    if family == "again" and (valid := [record for record in before[-500:] if record.kind == "valid"]):
        return random.choice(valid)._replace(kind="again")
    message = _message(random, place)
    plain = Record(
        TOPIC_OF[type(message)], message.listener.encode(), encode(message), [], None, "valid", Fate.STORED,
        message.event_id,
    )  # fmt: skip
    return FAMILIES[family](random, plain) if family in FAMILIES else plain


def _message(random: Random, place: int) -> Message:
    """A valid message; at each place another one, at a time of its own."""
    at = NOON + timedelta(milliseconds=place % 1_000_000_000)
    listener = f"listener-{place % 23}"
    features = make_features(valence=random.random(), energy=random.random(), tempo=random.uniform(40, 220))
    song = make_song(f"song-{place}", title=f"Title {place % 97}", artist=f"Artist {place % 13}", features=features)
    play = make_play(song, listener=listener, played_at=at)
    kind = random.choices(("play", "classification", "feedback", "playlist"), (6, 2, 2, 1))[0]
    if kind == "play":
        return play
    if kind == "classification":
        # Of a play that is on no topic: otherwise the classifier would say the same, and what was first stays.
        return make_classification(play, mood=random.choice([*Mood, None]))
    if kind == "feedback":
        return make_feedback(listener=listener, song_id=song.song_id, reacted_at=at, play_id=play.event_id)
    track = Track(song_id=song.song_id, title="Title", artist="Artist", score=random.random(), reason="you liked it")
    event_id = play_id("fuzz", listener, str(place), at)
    return Playlist(event_id=event_id, listener=listener, made_at=at, tracks=(track,) * 3)


def _odd(random: Random, plain: Record) -> Record:
    kind, value = oddities.odd(random, plain.topic, _tree(plain))
    return plain._replace(kind=f"odd: {kind}", value=value)


def _envelope(random: Random, plain: Record) -> Record:
    kind, changes = oddities.envelope(random)
    return plain._replace(kind=f"envelope: {kind}", **changes)


def _refused(random: Random, plain: Record) -> Record:
    kind, value = damage.refused(random, plain.topic, _tree(plain))
    around = _envelope(random, plain) if random.random() < 0.1 else plain
    return around._replace(kind=f"refused: {kind}", value=value, fate=Fate.REFUSED, event_id=None)


def _broken(random: Random, plain: Record) -> Record:
    kind, value = damage.broken(random, plain.value or b"", _tree(plain))
    return plain._replace(kind=f"broken: {kind}", value=value, fate=Fate.EITHER, event_id=None)


def _letter(random: Random, place: int) -> Record:
    kind, headers = oddities.letter(random)
    value = random.choice([b"", random.randbytes(40), f"letter {place}".encode()])
    return Record(DEAD_LETTERS, b"k", value, headers, None, f"letter: {kind}", Fate.REFUSED, None)


def _tree(plain: Record) -> dict[str, object]:
    return msgspec.json.decode(plain.value or b"", type=dict[str, object])


FAMILIES = {"odd": _odd, "envelope": _envelope, "refused": _refused, "broken": _broken}
