"""Columns of descriptors -> features, by regression on the likeness to landmarks, with numpy alone.

A song's inputs are compared with some hundred landmarks by a Gaussian kernel, and each feature is a weighted sum of
these likenesses: kernel ridge regression in the approximation of Williams and Seeger, "Using the Nystroem Method to
Speed Up Kernel Machines", NIPS 2000. The landmarks are drawn at random from the normal distribution that has the
means and covariances of a table: none is a song. `weights.json` holds all of it, and how well it does.
"""

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from moodstream.errors import ConfigurationError, DataError

WEIGHTS = Path(__file__).with_name("weights.json")

FARTHEST = 3.0
"""Deviations from the mean of a table beyond which its regressors have seen nothing, and are not to extrapolate."""

QUIETEST = 1e-3
"""Added before the logarithm of the root mean square is taken."""

Floats = NDArray[np.float64]


class Regressor(msgspec.Struct, frozen=True):
    """A feature as `intercept` + likenesses @ `weights`, fitted to as many `rows`."""

    rows: int
    intercept: float
    weights: tuple[float, ...]


class Space(msgspec.Struct, frozen=True):
    """What a table was like: its inputs with their means and deviations, the landmarks among them, the features."""

    rows: int
    inputs: tuple[str, ...]
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    gamma: float
    landmarks: tuple[tuple[float, ...], ...]
    regressors: dict[str, Regressor]


class Figure(msgspec.Struct, frozen=True):
    """How well a feature is predicted of songs in other folds than those that were learned from.

    `r2`: share of the variance explained; `mae`: mean absolute error.
    """

    folds: int
    r2: float
    mae: float


class Weights(msgspec.Struct, frozen=True):
    """What `weights.json` holds.

    `sources`: the table of each space, and its terms; `trained_on`: the SHA-256 of its file. `figures`: of each
    modelled feature. `stretches`: factor and offset, see `on_catalogue_scale`. `constants`: features that are the same
    for every song. `checksum`: of the rest.
    """

    version: str
    checksum: str
    sources: dict[str, str]
    trained_on: dict[str, str]
    figures: dict[str, tuple[Figure, ...]]
    stretches: dict[str, tuple[float, float]]
    constants: dict[str, float]
    spaces: dict[str, Space]

    def digest(self) -> str:
        """SHA-256 of everything but the checksum."""
        return hashlib.sha256(msgspec.json.encode(msgspec.structs.replace(self, checksum=""))).hexdigest()


DEAM_COLUMNS = tuple(
    f"{name}_{moment}"
    for name in ("loudness", "brightness", "flux", "zcr", "sharpness", "hnr")
    for moment in ("mean", "std")
)
CHROMA_COLUMNS = ("chroma_stft", *(f"chroma_stft.{number}" for number in range(1, 12)))
TIMBRE_COLUMNS = (
    "mfcc",
    *(f"mfcc.{number}" for number in range(1, 13)),
    "spectral_contrast",
    *(f"spectral_contrast.{number}" for number in range(1, 6)),
    "zcr",
)
FMA_COLUMNS = (*CHROMA_COLUMNS, *TIMBRE_COLUMNS, "rmse")


def _deam_inputs(columns: Mapping[str, Floats]) -> dict[str, Floats]:
    """Square roots, which bring the long tails in and leave 0 where it is."""
    return {f"sqrt({name})": np.sqrt(np.maximum(0, columns[name])) for name in DEAM_COLUMNS}


def _fma_inputs(columns: Mapping[str, Floats]) -> dict[str, Floats]:
    """Timbre, level, and of the chroma how much and how unevenly, whatever the key.

    What depends most on how a file was encoded, the centre, width and end of the spectrum and the contrast of the
    highest band, is left out: it explains next to nothing more.
    """
    chroma = np.column_stack([columns[name] for name in CHROMA_COLUMNS])
    return {
        **{name: columns[name] for name in TIMBRE_COLUMNS},
        "log(rmse)": np.log(np.maximum(0, columns["rmse"]) + QUIETEST),
        "mean(chroma)": chroma.mean(axis=1),
        "std(chroma)": chroma.std(axis=1),
        "max(chroma)": chroma.max(axis=1),
        "min(chroma)": chroma.min(axis=1),
    }


COLUMNS: dict[str, tuple[str, ...]] = {"deam": DEAM_COLUMNS, "fma": FMA_COLUMNS}
"""The columns of descriptors that each space is made of."""

_INPUTS: dict[str, Callable[[Mapping[str, Floats]], dict[str, Floats]]] = {"deam": _deam_inputs, "fma": _fma_inputs}


def inputs(space: str, table: Mapping[str, Any]) -> dict[str, Floats]:
    """The inputs of a space, each (n,), from a table that has its `COLUMNS`, each of n numbers."""
    return _INPUTS[space]({name: np.asarray(table[name], dtype=np.float64) for name in COLUMNS[space]})


def standardised(rows: Floats, mean: Floats, deviation: Floats) -> Floats:
    """Inputs, (n, inputs), in deviations from the mean of a table, cut at `FARTHEST`."""
    found: Floats = np.clip((rows - mean) / deviation, -FARTHEST, FARTHEST)
    return found


def likeness(rows: Floats, landmarks: Floats, gamma: float) -> Floats:
    """How like each of n rows is to each of m landmarks, (n, m): the Gaussian kernel exp(-gamma * distance^2)."""
    squares = np.square(rows).sum(axis=1)[:, None] + np.square(landmarks).sum(axis=1) - 2 * rows @ landmarks.T
    found: Floats = np.exp(-gamma * np.maximum(0, squares))
    return found


class Predictor:
    """The regressors of one space, ready to be applied to any number of songs.

    Args:
        name: a key of `COLUMNS`.
    """

    def __init__(self, name: str, space: Space) -> None:
        self._name, self._inputs, self._gamma = name, space.inputs, space.gamma
        self._mean, self._deviation = np.array(space.mean), np.array(space.deviation)
        self._landmarks = np.array(space.landmarks)
        self._features = tuple(space.regressors)
        self._intercepts = np.array([regressor.intercept for regressor in space.regressors.values()])
        self._weights = np.array([regressor.weights for regressor in space.regressors.values()]).T

    def predict(self, table: Mapping[str, Any]) -> dict[str, Floats]:
        """Predict the features of n songs, shares of 0..1, (n,) each, from a table that has the space's `COLUMNS`."""
        columns = inputs(self._name, table)
        rows = standardised(np.column_stack([columns[name] for name in self._inputs]), self._mean, self._deviation)
        shares = self._intercepts + likeness(rows, self._landmarks, self._gamma) @ self._weights
        return dict(zip(self._features, np.clip(shares, 0, 1).T, strict=True))


def predict(table: Mapping[str, Any]) -> dict[str, Floats]:
    """Predict every feature that the columns of a table allow with the weights in use, for n songs at once.

    Shares of 0..1, (n,) each: valence and arousal as listeners rate them, from 1..9; the rest as the Echo Nest's.

    Raises:
        DataError: the table lacks columns of every space.
        ConfigurationError: `weights.json` is damaged.
    """
    able = [name for name in _predictors() if set(COLUMNS[name]) <= set(table)]
    if not able:
        lacks = (next(column for column in COLUMNS[name] if column not in table) for name in _predictors())
        raise DataError(f"Nothing can be predicted, since columns are missing, such as {' and '.join(lacks)}.")
    return {feature: values for name in able for feature, values in _predictors()[name].predict(table).items()}


def on_catalogue_scale(predicted: Mapping[str, Floats]) -> dict[str, Floats]:
    """Stretch predictions to the mean and deviation of a catalogue, where the weights say so.

    The best prediction lies nearer to the mean than the truth does, and valence is rated on a scale of its own. The
    thresholds and models of moods are made for catalogues: without the stretch most songs would be alike to them.
    """
    stretches = shipped().stretches
    return {
        name: np.clip(stretches[name][0] * values + stretches[name][1], 0, 1) if name in stretches else values
        for name, values in predicted.items()
    }


def load(path: Path) -> Weights:
    """Read weights.

    Raises:
        ConfigurationError: the file is not there, is not what `Weights` says, or has another checksum.
    """
    try:
        weights = msgspec.json.decode(path.read_bytes(), type=Weights)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read ({error.strerror}): install moodstream again.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is damaged ({error}): install moodstream again.") from error
    if weights.digest() != weights.checksum:
        raise ConfigurationError(f"{path} is damaged (another checksum): install moodstream again.")
    return weights


@cache
def shipped() -> Weights:
    """The weights that came with this version."""
    return load(WEIGHTS)


@cache
def _predictors() -> dict[str, Predictor]:
    return {name: Predictor(name, space) for name, space in shipped().spaces.items()}
