"""The songs that sound nearest to given ones, in the space of `sounds.SOUND`: exactly, or by an index.

How far a song is from several given ones is how far it is from the nearest of them. The mean of the distances would
prefer what lies between them, and between a quiet song and a loud one that is like neither; and so a song that is near
one of them stays near, whatever the others are.
"""

from collections.abc import Sequence
from typing import NamedTuple

import faiss
import numpy as np
from numpy.typing import NDArray

from moodstream.recommend.library import Library, Slots

CHUNK = 16_384
"""Songs compared at a time: what is computed of them stays in the processor's cache."""

LEAST = 50_000
"""Songs from which an index is worth while: fewer are compared in less than 2 ms."""
CELLS_PER_ROOT, PROBES = 2, 16
"""An index has twice the square root of n cells, of which the nearest so many are looked through."""
POINTS_A_CELL, ROUNDS = 64, 10
"""What the cells are learned from, by k-means: so many songs a cell, in so many rounds."""
STALE = 0.05
"""The share of songs that changed since an index was built, from which it is built anew."""

Floats = NDArray[np.float32]


class Near(NamedTuple):
    """The nearest songs, nearest first: their places, how far they are, and from which of the given ones."""

    places: Slots
    distances: Floats
    of: Slots


def nearest(sounds: Floats, given: Floats, count: int, without: Slots | Sequence[int] = ()) -> Near:
    """The rows of n x 7 `sounds` that are nearest to any row of `given`, but for the places `without`; exactly.

    Of those that are as near, the first come first. Rows that are not known (NaN) are never near.
    """
    left_out = np.zeros(len(sounds), np.bool_)
    left_out[list(without)] = True
    best = Near(np.empty(0, np.int64), np.empty(0, np.float32), np.empty(0, np.int64))
    for start in range(0, len(sounds), CHUNK):
        squares, of = _squares(sounds[start : start + CHUNK], given)
        squares[left_out[start : start + CHUNK]] = np.nan
        bound = best.distances[-1] if len(best.distances) == count else np.inf
        places = np.flatnonzero(squares < bound)
        best = _best(best, Near(places + start, squares[places], of[places]), count)
    return best._replace(distances=np.sqrt(best.distances))


def _squares(sounds: Floats, given: Floats) -> tuple[Floats, Slots]:
    """The square of each row's distance from the nearest of the given ones, and which that is.

    Feature by feature, so that the figures of a song do not depend on which others are beside it.
    """
    best, of = np.full(len(sounds), np.inf, np.float32), np.zeros(len(sounds), np.int64)
    for number, point in enumerate(given):
        squares = np.zeros(len(sounds), np.float32)
        for axis, value in enumerate(point):
            difference = sounds[:, axis] - value
            difference *= difference
            squares += difference
        of[squares < best] = number
        np.minimum(best, squares, out=best)  # NaN stays NaN
    return best, of


def _best(one: Near, other: Near, count: int) -> Near:
    places, of = np.concatenate([one.places, other.places]), np.concatenate([one.of, other.of])
    distances = np.concatenate([one.distances, other.distances])
    order = np.lexsort((places, distances))[:count]
    return Near(places[order], distances[order], of[order])


class Index:
    """Finds what is probably nearest among many songs, as they were when it was built (see `LEAST`).

    Songs lie in the cells of a k-means, and those in the `PROBES` nearest cells are compared. The same songs give the
    same index. It takes about 40 bytes a song.
    """

    def __init__(self, sounds: Floats, revision: int) -> None:
        self.revision = revision
        known = np.flatnonzero(~np.isnan(sounds[:, 0]))
        rows = np.ascontiguousarray(sounds[known])
        cells = max(1, round(CELLS_PER_ROOT * len(known) ** 0.5))
        faiss.omp_set_num_threads(1)  # of this thread; with several, sums come in any order
        self._cells = faiss.IndexFlatL2(rows.shape[1])
        self._index = faiss.IndexIVFFlat(self._cells, rows.shape[1], cells)
        self._index.cp.max_points_per_centroid, self._index.cp.niter = POINTS_A_CELL, ROUNDS
        self._index.nprobe = PROBES
        self._index.train(rows)
        self._index.add_with_ids(rows, known)

    def changed(self, library: Library) -> Slots:
        """The slots whose sound is another than when the index was built."""
        if library.revision == self.revision:
            return np.empty(0, np.int64)
        return np.flatnonzero(library.revisions > self.revision)

    def stale(self, library: Library) -> bool:
        """Whether it should be built anew."""
        return len(self.changed(library)) > STALE * len(library)

    def nearest(self, library: Library, given: Floats, count: int, without: Slots | Sequence[int] = ()) -> Near:
        """As `nearest` of the library's sounds as they are now, but for a few that it may miss."""
        faiss.omp_set_num_threads(1)
        # As many more as may fall away: those that are left out, and those that are elsewhere by now.
        _, found = self._index.search(np.ascontiguousarray(given, np.float32), 2 * count + len(without))
        slots = np.union1d(found[found >= 0], self.changed(library))
        among = nearest(library.sounds[slots], given, count, np.flatnonzero(np.isin(slots, without)))
        return among._replace(places=slots[among.places])
