"""How many songs a second the mood model tells, beside a plain net of the usual size in bare matrices."""

from itertools import pairwise

import numpy as np

from benchmarks.figures import Figure, rate
from moodstream import model

SONGS = 100_000
SECONDS = 0.2
"""What a batch of so many songs may take."""
NET = (64, 32, 5)


def songs(number: int) -> dict[str, np.ndarray]:
    """Made-up songs, the same at every call; of each feature one in a hundred is not known."""
    random = np.random.default_rng(1)
    columns = {}
    for feature in model.load().card["features"]:
        values = random.uniform(feature["low"], feature["high"], number)
        columns[feature["name"]] = np.where(random.random(number) < 0.01, np.nan, values)
    return columns


def figures() -> list[Figure]:
    shipped, columns = model.load(), songs(SONGS)
    ours = rate(lambda: shipped.classify(columns), SONGS)
    inputs = np.nan_to_num(np.column_stack(list(columns.values()))).astype(np.float32)
    random = np.random.default_rng(2)
    sizes = (inputs.shape[1], *NET)
    layers = [random.normal(size=size).astype(np.float32) for size in pairwise(sizes)]
    bare = rate(lambda: _through(layers, inputs), SONGS)
    return [
        Figure(f"mood model over {SONGS:,} songs", ours, "songs/s", SONGS / SECONDS, f"{SONGS:,} in {SECONDS} s"),
        Figure("mood model, with reasons", ours, "songs/s", bare, "a net of 64-32, in bare matrices"),
    ]


def _through(layers: list[np.ndarray], inputs: np.ndarray) -> np.ndarray:
    for layer in layers:
        inputs = np.maximum(inputs @ layer, 0)
    return inputs
