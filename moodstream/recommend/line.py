"""The straight line between two moods on the valence-arousal plane, and how songs lie to it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moodstream.moods import LOOKS, Mood

NEAR = 0.15
"""How far from the line, on the plane, a song of a journey may lie."""
PLACES = 10_000
"""Progress is told in ten-thousandths of the line, so that what is strictly rising stays so when it is written down."""

Floats = NDArray[np.float64]
Plane = NDArray[np.floating]


class Line(NamedTuple):
    """From the middle of one mood to the middle of another; of no length where they are the same."""

    start: tuple[float, float]
    end: tuple[float, float]

    @property
    def length(self) -> float:
        return float(np.hypot(self.end[0] - self.start[0], self.end[1] - self.start[1]))

    def progress(self, plane: Plane) -> NDArray[np.floating]:
        """How far along the line each of n points (n x 2) lies: 0 at its start, 1 at its end, beyond them less or more.

        NaN where a point has no place; 0 everywhere where the line has no length.
        """
        (x, y), (dx, dy) = self.start, self._way()
        squared = self.length**2
        if not squared:
            return np.asarray(plane.sum(axis=1) * 0)
        along = plane[:, 0] * plane.dtype.type(dx / squared) + plane[:, 1] * plane.dtype.type(dy / squared)
        return np.asarray(along - plane.dtype.type((x * dx + y * dy) / squared))

    def deviation(self, plane: Plane) -> Floats:
        """How far each of n points lies from the nearest point of the line."""
        return self.distance(plane, np.clip(self.progress(plane), 0, 1))

    def distance(self, plane: Plane, progress: NDArray[np.floating]) -> Floats:
        """How far each of n points lies from the point of the line at its `progress`."""
        (x, y), (dx, dy) = self.start, self._way()
        return np.asarray(np.hypot(plane[:, 0] - (x + progress * dx), plane[:, 1] - (y + progress * dy)), np.float64)

    def _way(self) -> tuple[float, float]:
        return self.end[0] - self.start[0], self.end[1] - self.start[1]


def between(start: Mood, end: Mood) -> Line:
    """The line from one mood to another."""
    here, there = LOOKS[start], LOOKS[end]
    return Line((here.valence, here.arousal), (there.valence, there.arousal))
