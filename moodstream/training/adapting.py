"""Moves a model towards what listeners corrected, and no further: a few corrections are not a training table."""

import hashlib
from typing import Any

import numpy as np
import pandas as pd

from moodstream.model import Model, heard
from moodstream.parts import Card, Part, standardised
from moodstream.training.calibration import Sureness
from moodstream.training.crossing import Learner
from moodstream.training.fitting import DIGITS, Examples, logistic
from moodstream.training.songs import MOODS5, Songs
from moodstream.training.tables import Table

PULL = 100.0
"""How strongly the weights are held to where they were, against each correction: ten hardly move them, hundreds do."""


UNMOVED = "before_feedback"
"""Where a part keeps the `linear` that it had before any correction."""


def adapted(model: Model, songs: Songs) -> Card:
    """The parts of a card that computes: `linear` is moved, in each part by the songs that it judges.

    It is moved from where it was before any correction, so that the same corrections move it once, however often.
    """
    if "heard" not in model.card:
        return _moved(model.card, songs)
    sound = heard(songs.features)
    given, by_ear = (songs.take(np.flatnonzero(places)) for places in (~sound, sound))
    return _moved(model.card, given) | {"heard": _moved(model.card["heard"], by_ear)}


def _moved(card: Card, songs: Songs) -> Card:
    """What a part computes with, moved by the songs that it judges, if there are any."""
    card = _unmoved(card)
    linear = card["linear"]
    kept = {name: card[name] for name in ("features", "linear", "trees", *Sureness._fields)} | {UNMOVED: linear}
    if not len(songs):
        return kept
    examples = Examples(
        inputs=standardised(songs.features, card["features"]),
        targets=np.eye(len(MOODS5))[songs.mood],
        shifts=Part(card).logits(songs.features),
        weights=np.full(len(songs), 1 / len(songs)),
    )
    weights, intercept = logistic(examples, PULL / len(songs))
    # A part with trees is the mean of two halves, so that one of them has to move twice as far.
    step = 2 if card["trees"]["feature"] else 1
    moved = {
        "weights": (np.array(linear["weights"]) + step * weights).round(DIGITS).tolist(),
        "intercept": (np.array(linear["intercept"]) + step * intercept).round(DIGITS).tolist(),
    }
    return kept | {"linear": moved}


def unmoved(model: Model) -> Model:
    """The model as it was before any correction."""
    card = _unmoved(model.card)
    return Model(card | {"heard": _unmoved(card["heard"])} if "heard" in card else card)


def _unmoved(card: Card) -> Card:
    return card | {"linear": card.get(UNMOVED, card["linear"])}


def corrections(said: pd.DataFrame) -> Table:
    """Listeners' corrections as a table to train from: one row a song, with the mood that most listeners gave it.

    Songs on whose mood the listeners are tied are left out, and so counted as unlabelled.

    Args:
        said: a row a correction: `song_id`, `listener`, `mood`, and the song's features.
    """
    votes = said.drop_duplicates(["song_id", "listener"], keep="last").groupby(["song_id", "mood"]).size()
    most = votes[votes == votes.groupby("song_id").transform("max")].reset_index()
    sole = most.drop_duplicates("song_id", keep=False).set_index("song_id")["mood"]
    frame = said.drop_duplicates("song_id", keep="last").reset_index(drop=True)
    frame = frame.assign(mood=frame["song_id"].map(sole), source="feedback", track_id=frame["song_id"])
    frame = frame.assign(group=frame["song_id"])
    content = pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes()
    return Table("moods", "feedback", hashlib.sha256(content).hexdigest(), frame)


def sureness_of(model: Model) -> Sureness:
    """The calibration of a model, which stays: what listeners correct is not a fair sample of what it says."""
    return Sureness(*(model.card[name] for name in Sureness._fields))


def learner_from(model: Model) -> Learner:
    """Learn by moving `model`."""

    def learn(songs: Songs) -> Any:
        moved = Model(model.card | adapted(model, songs))
        return lambda others: moved.logits(others.features)

    return learn
