"""Descriptors -> the features of a song: what is measured, and what a small model estimates.

Measured are tempo, loudness, key and mode. The models are linear in the logit, fitted by ridge regression;
`weights.json` names their tables and how much of the variance of songs that they had not seen they explain. Nothing
that was tried explains liveness or speechiness (below a fifth), and the metre is not measured: these stay unknown.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from moodstream.audio.descriptors import Descriptors, Floats
from moodstream.audio.rhythm import tempo
from moodstream.audio.tonality import key_and_mode
from moodstream.messages import Features

WEIGHTS = Path(__file__).with_name("weights.json")

FARTHEST = 3.0
"""Deviations from the mean of a table beyond which its models have seen nothing, and are not to extrapolate."""

QUIETEST = 1e-3


def features(descriptors: Descriptors) -> Features:
    """The features of a sound; the shares are those of `estimates`."""
    key, mode = key_and_mode(descriptors.chroma)
    models: dict[str, Any] = _card()["models"]
    shares: dict[str, Any] = {
        name: _share(model, _standard(model["table"], descriptors)) for name, model in models.items()
    }
    return Features(
        **shares,
        tempo=tempo(descriptors.onsets),
        loudness=round(min(0.0, 20 * float(np.log10(max(descriptors.rms, QUIETEST)))), 2),
        key=key,
        mode=mode,
    )


def estimates() -> tuple[str, ...]:
    """The features that models estimate rather than measure."""
    return tuple(_card()["models"])


def _share(model: dict[str, Any], standard: Floats) -> float:
    return round(float(1 / (1 + np.exp(-model["intercept"] - standard @ model["weights"]))), 4)


def _standard(name: str, descriptors: Descriptors) -> Floats:
    """The inputs of a table's models in deviations from the mean of the table."""
    table, values = _card()["tables"][name], getattr(descriptors, name)
    inputs = np.array([values[column] for column in table["inputs"]])
    standard: Floats = np.clip((inputs - table["mean"]) / table["deviation"], -FARTHEST, FARTHEST)
    return standard


@cache
def _card() -> dict[str, Any]:
    card: dict[str, Any] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return card
