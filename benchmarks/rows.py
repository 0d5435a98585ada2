"""The plays of a made-up world as rows of the history, as they stand in an INSERT: quick to make and to read."""

import json
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from benchmarks.world import Integers, Plays, World, microseconds
from moodstream.moods import Mood
from moodstream.rules import MOODS, Verdicts
from moodstream.sources import SOURCES
from moodstream.store import tables
from moodstream.store.tables import Table

TABLES: tuple[Table, ...] = (tables.PLAYS, tables.CLASSIFICATIONS, tables.FEEDBACK)
FIRST_JUDGE_SHARE = 0.85
"""How much of the history the rules told; only after them come the probabilities of a model."""
REACTIONS = ("'like'", "'skip'", "'dislike'", "'replay'", "NULL")
REACTION_SHARES = (0.48, 0.26, 0.12, 0.09, 0.05)
ANSWERED, UNBOUND = 0.1, 0.03
"""The share of plays that are reacted to, and of reactions that do not say to which play."""
SECOND = 1_000_000


class Rows(NamedTuple):
    """Rows of the three `TABLES`."""

    plays: list[str]
    classifications: list[str]
    feedback: list[str]


class Written:
    """How the plays of a world are written. `verdicts` are those of both judges, on each song."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.judges = [judge.name for judge in world.judges]
        self.verdicts = [world.verdicts(judge) for judge in world.judges]
        self._texts = [
            [_verdict(said, song, judge) for song in range(world.songs)]
            for judge, said in zip(self.judges, self.verdicts, strict=True)
        ]
        self._now = microseconds(world.now)
        self._second_judge = self._now - int((1 - FIRST_JUDGE_SHARE) * world.days * 86_400) * SECOND
        names = [world.listener(number) for number in range(world.listeners)]
        self._sources = [f"'{tuple(SOURCES)[source]}'" for source in world.source]
        self._listeners = [f"'{name}'" for name in names]

    def rows(self, chunk: Plays) -> Rows:
        """The rows of some plays: the plays, what was told of them, and what some listeners say to that."""
        random = np.random.default_rng(chunk.at[:1])
        plays, told = (_ids(chunk.at, version, random) for version in (7, 8))
        at, later = _times(chunk.at), self._until_now(chunk.at + random.integers(30_000, 600_000, len(chunk.at)))
        texts = [
            self._texts[judge][song]
            for judge, song in zip(self._judge(chunk).tolist(), chunk.song.tolist(), strict=True)
        ]
        rows = Rows([], [], self._answers(chunk, plays, random))
        for play, own, who, song, played, heard, text in zip(
            plays, told, chunk.listener.tolist(), chunk.song.tolist(), at, _times(later), texts, strict=True
        ):
            common = f"{self._listeners[who]},'{song_id(song)}','{played}',{self._sources[who]}"
            rows.plays.append(f"(x'{play}',{common})")
            rows.classifications.append(f"(x'{own}',x'{play}',{common},'{heard}',{text})")
        return rows

    def _judge(self, chunk: Plays) -> Integers:
        return (chunk.at >= self._second_judge).astype(np.int64)

    def _until_now(self, at: Integers) -> Integers:
        return np.minimum(at, self._now)

    def _answers(self, chunk: Plays, plays: list[str], random: np.random.Generator) -> list[str]:
        answered = np.flatnonzero(random.random(len(chunk.at)) < ANSWERED)
        at = self._until_now(chunk.at[answered] + random.integers(5 * SECOND, 240 * SECOND, len(answered)))
        reactions = random.choice(REACTIONS, len(answered), p=REACTION_SHARES).tolist()
        moods = random.choice([str(mood) for mood in Mood], len(answered)).tolist()
        unbound = (random.random(len(answered)) < UNBOUND).tolist()
        drawn = zip(answered.tolist(), _ids(at, 8, random), _times(at), reactions, moods, unbound, strict=True)
        found = []
        for play, own, when, reaction, mood, alone in drawn:
            answers = "NULL" if alone else f"x'{plays[play]}'"
            correction = f"'{mood}'" if reaction == "NULL" else "NULL"
            who, song = self._listeners[chunk.listener[play]], song_id(chunk.song[play])
            found.append(f"(x'{own}',{answers},{who},'{song}','{when}',{reaction},{correction})")
        return found


def song_id(number: int) -> str:
    return f"song-{number:07}"


def _verdict(said: Verdicts, song: int, judge: str) -> str:
    """mood, confidence, reason, model, probabilities."""
    if said.reason[song]:
        return f"NULL,NULL,'{said.reason[song]}','{judge}',NULL"
    shares = "NULL"
    if said.probabilities is not None:
        named = zip(MOODS, (round(share, 4) for share in said.probabilities[song].tolist()), strict=False)
        shares = f"'{json.dumps(dict(named), separators=(',', ':'))}'"
    return f"'{MOODS[said.mood[song]]}',{said.confidence[song]:.4f},NULL,'{judge}',{shares}"


def _ids(at: Integers, version: int, random: np.random.Generator) -> list[str]:
    """Ids that sort by time, with a random rest, in the shape of UUIDs, as hexadecimal digits."""
    rest = random.bytes(9 * len(at)).hex()
    parts: Iterable[tuple[int, int]] = zip((at // 1000).tolist(), range(0, len(rest), 18), strict=True)
    return [f"{time:012x}{version}{rest[n : n + 3]}8{rest[n + 3 : n + 18]}" for time, n in parts]


def _times(at: Integers) -> list[str]:
    found: list[str] = np.datetime_as_string(at.view("datetime64[us]")).tolist()
    return found
