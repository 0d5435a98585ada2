"""Cross-validation: what models that had not seen a song say of it, calibrated by songs of other folds."""

import logging
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from moodstream.errors import ConfigurationError
from moodstream.model import Model, decide, gaps
from moodstream.parts import calibrated, softmax
from moodstream.rules import NEEDED, Verdicts
from moodstream.training import folds as splits
from moodstream.training.calibration import Sureness, calibrate, calibration_error
from moodstream.training.fitting import fit
from moodstream.training.songs import MOODS5, Floats, Places, Songs

log = logging.getLogger(__name__)

LEAST_SONGS = 50

Teller = Callable[[Songs], Floats]
Learner = Callable[[Songs], Teller]
"""Learns from songs; what it returns tells the logits, (n, 5), of other songs."""


class Crossed(NamedTuple):
    """What cross-validation gave.

    `verdicts` on all songs, in their order; `left_out`: source, places of its songs, verdicts on them; `sureness`
    from all folds, for a model that is fitted to all songs; `ece_before` is the calibration error without it.
    """

    verdicts: Verdicts
    left_out: list[tuple[str, Places, Verdicts]]
    sureness: Sureness
    ece_before: float

    @property
    def probabilities(self) -> Floats:
        """Those of the verdicts, (n, 5)."""
        return np.asarray(self.verdicts.probabilities)


def fresh(songs: Songs) -> Teller:
    """Learn as the shipped model did."""
    model = Model({"name": "in a fold", "temperature": 1.0, "doubt": 0.0, "neutral_below": 0.0} | fit(songs))
    return lambda others: model.logits(others.features)


def check(songs: Songs, folds: int) -> None:
    """Raise a ConfigurationError where songs are too few, of one mood, all without a feature, or groups too few."""
    moods, groups = len(np.unique(songs.mood)), len(np.unique(songs.group.astype(str)))
    if moods < 2:
        raise ConfigurationError("All songs with a mood have the same one: there is nothing to tell apart.")
    if len(songs) < LEAST_SONGS:
        raise ConfigurationError(f"There are {len(songs)} songs with a mood, but {LEAST_SONGS} are needed to train.")
    lacking = gaps(songs.features)
    if lacking.any(axis=0).all():
        names = ", ".join(name for name, gap in zip(NEEDED, lacking, strict=True) if gap.any())
        raise ConfigurationError(f"No song has all features that a mood needs: fill in {names}.")
    if groups < folds:
        raise ConfigurationError(f"There are {groups} groups (artists, playlists), too few for {folds} folds.")


def cross_validate(
    songs: Songs, folds: int, learner: Learner = fresh, leave_out: bool = True, sure: Sureness | None = None
) -> Crossed:
    """Fit in folds by group, and with each source left out.

    Without `sure`, what a fold is calibrated with comes from the other folds.

    Raises:
        ConfigurationError: see `check`.
    """
    check(songs, folds)
    logits, fold = np.zeros((len(songs), len(MOODS5))), np.zeros(len(songs), dtype=np.int64)
    for number, split in enumerate(splits.by_group(songs, folds)):
        log.info("part: fold %d of %d", number + 1, folds)
        logits[split.judge], fold[split.judge] = _unseen(songs, split, learner), number
    left_out = []
    for source, split in splits.left_out(songs) if leave_out else ():
        if len(np.unique(songs.mood[split.learn])) > 1:
            by = sure or calibrate(logits[split.learn], songs.take(split.learn))
            said = _said(songs.take(split.judge), _unseen(songs, split, learner), by)
            left_out.append((source, split.judge, said))
    return Crossed(
        verdicts=_said(songs, logits, sure) if sure else _by_fold(songs, logits, fold),
        left_out=left_out,
        sureness=sure or calibrate(logits, songs),
        ece_before=calibration_error(softmax(logits), songs.mood),
    )


def _unseen(songs: Songs, split: splits.Split, learner: Learner) -> Floats:
    return learner(songs.take(split.learn))(songs.take(split.judge))


def _said(songs: Songs, logits: Floats, sure: Sureness) -> Verdicts:
    return decide(calibrated(logits, sure.temperature, sure.doubt), gaps(songs.features), sure.neutral_below)


def _by_fold(songs: Songs, logits: Floats, fold: Places) -> Verdicts:
    """The verdicts on all songs, each fold calibrated by the others."""
    below, probabilities = np.empty(len(songs)), np.empty_like(logits)
    for number in np.unique(fold):
        here, others = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
        heat, doubt, below[here] = calibrate(logits[others], songs.take(others))
        probabilities[here] = calibrated(logits[here], heat, doubt)
    return decide(probabilities, gaps(songs.features), below)
