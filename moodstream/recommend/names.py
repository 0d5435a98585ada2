"""Names of songs, artists and genres, compared as people compare them: by case-folded, compatible characters."""

import unicodedata
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


def folded(name: str) -> str:
    """A name as it is compared: NFKC, case-folded, white space as one space, none around."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def called(title: str, artist: str) -> tuple[str, str] | None:
    """What a song is called, as it is compared; None where it has no title."""
    title = folded(title)
    return (title, folded(artist)) if title else None


class Numbers:
    """A number for each name, from 1 on and below `most`; 0 is kept for who has none.

    Where all are given out, those that a column no longer holds are taken back, and the others move up.
    """

    def __init__(self, most: int) -> None:
        self._most, self._numbers = most, {"": 0}

    def of(self, name: str, column: NDArray[np.signedinteger]) -> int:
        """The number of a folded name, which is to be written into `column`, where all the others are."""
        if name not in self._numbers and len(self._numbers) >= self._most:
            self._renumber(column)
        return self._numbers.setdefault(name, len(self._numbers))

    def known(self, names: Iterable[str]) -> set[int]:
        """The numbers of those of some folded names that have one."""
        return {self._numbers[name] for name in names if name and name in self._numbers}

    def _renumber(self, column: NDArray[np.signedinteger]) -> None:
        kept, places = np.unique(np.append(0, column), return_inverse=True)
        column[:] = places[1:]
        names = {number: name for name, number in self._numbers.items()}
        self._numbers = {names[old]: new for new, old in enumerate(kept.tolist())}


class Marks:
    """The slots that have a 64-bit hash: a hash table of 20 bytes a slot, where a dict would take 120.

    Different names may share a hash, so whoever looks compares the names of what is found.
    """

    def __init__(self) -> None:
        self._heads, self._next = np.full(1, -1, np.int32), np.full(1, -1, np.int32)
        self._hashes = np.zeros(1, np.int64)

    def slots(self, hashed: int) -> list[int]:
        """The slots that have a hash."""
        return [slot for slot in self._chain(hashed) if self._hashes[slot] == hashed]

    def put(self, slot: int, hashed: int) -> None:
        """Give a hash to a slot that has none: the next one after all others, or one that it was taken from."""
        if slot == len(self._next):
            self._grow()
        bucket = self._bucket(hashed)
        self._hashes[slot], self._next[slot], self._heads[bucket] = hashed, self._heads[bucket], slot

    def take(self, slot: int) -> None:
        """Take its hash from a slot."""
        hashed = int(self._hashes[slot])
        chain = self._chain(hashed)
        if chain[0] == slot:
            self._heads[self._bucket(hashed)] = self._next[slot]
        for before, after in pairwise(chain):
            if after == slot:
                self._next[before] = self._next[slot]

    def _bucket(self, hashed: int) -> int:
        return hashed & (len(self._heads) - 1)

    def _chain(self, hashed: int) -> list[int]:
        chain: list[int] = []
        slot = int(self._heads[self._bucket(hashed)])
        while slot >= 0:
            chain.append(slot)
            slot = int(self._next[slot])
        return chain

    def _grow(self) -> None:
        """Make room for twice the slots, and hang up anew those that are there."""
        here = len(self._next)
        self._hashes = np.concatenate([self._hashes, np.zeros(here, np.int64)])
        self._heads, self._next = np.full((2, 2 * here), -1, np.int32)
        buckets = self._hashes[:here] & (2 * here - 1)
        order = np.argsort(buckets, kind="stable")
        together = buckets[order[1:]] == buckets[order[:-1]]
        self._next[order[1:][together]] = order[:-1][together]
        self._heads[buckets[order]] = order  # of several slots in a bucket the last is the head
