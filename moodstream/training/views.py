"""What training and evaluation report, as tables for a terminal."""

from collections.abc import Iterator, Mapping

from rich.console import RenderableType
from rich.table import Table

from moodstream import terminal
from moodstream.printable import printable
from moodstream.terminal import table
from moodstream.training.evaluation import Evaluation
from moodstream.training.figures import SAID, MoodFigures
from moodstream.training.moods import Training
from moodstream.training.regressors import FeatureFigure, Ratings


def show(report: Evaluation | Training) -> None:
    """Print a report."""
    terminal.show(evaluation(report) if isinstance(report, Evaluation) else training(report))


def evaluation(report: Evaluation) -> Iterator[RenderableType]:
    """What to print for `--evaluate`, piece by piece."""
    how = f"in {report.folds} folds by group" if report.folds else "as it is"
    yield f"{report.model} on {printable(report.table)}, {how}"
    if report.seen:
        yield "The model was trained on this very table: these figures flatter it, --folds 5 does not."
    if report.unlabelled:
        yield f"{report.unlabelled:,} rows have none of the five moods and are left out."
    if report.moods is not None:
        yield from _moods(report.moods)
        yield f"Expected calibration error over all songs: {_number(report.ece)}"
    if report.left_out:
        yield "Each source by a model that learned from the others alone"
        yield _figures(report.left_out)
    if report.ratings:
        yield _ratings(report.ratings)
    if report.features:
        yield _features(report.features)


def training(report: Training) -> Iterator[RenderableType]:
    """What to print for `--train`, piece by piece."""
    yield f"{report.model}, trained on {report.songs:,} songs with moods by {report.labels}, in folds by group"
    if report.unlabelled:
        yield f"{report.unlabelled:,} rows have none of the five moods and are left out."
    yield from _moods(report.moods)
    if report.as_heard:
        yield "The same songs with features as uncertain as what is told from sound"
        yield _figures(report.as_heard)
    if report.circular:
        yield "These figures are circular: the moods are clusters of the very features that the model hears."
    if report.never_said:
        yield f"No song is {' or '.join(report.never_said)}, so this model will never say so."
    yield (
        f"Calibration error {_number(report.ece_before)}, calibrated {_number(report.ece)}; "
        f"Neutral below {report.neutral_below:.2f}"
    )
    yield f"{'Taken into use' if report.taken else 'Not taken into use'}, {report.why}: {report.file}"


def _moods(moods: Mapping[str, MoodFigures]) -> Iterator[RenderableType]:
    yield _figures(moods)
    for source, found in moods.items():
        yield f"{printable(source)}: a row for each label, a column for what is said"
        rows = [
            (mood, *(f"{row[said]:,}" for said in SAID), f"{found.f1[mood]:.3f}")
            for mood, row in found.confusion.items()
        ]
        yield table(("", *SAID, "F1"), rows)


def _figures(moods: Mapping[str, MoodFigures]) -> Table:
    heads = ("", "songs", "accuracy", "macro F1", "majority", "rules F1", "ECE", "Neutral", "right where answered")
    rows = [
        (
            source,
            f"{one.n:,}",
            *(_number(share) for share in (one.accuracy, one.macro_f1, one.majority, one.rules_macro_f1, one.ece)),
            _number(one.neutral_share),
            _number(one.accuracy_where_answered),
        )
        for source, one in moods.items()
    ]
    return table(heads, rows)


def _ratings(found: Ratings) -> Table:
    rows = [
        ("songs", f"{found.n:,}"),
        *((f"arousal, {name}", _number(getattr(found.arousal, name))) for name in ("r2", "spearman")),
        *((f"valence, {name}", _number(getattr(found.valence, name))) for name in ("r2", "spearman")),
        ("quadrant accuracy", _number(found.quadrant_accuracy)),
        ("majority", _number(found.majority)),
    ]
    return table(("", ""), rows)


def _features(found: Mapping[str, FeatureFigure]) -> Table:
    return table(("feature", "R2", "MAE"), [(name, _number(one.r2), _number(one.mae)) for name, one in found.items()])


def _number(share: float | None) -> str:
    return "-" if share is None else f"{share:.3f}"
