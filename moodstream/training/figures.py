"""How well moods were told: figures per source, beside the majority and the published rules."""

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from moodstream import rules
from moodstream.moods import UNCLASSIFIED
from moodstream.training.calibration import calibration_error
from moodstream.training.songs import MOODS5, Floats, Places, Songs

SAID = (*(str(mood) for mood in rules.MOODS), UNCLASSIFIED)


class MoodFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How well the `n` songs of a source were told.

    A prediction is the most likely of the five moods, whatever moods the source has words for; `macro_f1` is the mean
    of `f1` over the moods that the source's labels have. Songs that lack a needed feature (`unclassified`) are wrong.
    `majority` is the accuracy of always saying the most frequent mood, `rules_macro_f1` that of the published rules,
    whose Neutral is wrong. Neutral is a decision of confidence, so it is reported beside: the share of songs that it
    is said of, and the accuracy on the others. `confusion` is by the label, then by what is said, Neutral included.
    """

    n: int
    accuracy: float
    macro_f1: float
    majority: float
    rules_macro_f1: float
    ece: float | None
    neutral_share: float
    accuracy_where_answered: float | None
    unclassified: int
    f1: dict[str, float]
    confusion: dict[str, dict[str, int]]


def by_source(songs: Songs, verdicts: rules.Verdicts) -> dict[str, MoodFigures]:
    """The figures of each source, in the order of their names."""
    found = {}
    for source in np.unique(songs.source.astype(str)):
        places = np.flatnonzero(songs.source == source)
        found[str(source)] = figures(songs.take(places), part(verdicts, places))
    return found


def part(verdicts: rules.Verdicts, places: Places) -> rules.Verdicts:
    """The verdicts on some of the songs."""
    return rules.Verdicts(
        mood=verdicts.mood[places],
        confidence=verdicts.confidence[places],
        reason=[verdicts.reason[place] for place in places],
        probabilities=None if verdicts.probabilities is None else verdicts.probabilities[places],
    )


def figures(songs: Songs, verdicts: rules.Verdicts) -> MoodFigures:
    """How well songs, of one source, were told."""
    said, named = most_likely(verdicts), (verdicts.mood >= 0) & (verdicts.mood < len(MOODS5))
    right, f1 = said == songs.mood, f1_scores(songs.mood, said)
    return MoodFigures(
        n=len(songs),
        accuracy=_round(right.mean()),
        macro_f1=_round(np.mean(list(f1.values()))),
        majority=_round(np.bincount(songs.mood).max() / len(songs)),
        rules_macro_f1=_round(np.mean(list(f1_scores(songs.mood, rules.classify(needed(songs)).mood).values()))),
        ece=overall(songs, verdicts),
        neutral_share=_round(np.mean(verdicts.mood == len(MOODS5))),
        accuracy_where_answered=_round(right[named].mean()) if named.any() else None,
        unclassified=int((verdicts.mood < 0).sum()),
        f1={mood: _round(score) for mood, score in f1.items()},
        confusion=_confusion(songs.mood, verdicts.mood),
    )


def most_likely(verdicts: rules.Verdicts) -> Places:
    """The most likely of the five moods, -1 where unclassified; without probabilities, what was said."""
    if verdicts.probabilities is None:
        return verdicts.mood
    unknown = np.isnan(verdicts.probabilities).any(axis=1)
    return np.where(unknown, -1, np.nan_to_num(verdicts.probabilities).argmax(axis=1))


def f1_scores(mood: Places, said: Places) -> dict[str, float]:
    """F1 of every mood that the labels have."""
    scores = {}
    for one in np.unique(mood):
        both = np.sum((mood == one) & (said == one))
        scores[MOODS5[one]] = float(2 * both / (np.sum(mood == one) + np.sum(said == one)))
    return scores


def macro_f1(songs: Songs, verdicts: rules.Verdicts) -> float:
    """The mean over the sources of their macro F1: what models are chosen by."""
    return float(np.mean([one.macro_f1 for one in by_source(songs, verdicts).values()]))


def overall(songs: Songs, verdicts: rules.Verdicts) -> float | None:
    """Expected calibration error over the songs that have probabilities; None where none has."""
    if verdicts.probabilities is None:
        return None
    known = np.flatnonzero(~np.isnan(verdicts.probabilities).any(axis=1))
    return _round(calibration_error(verdicts.probabilities[known], songs.mood[known])) if len(known) else None


def needed(songs: Songs) -> Mapping[str, Floats]:
    """The features that the rules need."""
    return {name: songs.features[name] for name in rules.NEEDED}


def _confusion(mood: Places, said: Places) -> dict[str, dict[str, int]]:
    return {
        MOODS5[one]: {
            SAID[other]: int(np.sum((mood == one) & (said == other))) for other in (*range(len(SAID) - 1), -1)
        }
        for one in np.unique(mood)
    }


def _round(share: Any) -> float:
    return round(float(share), 4)
