"""The models that could have been shipped, side by side under the same folds.

    python -m moodstream.training.candidates MOODS.csv

What a model says is always the most likely of the five moods, and no model is told the source of a song.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from rich.console import Console
from rich.table import Table
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from moodstream import rules
from moodstream.errors import MoodstreamError
from moodstream.model import Model
from moodstream.moods import LOOKS, Mood
from moodstream.parts import standardised
from moodstream.training import fitting, tables
from moodstream.training.crossing import Learner, Teller, cross_validate, fresh
from moodstream.training.figures import by_source, figures, overall
from moodstream.training.songs import MOODS5, Floats, Songs, labelled

FOLDS = 5
MOST_UNLIKELY = 1e-4


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One candidate: macro F1 by source, in folds by group, with the source left out, and in folds by song.

    Folds by song show what would have been claimed: songs of one artist or playlist are then on both sides.
    """

    candidate: str
    by_group: dict[str, float]
    left_out: dict[str, float]
    by_song: dict[str, float]
    ece: float | None


def compare(songs: Songs) -> list[Row]:
    """Judge the published rules and every one of `CANDIDATES`; takes minutes.

    Raises:
        ConfigurationError: the songs are too few, or of one mood.
    """
    rows = [judge(name, learner, songs) for name, learner in CANDIDATES.items()]
    by_rules = by_source(songs, rules.classify(songs.features))
    scores = {source: one.macro_f1 for source, one in by_rules.items()}
    return [Row(candidate="published rules", by_group=scores, left_out=scores, by_song=scores, ece=None), *rows]


def judge(name: str, learner: Learner, songs: Songs) -> Row:
    """Judge one candidate."""
    crossed = cross_validate(songs, FOLDS, learner)
    alone = np.array([str(place) for place in range(len(songs))], dtype=object)
    by_song = cross_validate(replace(songs, group=alone, track=alone), FOLDS, learner, leave_out=False)
    return Row(
        candidate=name,
        by_group={source: one.macro_f1 for source, one in by_source(songs, crossed.verdicts).items()},
        left_out={source: figures(songs.take(of), said).macro_f1 for source, of, said in crossed.left_out},
        by_song={source: one.macro_f1 for source, one in by_source(songs, by_song.verdicts).items()},
        ece=overall(songs, crossed.verdicts),
    )


def plain(make: Callable[[], Any], inputs: Callable[[Floats], Floats] = np.positive) -> Learner:
    """A classifier of scikit-learn, trained on all songs alike: what a source has no word for counts as evidence."""

    def learn(songs: Songs) -> Teller:
        features = fitting.describe(songs)
        model = make().fit(inputs(standardised(songs.features, features)), songs.mood)

        def tell(others: Songs) -> Floats:
            shares = np.full((len(others), len(MOODS5)), MOST_UNLIKELY)
            shares[:, model.classes_] = model.predict_proba(inputs(standardised(others.features, features)))
            logits: Floats = np.log(shares.clip(MOST_UNLIKELY))
            return logits

        return tell

    return learn


def with_words(linear: bool, trees: bool, copies: int, inputs: Callable[[Floats], Floats] = np.positive) -> Learner:
    """Parts of the shipped model: each source is held to the moods that it has words for, see `fitting`."""

    def learn(songs: Songs) -> Teller:
        features = fitting.describe(songs)
        examples = fitting.blurred(fitting.exemplify(songs, features), fitting.typical(features), copies)
        card = {"name": "a part", "features": features, "temperature": 1.0, "doubt": 0.0, "neutral_below": 0.0}
        nothing = {"weights": np.zeros((len(features), len(MOODS5))), "intercept": np.zeros(len(MOODS5))}
        grown = fitting.boosting(examples) if trees else {"feature": [], "threshold": [], "leaves": []}
        half = Model(card | {"linear": nothing, "trees": grown})
        weights, intercept = fitting.logistic(examples._replace(inputs=inputs(examples.inputs)))

        def tell(others: Songs) -> Floats:
            straight = inputs(standardised(others.features, features)) @ weights + intercept
            # `half` already halves what its trees say.
            logits: Floats = (straight * linear + 2 * half.logits(others.features) * trees) / (linear + trees)
            return logits

        return tell

    return learn


def on_the_plane(inputs: Floats) -> Floats:
    """Valence and energy alone, with their squares and their product."""
    valence, energy = inputs[:, 0], inputs[:, 1]
    return np.column_stack([valence, energy, valence**2, energy**2, valence * energy])


def with_the_plane(inputs: Floats) -> Floats:
    """All features, and the squares and the product of valence and energy."""
    return np.column_stack([inputs, on_the_plane(inputs)[:, 2:]])


def nearest_centre(songs: Songs) -> Teller:
    """Learn nothing: the mood whose middle on the plane is nearest, with energy as arousal."""
    del songs
    looks = np.array([(LOOKS[Mood(mood)].valence, LOOKS[Mood(mood)].arousal) for mood in MOODS5])

    def tell(others: Songs) -> Floats:
        places = np.nan_to_num(np.column_stack([others.features["valence"], others.features["energy"]]), nan=0.5)
        distances: Floats = ((places[:, None] - looks) ** 2).sum(axis=2)
        return -10 * distances

    return tell


def _logistic() -> LogisticRegression:
    return LogisticRegression(class_weight="balanced", max_iter=2000)


CANDIDATES: dict[str, Learner] = {
    "plane, nearest middle of a mood": nearest_centre,
    "plane, logistic regression": plain(_logistic, on_the_plane),
    "logistic regression": plain(_logistic),
    "random forest": plain(
        lambda: RandomForestClassifier(200, min_samples_leaf=3, class_weight="balanced", random_state=1)
    ),
    "MLP 64-32": plain(lambda: MLPClassifier((64, 32), alpha=0.01, early_stopping=True, random_state=1)),
    "gradient boosting": plain(
        lambda: HistGradientBoostingClassifier(max_iter=100, max_leaf_nodes=8, class_weight="balanced", random_state=1)
    ),
    "own words: logistic regression": with_words(linear=True, trees=False, copies=0),
    "own words: logistic regression with the plane": with_words(True, False, 0, with_the_plane),
    "own words: trees": with_words(linear=False, trees=True, copies=0),
    "own words: both": with_words(linear=True, trees=True, copies=0),
    "own words: both, noisy copies (shipped)": fresh,
}


def show(rows: list[Row]) -> None:
    """Print the candidates as a table."""
    sources = sorted(rows[0].by_group)
    kinds = ("by_group", "left_out", "by_song")
    table = Table("candidate", *(f"{kind.replace('_', ' ')}: {source}" for kind in kinds for source in sources), "ECE")
    for row in rows:
        shares = [getattr(row, kind).get(source) for kind in kinds for source in sources]
        table.add_row(row.candidate, *("-" if share is None else f"{share:.3f}" for share in (*shares, row.ece)))
    Console(width=200).print(table)


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        show(compare(labelled(tables.read(Path(arguments[0])))))
    except MoodstreamError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
