"""What songs are called, kept small: the texts of a song are one piece of bytes until somebody asks for them."""

from collections.abc import Iterator
from typing import NamedTuple, SupportsIndex

import numpy as np
from numpy.typing import NDArray

BETWEEN = b"\xff"
"""What parts the texts of a song: a byte that UTF-8 never has."""


class Entry(NamedTuple):
    """What a playlist says of a song."""

    song_id: str
    title: str
    artist: str
    duration_ms: int | None
    genre: str | None = None


def written(title: str, artist: str, genre: str) -> bytes:
    """The texts of a song as `Songs` keeps them."""
    return BETWEEN.join(text.encode() for text in (title, artist, genre))


class Songs:
    """The entries of a library by slot, each made when it is asked for: a million of them would take 300 MB more."""

    def __init__(self, ids: list[str], texts: list[bytes], milliseconds: NDArray[np.int32]) -> None:
        self._ids, self._texts, self._milliseconds = ids, texts, milliseconds

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, slot: SupportsIndex) -> Entry:
        title, artist, genre = (text.decode() for text in self._texts[slot].split(BETWEEN))
        return Entry(self._ids[slot], title, artist, int(self._milliseconds[slot]) or None, genre or None)

    def song_id(self, slot: SupportsIndex) -> str:
        """The id alone, without the texts, which take longer."""
        return self._ids[slot]

    def __iter__(self) -> Iterator[Entry]:
        return map(self.__getitem__, range(len(self)))
