"""Features -> mood by the published rules: the real-time baseline, first match wins.

| mood | rule |
|---|---|
| Sad | valence < 0.35 and energy < 0.5 and tempo < 100 |
| Calm | acousticness > 0.5 and energy < 0.6 and tempo < 110 |
| Happy | valence >= 0.5 and danceability > 0.5 |
| Energetic | energy > 0.6 and tempo > 115 and danceability > 0.5 |
| Dark | valence < 0.4 and energy > 0.6 |
| Neutral | everything else |
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from moodstream.moods import Mood

MODEL = "rules-1"
NEEDED = ("valence", "energy", "tempo", "acousticness", "danceability")

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Compare = Callable[[Floats, float], Flags]

RULES: dict[Mood, tuple[tuple[str, Compare, float], ...]] = {
    Mood.SAD: (("valence", np.less, 0.35), ("energy", np.less, 0.5), ("tempo", np.less, 100)),
    Mood.CALM: (("acousticness", np.greater, 0.5), ("energy", np.less, 0.6), ("tempo", np.less, 110)),
    Mood.HAPPY: (("valence", np.greater_equal, 0.5), ("danceability", np.greater, 0.5)),
    Mood.ENERGETIC: (("energy", np.greater, 0.6), ("tempo", np.greater, 115), ("danceability", np.greater, 0.5)),
    Mood.DARK: (("valence", np.less, 0.4), ("energy", np.greater, 0.6)),
}
MOODS = (*RULES, Mood.NEUTRAL)

# A quarter of a share, or 25 BPM, from every threshold counts as sure.
SURE = {"tempo": 25.0}
SURE_SHARE = 0.25


class Verdicts(NamedTuple):
    """For each of n songs: `mood` (index into `MOODS`, -1 where unclassified), `confidence`, `reason`.

    `confidence` is 0.5 on a threshold and 1 where every feature that decides would have to move by a quarter
    (tempo: by 25 BPM) to change the answer. It says how robust the answer is; it is not a probability.
    NaN, and a reason, where a needed feature is not known.
    `probabilities`, (n, 5) in the order of `MOODS` without Neutral, are there where a model gives them.
    """

    mood: NDArray[np.int64]
    confidence: Floats
    reason: list[str | None]
    probabilities: Floats | None = None


def columns(features: Iterable[object], names: Sequence[str] = NEEDED) -> dict[str, Floats]:
    """Features of n songs as columns of n floats, NaN where not known: those that the rules need, or those named.

    Args:
        features: `messages.Features`, None where nothing is known of a song, or whatever else has such attributes.
    """
    rows = [[getattr(song, name, None) for name in names] for song in features]
    table = np.array(rows, dtype=np.float64).reshape(-1, len(names))
    return {name: table[:, index] for index, name in enumerate(names)}


def classify(table: Mapping[str, Any]) -> Verdicts:
    """Tell the mood of n songs at once.

    Args:
        table: each of `NEEDED` as n floats (arrays, or a DataFrame), NaN where not known.
    """
    known: dict[str, Floats] = {name: np.asarray(table[name], dtype=np.float64) for name in NEEDED}
    fits = np.stack([_fits(known, rule) for rule in RULES.values()])
    margins = np.stack([_margin(known, rule) for rule in RULES.values()])
    first = np.where(fits.any(axis=0), fits.argmax(axis=0), len(RULES))
    missing = np.isnan(np.stack(list(known.values())))
    unknown: Flags = np.asarray(missing.any(axis=0))
    return Verdicts(
        mood=np.where(unknown, -1, first),
        confidence=np.where(unknown, np.nan, _confidence(margins, first)),
        reason=reasons(missing),
    )


def _fits(table: dict[str, Floats], rule: tuple[tuple[str, Compare, float], ...]) -> Flags:
    return np.asarray(np.stack([compare(table[name], threshold) for name, compare, threshold in rule]).all(axis=0))


def _margin(table: dict[str, Floats], rule: tuple[tuple[str, Compare, float], ...]) -> Floats:
    """How far inside a rule (positive) or outside of it (negative) each song lies; 1 is sure."""
    distances = []
    for name, compare, threshold in rule:
        sign = -1.0 if compare is np.less else 1.0
        distances.append(sign * (table[name] - threshold) / SURE.get(name, SURE_SHARE))
    return np.asarray(np.stack(distances).min(axis=0))


def _confidence(margins: Floats, first: NDArray[np.int64]) -> Floats:
    """The least move that would change the answer: out of the rule that fits, or into an earlier one."""
    rank = np.arange(len(margins))[:, None]
    distance: Floats = np.where(rank < first, -margins, np.where(rank == first, margins, np.inf)).min(axis=0)
    return 0.5 + 0.5 * distance.clip(0.0, 1.0)


def reasons(missing: Flags) -> list[str | None]:
    """Why songs have no mood, None where nothing is missing; `missing` is (number of `NEEDED`, n)."""
    found: list[str | None] = [None] * missing.shape[1]
    for song in np.flatnonzero(missing.any(axis=0)):
        names = (name for name, gap in zip(NEEDED, missing[:, song], strict=True) if gap)
        found[song] = "not known: " + ", ".join(names)
    return found
