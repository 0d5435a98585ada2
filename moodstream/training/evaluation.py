"""Judges the models by a table: the mood model by moods, those of the sound by ratings or by features."""

from pathlib import Path

import msgspec

from moodstream import model as models
from moodstream.audio.regressors import shipped
from moodstream.errors import ConfigurationError
from moodstream.training import crossing, regressors, tables
from moodstream.training.figures import MoodFigures, by_source, figures, overall
from moodstream.training.songs import labelled


class Evaluation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `--evaluate` found; what the table does not allow is left out.

    `moods` and `left_out` are by source; `left_out` is of models that learned from all other sources alone, where
    those have two moods or more. `ece` is the expected calibration error over all songs, `ece_before` (in folds) that
    before calibration. `seen` says that the model was trained on this very table, so that the figures flatter it.
    `unlabelled` rows had none of the five moods.
    """

    model: str
    table: str
    folds: int | None = None
    seen: bool = False
    unlabelled: int = 0
    moods: dict[str, MoodFigures] | None = None
    ece: float | None = None
    ece_before: float | None = None
    left_out: dict[str, MoodFigures] | None = None
    ratings: regressors.Ratings | None = None
    features: dict[str, regressors.FeatureFigure] | None = None


def evaluate(path: Path, folds: int | None = None, model: models.Model | None = None) -> Evaluation:
    """Judge by a table of moods, of ratings, or of descriptors with features; its columns say which it is.

    Args:
        path: a CSV file, see `tables.read`.
        folds: None to judge the model as it is; otherwise models are fitted anew in so many folds by group, and with
            each source left out, and `model` gives no more than its name.
        model: the mood model, the shipped one by default.

    Raises:
        ConfigurationError: the table is none to judge by, or has too few groups for so many folds.
    """
    if folds is not None and folds < 2:
        raise ConfigurationError(f"--folds is {folds}, but there must be 2 or more.")
    table = tables.read(path)
    if table.kind == "features":
        raise ConfigurationError(f"{path} has neither moods nor descriptors: there is nothing to judge a model by.")
    if table.kind == "moods":
        return evaluate_moods(table, folds, model or models.load())
    return _evaluate_regressors(table, folds)


def _evaluate_regressors(table: tables.Table, folds: int | None) -> Evaluation:
    of_ratings, weights = table.kind == "ratings", shipped()
    return Evaluation(
        model=weights.version if folds is None else f"{weights.version}, trained anew {folds} times",
        table=table.name,
        folds=folds,
        seen=folds is None and table.sha256 in weights.trained_on.values(),
        ratings=regressors.evaluate_ratings(table.frame, folds) if of_ratings else None,
        features=None if of_ratings else regressors.evaluate_features(table.frame, folds),
    )


def evaluate_moods(table: tables.Table, folds: int | None, model: models.Model) -> Evaluation:
    """Judge the mood model as it is, or the way in which it is trained by `folds`."""
    songs = labelled(table)
    if folds is None:
        verdicts = model.classify(songs.features)
        return Evaluation(
            model=model.name,
            table=table.name,
            seen=model.card["trained_on"].get("sha256") == table.sha256,
            unlabelled=songs.unlabelled,
            moods=by_source(songs, verdicts),
            ece=overall(songs, verdicts),
        )
    crossed = crossing.cross_validate(songs, folds)
    return Evaluation(
        model=f"{model.name}, trained anew {folds} times",
        table=table.name,
        folds=folds,
        unlabelled=songs.unlabelled,
        moods=by_source(songs, crossed.verdicts),
        ece=overall(songs, crossed.verdicts),
        ece_before=round(crossed.ece_before, 4),
        left_out={source: figures(songs.take(places), said) for source, places, said in crossed.left_out} or None,
    )
