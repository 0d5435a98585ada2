"""Trains the regressors of sound on whole tables and writes what the product ships:

    python -m moodstream.training.weights RATINGS.csv FEATURES.csv CATALOGUE.csv [WEIGHTS.json]

RATINGS has DEAM's columns, FEATURES those of the FMA table, CATALOGUE the features of many songs, for their means and
deviations. No row of any of them gets into the weights: the landmarks are drawn at random.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec.json
import numpy as np
from msgspec.structs import asdict, replace

from moodstream.audio.regressors import WEIGHTS, Figure, Floats, Weights
from moodstream.errors import ConfigurationError, MoodstreamError
from moodstream.training.examples import FEATURES, Examples, feature_examples, numbers, rating_examples
from moodstream.training.regressors import cross_validated, fit, judge_features, on_landmarks
from moodstream.training.tables import Table, read

VERSION = "regressors-1"
SOURCES = {
    "deam": "DEAM: listeners' ratings beside 12 descriptors of the first 30 s; for non-commercial research",
    "fma": "FMA metadata: means of librosa's descriptors beside the features of the Echo Nest; CC BY 4.0",
}
FOLDS = (5, 10)
"""In how many folds the figures were made; the spread of predictions, for `stretch`, is that of the last."""

STRETCHED = ("valence", "energy", "danceability", "acousticness", "instrumentalness")
"""Features that are spread as a catalogue is. Not speechiness, which is near 0 but for a few."""

ESTIMATED = ("liveness",)
"""Features that no model which was tried tells from the sound: the catalogue's median stands for all."""


def train(ratings: Table, features: Table, catalogue: Table) -> Weights:
    """Train everything that `weights.json` holds; the same tables always give the same weights.

    Raises:
        ConfigurationError: as `rating_examples`, `feature_examples`; one of `FEATURES`, or a column of the catalogue,
            is missing.
    """
    numbers(features.frame, FEATURES, gaps=True)
    spread = numbers(catalogue.frame, (*STRETCHED, *ESTIMATED), gaps=True)
    tables = [rating_examples(ratings.frame), feature_examples(features.frame)]
    told = {folds: _told(tables, folds) for folds in FOLDS}
    truth = {name: values for examples in tables for name, values in examples.targets.items()}
    judged = {folds: judge_features(truth, told[folds]) for folds in FOLDS}
    weights = Weights(
        version=VERSION,
        checksum="",
        sources=SOURCES,
        trained_on={"deam": ratings.sha256, "fma": features.sha256},
        figures={name: tuple(Figure(folds, **asdict(judged[folds][name])) for folds in FOLDS) for name in truth},
        stretches={name: _stretch(told[FOLDS[-1]][name], spread[name]) for name in STRETCHED if name in truth},
        constants={name: round(float(np.nanmedian(spread[name])), 4) for name in ESTIMATED},
        spaces={examples.space: fit(examples) for examples in tables},
    )
    return replace(weights, checksum=weights.digest())


def write(weights: Weights, path: Path) -> None:
    """Write weights as JSON, a landmark on each line.

    Raises:
        ConfigurationError: the file cannot be written.
    """
    text = msgspec.json.encode(weights)
    for between in (b"],[", b'],"', b'},"'):
        text = text.replace(between, between[:2] + b"\n" + between[2:])
    try:
        path.write_bytes(text + b"\n")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written ({error.strerror}): name another file.") from error


def _told(tables: list[Examples], folds: int) -> dict[str, Floats]:
    return {
        name: values for examples in tables for name, values in cross_validated(examples, folds, on_landmarks).items()
    }


def _stretch(told: Floats, catalogue: Floats) -> tuple[float, float]:
    """Factor and offset that give predictions of unseen songs the mean and deviation of a catalogue."""
    factor = float(np.nanstd(catalogue) / told.std())
    return round(factor, 5), round(float(np.nanmean(catalogue) - factor * told.mean()), 5)


def main(arguments: Sequence[str]) -> int:
    if len(arguments) not in (3, 4):
        print(__doc__, file=sys.stderr)
        return 2
    ratings, features, catalogue, *path = map(Path, arguments)
    try:
        write(train(read(ratings), read(features), read(catalogue)), path[0] if path else WEIGHTS)
    except MoodstreamError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
