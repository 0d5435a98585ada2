"""Fits the mood model: a logistic regression and small trees, both told which moods a source has a word for.

Playlists of one project are Sad, Happy or Dark, those of another Sad, Calm, Happy or Energetic. That a song was called
Happy where nobody could say Calm is no evidence against Calm. So the loss of a song is that of a softmax over the
moods of its own source, shifted by how often the source says each (logit adjustment: Menon et al., ICLR 2021). What
is left after taking the shifts away holds for any source, with every mood equally likely beforehand.

Features that were estimated from sound are less certain than a catalogue's: noisy copies of the songs, with features
missing here and there, keep the model from leaning on fine differences.
"""

from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize
from sklearn.tree import DecisionTreeRegressor

from moodstream.parts import DEPTH, LEAVES, NODES, TRANSFORMS, Card, softmax, standardised
from moodstream.training.songs import MOODS5, Floats, Songs
from moodstream.training.tables import RANGES

FEATURES: tuple[dict[str, Any], ...] = (
    {"name": "valence", "transform": "as it is", "add": 0.0, "low": 0.0, "high": 1.0},
    {"name": "energy", "transform": "as it is", "add": 0.0, "low": 0.0, "high": 1.0},
    {"name": "danceability", "transform": "as it is", "add": 0.0, "low": 0.0, "high": 1.0},
    {"name": "acousticness", "transform": "as it is", "add": 0.0, "low": 0.0, "high": 1.0},
    {"name": "instrumentalness", "transform": "as it is", "add": 0.0, "low": 0.0, "high": 1.0},
    {"name": "speechiness", "transform": "log", "add": 0.02, "low": 0.0, "high": 1.0},
    {"name": "tempo", "transform": "log", "add": 0.0, "low": 40.0, "high": 240.0},
    {"name": "loudness", "transform": "as it is", "add": 0.0, "low": -60.0, "high": 0.0},
)
"""What the model hears. Key, mode, metre and duration are missing in some sources, and liveness told nothing."""

SEED = 1
COPIES, NOISE, GAPS = 3, 0.3, 0.1
"""Noisy copies of a song, their noise in deviations, and the share of values that are missing in them."""
RIDGE = 1e-3
TREES, RATE, LEAST, SHARE, ASKED = 100, 0.3, 80, 0.6, 4
"""How many trees, how far each goes, and what it sees: the least songs in a leaf, the share of songs, of features."""
NEVER = -60.0
"""The logit of a mood that no source has a word for."""
IMPOSSIBLE = -1e9
TINY = 1e-6
DIGITS = 4
NO_TREES: Card = {"feature": [], "threshold": [], "leaves": []}


class Examples(NamedTuple):
    """What is fitted to: `inputs` (n, features), `targets` (n, 5), `shifts` (n, 5) of the logits, `weights` (n,)."""

    inputs: Floats
    targets: Floats
    shifts: Floats
    weights: Floats


def fit(songs: Songs) -> Card:
    """What a model computes with: the parts `features`, `linear` and `trees` of its card."""
    features = describe(songs)
    examples = blurred(exemplify(songs, features), typical(features))
    return {
        "features": features,
        "linear": rounded(*logistic(examples), songs),
        "trees": boosting(examples),
    }


def describe(songs: Songs) -> list[dict[str, Any]]:
    """The features with what is typical of the songs: medians, and mean and deviation after the transform."""
    described = []
    for feature in FEATURES:
        values = songs.features.get(feature["name"], np.full(len(songs), np.nan)).clip(feature["low"], feature["high"])
        known = values[~np.isnan(values)]
        middle = float(np.median(known)) if len(known) else sum(RANGES[feature["name"]]) / 2
        transformed = TRANSFORMS[feature["transform"]](np.where(np.isnan(values), middle, values) + feature["add"])
        spread = float(transformed.std())
        numbers = {"typical": middle, "mean": float(transformed.mean()), "deviation": spread if spread > TINY else 1.0}
        described.append(feature | {name: round(number, 6) for name, number in numbers.items()})
    return described


def typical(features: list[dict[str, Any]]) -> Floats:
    """The inputs of a song of which nothing is known."""
    nothing = {feature["name"]: np.array([np.nan]) for feature in features}
    inputs: Floats = standardised(nothing, features)[0]
    return inputs


def exemplify(songs: Songs, features: list[dict[str, Any]], masked: bool = True) -> Examples:
    """Songs as the fitting takes them; every source counts the same. Not `masked`, every source can say every mood."""
    shifts, weights = np.zeros((len(songs), len(MOODS5))), np.empty(len(songs))
    for source in np.unique(songs.source.astype(str)):
        of = songs.source == source
        shares = np.bincount(songs.mood[of], minlength=len(MOODS5)) / of.sum()
        if masked:
            shifts[of] = np.log(shares, out=np.full(len(MOODS5), IMPOSSIBLE), where=shares > 0)
        weights[of] = 1 / of.sum()
    inputs = standardised(songs.features, features)
    return Examples(inputs, np.eye(len(MOODS5))[songs.mood], shifts, weights / weights.sum())


def blurred(examples: Examples, typical: Floats, copies: int = COPIES) -> Examples:
    """The examples, and noisy copies of them with gaps."""
    random = np.random.default_rng(SEED)
    rows = [examples.inputs]
    # A feature that the table does not have is the same for all songs, and stays so.
    noise = np.where(examples.inputs.std(axis=0) > TINY, NOISE, 0.0)
    for _ in range(copies):
        noisy = examples.inputs + noise * random.normal(size=examples.inputs.shape)
        rows.append(np.where(random.random(noisy.shape) < GAPS, typical, noisy))
    often = copies + 1
    return Examples(
        np.concatenate(rows),
        np.tile(examples.targets, (often, 1)),
        np.tile(examples.shifts, (often, 1)),
        np.tile(examples.weights, often) / often,
    )


def logistic(examples: Examples, ridge: float = RIDGE) -> tuple[Floats, Floats]:
    """Multinomial logistic regression with a ridge: weights (features, 5) and intercept (5,)."""
    inputs = np.column_stack([examples.inputs, np.ones(len(examples.inputs))])
    shape = (inputs.shape[1], len(MOODS5))

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(shape)
        shares = softmax(inputs @ weights + examples.shifts)
        surprise = -np.log(np.maximum(shares[examples.targets > 0], 1e-300)) @ examples.weights
        slope = inputs.T @ (examples.weights[:, None] * (shares - examples.targets)) + ridge * weights
        return float(surprise + 0.5 * ridge * (weights**2).sum()), slope.ravel()

    found = minimize(loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    weights = found.x.reshape(shape)
    return weights[:-1], weights[-1]


def rounded(weights: Floats, intercept: Floats, songs: Songs) -> Card:
    """A logistic regression as a card has it; a mood that no song has is never said."""
    said = np.where(np.isin(np.arange(len(MOODS5)), songs.mood), intercept, NEVER)
    return {"weights": weights.round(DIGITS).tolist(), "intercept": said.round(DIGITS).tolist()}


def boosting(examples: Examples) -> Card:
    """Gradient boosting of the same loss: each tree follows the slope of all five logits at once (Friedman, 2001)."""
    random = np.random.default_rng(SEED)
    inputs, logits = examples.inputs.astype(np.float32, order="C"), np.zeros_like(examples.targets)
    weights = examples.weights / examples.weights.mean()
    grown: Card = {"feature": [], "threshold": [], "leaves": []}
    for _ in range(TREES):
        slope = examples.targets - softmax(logits + examples.shifts)
        seen = random.random(len(slope)) < SHARE
        tree = DecisionTreeRegressor(
            max_depth=DEPTH,
            min_samples_leaf=LEAST,
            max_features=ASKED,
            random_state=int(random.integers(2**31)),
        )
        tree.fit(inputs[seen], slope[seen], sample_weight=weights[seen], check_input=False)
        logits += RATE * tree.predict(inputs, check_input=False)
        for part, numbers in completed(tree).items():
            grown[part].append(numbers)
    return grown


def completed(tree: DecisionTreeRegressor) -> dict[str, list[Any]]:
    """A tree as lists: `feature` and `threshold` of its seven nodes from the root down, `leaves` (8, 5).

    Where a branch ended early, nodes follow that send every song the same way.
    """
    inner, asked, thresholds = tree.tree_, np.zeros(NODES, dtype=np.int64), np.zeros(NODES)
    leaves = np.zeros((LEAVES, len(MOODS5)))

    def walk(node: int, place: int) -> None:
        if place >= NODES:
            leaves[place - NODES] = RATE * inner.value[node].ravel()
            return
        ended = inner.children_left[node] < 0
        if not ended:
            asked[place], thresholds[place] = inner.feature[node], inner.threshold[node]
        walk(node if ended else inner.children_left[node], 2 * place + 1)
        walk(node if ended else inner.children_right[node], 2 * place + 2)

    walk(0, 0)
    return {
        "feature": asked.tolist(),
        "threshold": thresholds.round(DIGITS).tolist(),
        "leaves": leaves.round(DIGITS).tolist(),
    }
