"""Features -> mood by the trained model: probabilities, with numpy alone.

It has a part for features that a catalogue gives, and one for features that were heard in the sound, which are less
certain; see `parts.py` for what they compute and `training/fitting.py` for how they are trained. Every mood counts as
equally likely before a song is heard. Who trained it on what, and how good it is, is in the file beside the weights,
and in docs/model-card.md.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moodstream.errors import ConfigurationError
from moodstream.parts import NEUTRAL, Card, Part
from moodstream.rules import NEEDED, Floats, Verdicts, reasons

FORMAT = 1
FILE = "mood.json"
SHIPPED = Path(__file__).with_name("models") / FILE
HEARD = "arousal"
"""The feature that is there where the audio was heard."""


class Model:
    """A trained model, as its card (what the JSON file holds) describes it. `inputs` are the features that it reads.

    Args:
        card: `name`, what a `Part` takes for the features of a catalogue, the same as `heard` for features that were
            heard in the sound (where that is missing, both are judged alike), and what is to be known of the training.
    """

    def __init__(self, card: Card) -> None:
        self.card = card
        self.name: str = card["name"]
        self._given = Part(card)
        self._heard = Part(card["heard"]) if card.get("heard") else self._given
        self.inputs: tuple[str, ...] = (*self._given.inputs, HEARD)

    def classify(self, table: Mapping[str, Any]) -> Verdicts:
        """Tell the mood of n songs at once.

        Neutral is a decision: it is said where the most likely mood has a probability below `neutral_below`. The
        `confidence` of a mood is its calibrated probability; that of Neutral is the probability that the most likely
        mood would have been wrong.

        Args:
            table: each of `rules.NEEDED`, and whatever else of the model's features is known, as n floats (arrays, or
                a DataFrame), NaN where not known. A song that lacks one of `NEEDED` gets no mood, but a reason; any
                other feature that is not known is taken as typical. Where `arousal` is known the song was heard, and
                has no tempo only because nothing in it pulses.
        """
        sound, missing = heard(table), gaps(table)
        below = np.where(sound, self._heard.neutral_below, self._given.neutral_below)
        return decide(self._by(sound, table, Part.probabilities), missing, below)

    def logits(self, table: Mapping[str, Any]) -> Floats:
        """What the model says before it is calibrated: (n, 5), in the order of `rules.MOODS`."""
        return self._by(heard(table), table, Part.logits)

    def _by(self, sound: NDArray[np.bool_], table: Mapping[str, Any], tell: Callable[[Part, Any], Floats]) -> Floats:
        """What is told of each song by the part that is made for it."""
        if not sound.any():
            return tell(self._given, table)
        if sound.all():
            return tell(self._heard, table)
        told = np.empty((len(sound), NEUTRAL))
        for part, places in ((self._heard, sound), (self._given, ~sound)):
            names = {*part.inputs, *NEEDED} & {*table}
            told[places] = tell(part, {name: np.asarray(table[name])[places] for name in names})
        return told


def heard(table: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Of which songs the features were heard in the sound, and are not a catalogue's."""
    if HEARD not in table:
        return np.zeros(len(table[NEEDED[0]]), dtype=np.bool_)
    known: NDArray[np.bool_] = ~np.isnan(np.asarray(table[HEARD], dtype=np.float64))
    return known


def decide(probabilities: Floats, missing: NDArray[np.bool_], neutral_below: float | Floats) -> Verdicts:
    """What is said of n songs, see `Model.classify`.

    Args:
        probabilities: (n, 5).
        missing: (number of `rules.NEEDED`, n), see `gaps`.
        neutral_below: one for all songs, or (n,).
    """
    unknown: NDArray[np.bool_] = np.asarray(missing.any(axis=0))
    probabilities = np.where(unknown[:, None], np.nan, probabilities)
    largest = probabilities.max(axis=1)
    neutral = largest < neutral_below
    return Verdicts(
        mood=np.where(unknown, -1, np.where(neutral, NEUTRAL, probabilities.argmax(axis=1))),
        confidence=np.where(neutral, 1 - largest, largest),
        reason=reasons(missing),
        probabilities=probabilities,
    )


def gaps(table: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Which of `rules.NEEDED`, in their order, are missing of which of n songs; see `Model.classify` on the tempo."""
    missing = np.isnan(np.stack([np.asarray(table[name], dtype=np.float64) for name in NEEDED]))
    missing[NEEDED.index("tempo")] &= ~heard(table)
    return missing


def checksum(card: Card) -> str:
    """SHA-256 over what a card says, in an order and spacing of its own, without the checksum itself."""
    content = {key: value for key, value in card.items() if key != "sha256"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def save(model: Model, path: Path) -> None:
    """Write a model with its checksum: a reader sees the file before or after, never a half of it."""
    card = model.card | {"sha256": checksum(model.card)}
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(json.dumps(card, ensure_ascii=True, allow_nan=False) + "\n", encoding="utf-8")
    beside.replace(path)


def in_use(folder: Path) -> Path:
    """The file of the model in use: the folder's own, or the shipped one where it has none.

    Raises:
        ConfigurationError: nobody can look into the folder.
    """
    try:
        own = folder.expanduser() / FILE
        return own if own.exists() else SHIPPED
    except (OSError, RuntimeError) as error:
        raise ConfigurationError(f"{folder} cannot be looked into ({error}): set MODEL_DIR to another.") from error


def _refused(number: str) -> None:
    raise ValueError(f"{number} is no number")


def load(path: Path = SHIPPED) -> Model:
    """Read a model.

    Raises:
        ConfigurationError: there is no such file, or it is damaged, of another program, or of a newer version.
    """
    try:
        card = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refused)
    except FileNotFoundError as error:
        raise ConfigurationError(f"There is no model at {path}: train one with --train, or name another.") from error
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"{path} cannot be read as a model ({error}): restore it, or train again.") from error
    if not isinstance(card, dict) or not isinstance(card.get("format"), int) or "sha256" not in card:
        raise ConfigurationError(f"{path} is not a mood model: remove it, or train one with --train.")
    if card["format"] > FORMAT:
        raise ConfigurationError(f"{path} was written by a newer version of moodstream: update, or train again.")
    if checksum(card) != card["sha256"]:
        raise ConfigurationError(f"{path} was changed or damaged since it was written: restore it, or train again.")
    try:
        return Model(card)
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise ConfigurationError(f"{path} does not hold a whole model ({error}): train again.") from error
