"""Which beats are alike -> how many of them make a bar."""

import numpy as np
from numpy.typing import NDArray

from moodstream.audio.filterbanks import Floats
from moodstream.audio.periodicity import Periodicity

MOST_BEATS = 28
WIDEST = 0.75
"""Frames by which a beat may come early or late."""

GROUPS = {4: (4, 2), 3: (3,), 5: (5,), 6: (6,), 7: (7,)}
"""For each metre the groups of beats that speak for it: where every second beat is alike, people count to four."""

SHARES = {4: 1.4, 3: 1.0, 5: 0.9, 6: 0.8, 7: 1.0}
"""Most music counts to four and needs less to be believed; a bar of six is also two bars of three."""

CLEAR = 3.0
"""Value of t from which a metre is believed."""

STEADY = 0.01
"""Added to the deviation: machines play so exactly that chance alone would look significant."""


def metre(full: Periodicity, bass: Periodicity, period: float) -> int | None:
    """Find the beats a bar, 3 to 7, from how much more alike beats are that lie whole bars apart; None if unclear.

    Args:
        period: of the beat, in frames.
    """
    beats = np.arange(1, MOST_BEATS + 1)
    beats = beats[beats * period + WIDEST < full.longest]
    alike = _alike(full, beats * period) + _alike(bass, beats * period)
    clearness = {
        bar: SHARES[bar] * max(_contrast(alike, beats % group == 0) for group in groups)
        for bar, groups in GROUPS.items()
    }
    best = max(clearness, key=lambda bar: clearness[bar])
    return best if clearness[best] > CLEAR else None


def _alike(of: Periodicity, lags: Floats) -> Floats:
    """The correlation at each lag, or where it is better a little beside it, since nobody plays like a clock."""
    around = (-WIDEST, -WIDEST / 2, 0, WIDEST / 2, WIDEST)
    return np.asarray(np.max([of.share(lags + frames) for frames in around], axis=0))


def _contrast(alike: Floats, bars: NDArray[np.bool_]) -> float:
    """Student's t of the difference between beats that are whole bars apart and those that are not."""
    inside, outside = alike[bars], alike[~bars]
    if min(len(inside), len(outside)) < 2:
        return 0.0
    squares = np.square(inside - inside.mean()).sum() + np.square(outside - outside.mean()).sum()
    deviation = np.sqrt(squares / (len(alike) - 2) * (1 / len(inside) + 1 / len(outside)))
    return float((inside.mean() - outside.mean()) / (deviation + STEADY))
