"""What a mood model computes with: features -> logits and probabilities of the five moods, with numpy alone.

A part is the mean of two that err differently, a logistic regression and small decision trees (gradient boosting), or
the logistic regression alone where it has no trees.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from moodstream.rules import MOODS, NEEDED, Floats

Card = dict[str, Any]

DEPTH = 3
LEAVES = 1 << DEPTH
NODES = LEAVES - 1
NEUTRAL = MOODS.index("Neutral")
TRANSFORMS: dict[str, Callable[[Floats], Floats]] = {"as it is": np.positive, "log": np.log}

WIDTH = 8
"""The five moods, filled up to what a processor adds at once."""

FEW = 16
"""Songs whose answers of all trees are small enough to be held together."""

BLOCK = 8192
"""Songs that go through the trees at once: what is made of them fits the processor's cache."""


def leaf_of(code: int) -> int:
    """Where a song ends whose answers at the nodes of a tree, from the root down, are the bits of `code`."""
    node = 0
    for _ in range(DEPTH):
        node = 2 * node + 1 + (code >> NODES - 1 - node & 1)
    return node - NODES


BITS = (1 << np.arange(NODES)[::-1]).astype(np.uint8)[:, None]
PATHS = np.array([leaf_of(code) for code in range(1 << NODES)])


class Part:
    """What one kind of features is judged by. `inputs` are the features that it reads.

    Args:
        card: `features` with their transforms, ranges and typical values, the weights of `linear` and `trees`,
            `temperature`, `doubt` and `neutral_below`.
    """

    def __init__(self, card: Card) -> None:
        self._features: list[dict[str, Any]] = card["features"]
        self.inputs: tuple[str, ...] = tuple(feature["name"] for feature in self._features)
        self._weights = np.array(card["linear"]["weights"], dtype=np.float64)
        self._intercept = np.array(card["linear"]["intercept"], dtype=np.float64)
        self._asked = np.array(card["trees"]["feature"], dtype=np.int64).reshape(-1, NODES)
        self._thresholds = np.array(card["trees"]["threshold"], dtype=np.float32).reshape(-1, NODES, 1)
        leaves = np.array(card["trees"]["leaves"], dtype=np.float32).reshape(-1, LEAVES, NEUTRAL)
        self._answers = np.pad(leaves[:, PATHS], ((0, 0), (0, 0), (0, WIDTH - NEUTRAL)))
        self._temperature: float = card["temperature"]
        self._doubt: float = card["doubt"]
        self.neutral_below: float = card["neutral_below"]
        if self._weights.shape != (len(self._features), NEUTRAL) or self._intercept.shape != (NEUTRAL,):
            raise ValueError("weights of another shape than the features")
        if self._asked.max(initial=0) >= len(self._features) or not len(self._asked) == len(leaves):
            raise ValueError("trees that ask for features that are not there")

    def logits(self, table: Mapping[str, Any]) -> Floats:
        """What is said of n songs before it is calibrated: (n, 5), in the order of `rules.MOODS`."""
        inputs = standardised(table, self._features)
        straight: Floats = inputs @ self._weights + self._intercept
        return 0.5 * (straight + self._through_trees(inputs)) if len(self._asked) else straight

    def probabilities(self, table: Mapping[str, Any]) -> Floats:
        """What is said of n songs: (n, 5), in the order of `rules.MOODS`."""
        return calibrated(self.logits(table), self._temperature, self._doubt)

    def _through_trees(self, inputs: Floats) -> Floats:
        return self._at_once(inputs) if len(inputs) <= FEW else self._tree_by_tree(inputs)

    def _at_once(self, inputs: Floats) -> Floats:
        """Through all trees in a few steps; the answers are added in the order of the trees, as in `_tree_by_tree`."""
        columns = inputs.T.astype(np.float32)
        codes = np.bitwise_or.reduce((columns[self._asked] > self._thresholds).view(np.uint8) * BITS, axis=1)
        said = np.add.reduce(self._answers[np.arange(len(codes))[:, None], codes], axis=0)
        return np.asarray(said[:, :NEUTRAL], dtype=np.float64)

    def _tree_by_tree(self, inputs: Floats) -> Floats:
        said = np.zeros((len(inputs), WIDTH), dtype=np.float32)
        for start in range(0, len(inputs), BLOCK):
            columns = np.ascontiguousarray(inputs[start : start + BLOCK].T, dtype=np.float32)
            block = said[start : start + BLOCK]
            for asked, thresholds, answers in zip(self._asked, self._thresholds, self._answers, strict=True):
                code = np.bitwise_or.reduce((columns[asked] > thresholds).view(np.uint8) * BITS, axis=0)
                block += answers.take(code, axis=0)
        return said[:, :NEUTRAL].astype(np.float64)


def calibrated(logits: Floats, temperature: float, doubt: float) -> Floats:
    """Probabilities, (n, 5), where a share `doubt` of songs is thought to have any mood, for no reason in the sound."""
    shares: Floats = (1 - doubt) * softmax(logits / temperature) + doubt / logits.shape[-1]
    return shares


def standardised(table: Mapping[str, Any], features: list[dict[str, Any]]) -> Floats:
    """Features as the model takes them, (n, number of features): within their range, transformed, mean 0, deviation 1.

    What is not known (NaN, or no such column) becomes the feature's `typical` value.
    """
    songs = len(table[NEEDED[0]])
    inputs = np.empty((songs, len(features)))
    for place, feature in enumerate(features):
        given = table[feature["name"]] if feature["name"] in table else np.full(songs, np.nan)
        values = np.asarray(given, dtype=np.float64)
        values = np.where(np.isnan(values), feature["typical"], values).clip(feature["low"], feature["high"])
        transform = TRANSFORMS[feature["transform"]]
        inputs[:, place] = (transform(values + feature["add"]) - feature["mean"]) / feature["deviation"]
    return inputs


def softmax(logits: Floats) -> Floats:
    """Probabilities along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return shares
