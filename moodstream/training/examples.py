"""Tables of descriptors -> numbers to learn from: columns, what is to be told of them, and what lies together."""

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from moodstream.audio.regressors import COLUMNS, Floats
from moodstream.errors import ConfigurationError
from moodstream.training.folds import blocks
from moodstream.training.songs import Places

RATINGS = {"valence": "valence_mean", "arousal": "arousal_mean"}
LOWEST_RATING, HIGHEST_RATING = 1.0, 9.0

FEATURES = ("energy", "acousticness", "danceability", "instrumentalness", "speechiness")
"""What descriptors of the FMA table tell better than a constant does; liveness they do not."""

LEAST_ROWS = 20


class Examples(NamedTuple):
    """n songs: the columns of a space, (n,) each, and for each target n shares of 0..1, NaN where not known.

    `order`: ids, or the places in the file where it has none; neighbours may be of one album.
    """

    space: str
    columns: dict[str, Floats]
    targets: dict[str, Floats]
    order: Places

    def take(self, places: Places) -> "Examples":
        """Some of the songs."""
        columns = {name: values[places] for name, values in self.columns.items()}
        targets = {name: values[places] for name, values in self.targets.items()}
        return Examples(self.space, columns, targets, self.order[places])


def rating_examples(table: pd.DataFrame) -> Examples:
    """Songs with descriptors and listeners' ratings, in DEAM's columns; ratings of 1..9 become 0..1.

    Raises:
        ConfigurationError: a column is missing or holds something else, a rating is not 1..9, or rows are too few.
    """
    columns, targets = numbers(table, COLUMNS["deam"]), numbers(table, RATINGS.values())
    for name, values in targets.items():
        _check_range(name, values, LOWEST_RATING, HIGHEST_RATING)
    shares = {
        target: (targets[name] - LOWEST_RATING) / (HIGHEST_RATING - LOWEST_RATING) for target, name in RATINGS.items()
    }
    return _enough(Examples("deam", columns, shares, _order(table, "song_id")))


def feature_examples(table: pd.DataFrame) -> Examples:
    """Songs with descriptors and such of `FEATURES` as there are, in the columns of the FMA table; gaps are allowed.

    Raises:
        ConfigurationError: a column is missing or holds something else, a feature is not 0..1, or rows are too few.
    """
    there = [name for name in FEATURES if name in table]
    if not there:
        raise ConfigurationError(f"The table has none of the columns {', '.join(FEATURES)}: name one that has.")
    columns, targets = numbers(table, COLUMNS["fma"]), numbers(table, there, gaps=True)
    for name, values in targets.items():
        _check_range(name, values, 0, 1)
    return _enough(Examples("fma", columns, targets, _order(table, "track_id")))


def numbers(table: pd.DataFrame, names: Iterable[str], gaps: bool = False) -> dict[str, Floats]:
    """Columns of a table as numbers; `gaps` allows values that are not there, which become NaN.

    Raises:
        ConfigurationError: a column is not there, or a value is no number.
    """
    found = {}
    for name in names:
        if name not in table:
            raise ConfigurationError(f"The table has no column {name}: name one that has all of its kind.")
        values = pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=np.float64)
        wrong = ~np.isfinite(values) & (table[name].notna().to_numpy() | (not gaps))
        if wrong.any():
            place = int(np.flatnonzero(wrong)[0])
            value = table[name].iloc[place]
            raise ConfigurationError(
                f"Line {place + 2} of the table: {name} is {value}, but must be a number; {int(wrong.sum())} such rows."
            )
        found[name] = values
    return found


def folds_of(examples: Examples, folds: int) -> Places:
    """Give every song the number of a fold: as many blocks of neighbouring ids, so that an album is on one side.

    Raises:
        ConfigurationError: there are too few songs for so many folds, or fewer than two folds.
    """
    songs = len(examples.order)
    if folds < 2 or songs < 2 * folds:
        raise ConfigurationError(
            f"{songs} songs cannot be cross-validated in {folds} folds: ask for 2 or more, of two songs or more."
        )
    return blocks(examples.order, folds, size=math.ceil(songs / folds))


def _check_range(name: str, values: Floats, low: float, high: float) -> None:
    wrong = (values < low) | (values > high)
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        raise ConfigurationError(
            f"Line {place + 2} of the table: {name} is {values[place]:g}, but must be from {low:g} to {high:g}; "
            f"{int(wrong.sum())} such rows."
        )


def _enough(examples: Examples) -> Examples:
    for name, values in examples.targets.items():
        known = values[np.isfinite(values)]
        if len(known) < LEAST_ROWS or np.ptp(known) == 0:
            raise ConfigurationError(
                f"The table has {len(known)} rows with {name}, but must have {LEAST_ROWS} that are not all alike."
            )
    return examples


def _order(table: pd.DataFrame, name: str) -> Places:
    if name not in table:
        return np.arange(len(table))
    return np.argsort(np.argsort(numbers(table, [name])[name], kind="stable"), kind="stable")
