"""How far two judges of mood agree, and how sure a share is."""

import math
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from moodstream.moods import UNCLASSIFIED, Mood

Z95 = 1.959964
"""Standard deviations on either side of the middle that hold 95% of a normal distribution."""

ROWS = (*Mood, UNCLASSIFIED)


class Interval(NamedTuple):
    """A share with the bounds of its confidence interval, all in 0..1."""

    share: float
    low: float
    high: float


def wilson(successes: int, trials: int, z: float = Z95) -> Interval | None:
    """The share of successes with its score interval (Wilson, 1927); None where there were no trials.

    Unlike the textbook interval, it stays within 0..1 and keeps its word for few trials and for shares near 0 or 1.
    """
    if trials == 0:
        return None
    share, square = successes / trials, z * z / trials
    middle = (share + square / 2) / (1 + square)
    half = z / (1 + square) * math.sqrt(share * (1 - share) / trials + square / (4 * trials))
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


class Confusion:
    """Counts of what two judges said of the same songs; None is a song that a judge left unclassified."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, first: str | None, second: str | None, songs: int = 1) -> None:
        """Count songs of which the judges said this."""
        self._counts[first or UNCLASSIFIED, second or UNCLASSIFIED] += songs

    @property
    def songs(self) -> int:
        """All that were counted."""
        return self._counts.total()

    @property
    def compared(self) -> int:
        """Those that both judges gave a mood: what agreement and kappa are about."""
        return sum(songs for _, _, songs in self._both())

    @property
    def agreed(self) -> int:
        """Those that both judges gave the same mood."""
        return sum(songs for first, second, songs in self._both() if first == second)

    @property
    def agreement(self) -> float | None:
        """The share on which they agree, in 0..1; None where there is nothing to compare."""
        return self.agreed / self.compared if self.compared else None

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa (1960): agreement beyond what chance would bring, 1 at most, 0 for chance.

        None where it is not defined: nothing to compare, or both judges always say the same one mood, so that
        chance alone would make them agree.
        """
        if not self.compared:
            return None
        first, second = self._margins()
        chance = sum(first[mood] * second[mood] for mood in first)  # exact, as whole numbers
        everything = self.compared**2
        if chance == everything:
            return None
        return (self.agreed * self.compared - chance) / (everything - chance)

    @property
    def kappa_interval(self) -> Interval | None:
        """Kappa with its large-sample interval (Fleiss, Cohen and Everitt, 1969); None where kappa is not defined."""
        kappa = self.kappa
        if kappa is None:
            return None
        first, second = self._margins()
        n, square = self.compared, self.compared**2
        chance = sum(first[mood] * second[mood] for mood in first) / square
        alike = unlike = 0.0
        for a, b, songs in self._both():
            if a == b:
                alike += songs / n * (1 - (first[a] + second[a]) / n * (1 - kappa)) ** 2
            else:
                unlike += songs / n * ((second[a] + first[b]) / n) ** 2 * (1 - kappa) ** 2
        variance = (alike + unlike - (kappa - chance * (1 - kappa)) ** 2) / (n * (1 - chance) ** 2)
        half = Z95 * math.sqrt(max(0.0, variance))
        return Interval(kappa, max(-1.0, kappa - half), min(1.0, kappa + half))

    def table(self) -> dict[str, dict[str, int]]:
        """By what the first judge said, then the second: all moods and unclassified, zeros included."""
        return {first: {second: self._counts[first, second] for second in ROWS} for first in ROWS}

    def distributions(self) -> tuple[dict[str, int], dict[str, int]]:
        """How often each judge said what, over all songs."""
        table = self.table()
        return (
            {row: sum(table[row].values()) for row in ROWS},
            {column: sum(table[row][column] for row in ROWS) for column in ROWS},
        )

    def _both(self) -> Iterator[tuple[str, str, int]]:
        return ((a, b, songs) for (a, b), songs in self._counts.items() if UNCLASSIFIED not in (a, b))

    def _margins(self) -> tuple[Counter[str], Counter[str]]:
        first: Counter[str] = Counter()
        second: Counter[str] = Counter()
        for a, b, songs in self._both():
            first[a] += songs
            second[b] += songs
        return first, second
