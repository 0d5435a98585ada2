"""Trains what comes along, judges it, and writes docs/model-card.md from what that gave: `make card`.

    python -m docs.model_card TABLES MUSIC

TABLES is a folder with deam_train.csv, fma_echonest_train.csv, fma_echonest_all.csv and moods_train.csv; MUSIC one with
a folder of music for each kind, such as `metal/` and `piano/`. Neither is a part of the project.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from moodstream import model
from moodstream.audio import regressors
from moodstream.classifiers import classified, classifier
from moodstream.errors import ConfigurationError, MoodstreamError
from moodstream.messages import Classification
from moodstream.settings import ROOT
from moodstream.sources import Report, folder
from moodstream.sources import make_play as play_of
from moodstream.training import candidates, comparison, evaluation, moods, tables, weights
from moodstream.training.examples import Examples, feature_examples
from moodstream.training.figures import MoodFigures
from moodstream.training.regressors import cross_validated, judge_features, on_landmarks
from moodstream.training.songs import labelled

PAGE = ROOT / "docs" / "model-card.md"
TEMPLATE = PAGE.with_suffix(".template.md")
FOLDS = 5
SHOWN = ("valence", "arousal", "energy", "danceability", "acousticness", "instrumentalness")


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    given, music = map(Path, arguments)
    try:
        if not music.is_dir():
            raise ConfigurationError(f"{music} is no folder: name one with a folder of music for each kind.")
        PAGE.write_text(page(given, music), encoding="utf-8")
    except MoodstreamError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def page(given: Path, music: Path) -> str:
    """The page; the weights and the model that come along are written on the way."""
    deam, fma, spread, tagged = (
        tables.read(given / f"{name}.csv")
        for name in ("deam_train", "fma_echonest_train", "fma_echonest_all", "moods_train")
    )
    weights.write(weights.train(deam, fma, spread), regressors.WEIGHTS)
    regressors.shipped.cache_clear()
    trained = moods.ship(tagged)
    crossed = evaluation.evaluate(given / "moods_train.csv", FOLDS)
    shipped = regressors.shipped()
    texts = {
        "model": trained.model,
        "regressors": shipped.version,
        "tables": _rows(
            ("table", "rows", "SHA-256"),
            [(table.name, f"{len(table.frame):,}", table.sha256[:12]) for table in (deam, fma, spread, tagged)],
        ),
        "features": _features(shipped, feature_examples(fma.frame)),
        "ratings": _ratings(given / "deam_train.csv"),
        "regression": _regression(comparison.compare_regressors(deam.frame, FOLDS)),
        "feature_regression": _regression(comparison.compare_regressors(fma.frame, FOLDS)),
        "candidates": _candidates(candidates.compare(labelled(tagged))),
        "moods": _moods(crossed.moods or {}),
        "left_out": _moods(crossed.left_out or {}),
        "as_heard": _moods(trained.as_heard),
        "ece": f"{trained.ece:.3f}",
        "ece_before": f"{trained.ece_before:.3f}",
        "neutral_below": f"{trained.neutral_below:.3f}",
        "music": _music(music),
    }
    return TEMPLATE.read_text(encoding="utf-8").format_map(texts)


def _features(shipped: regressors.Weights, fma: Examples) -> str:
    given = _as_given(shipped, fma)
    rows = [
        (name, "modelled", *(f"{one.r2:.2f}" for one in figures), f"{figures[-1].mae:.3f}", given.get(name, "-"))
        for name, figures in shipped.figures.items()
    ]
    rows += [(name, "estimated", "-", "-", "-", "-") for name in shipped.constants]
    rows += [(name, "measured", "-", "-", "-", "-") for name in ("tempo", "loudness", "key", "mode", "time signature")]
    return _rows(("feature", "how", "R2, 5 folds", "R2, 10 folds", "mean absolute error", "R2, stretched"), rows)


def _as_given(shipped: regressors.Weights, fma: Examples) -> dict[str, str]:
    """R2 of the features as songs get them, in as many folds as the last figure of each has."""
    told = cross_validated(fma, weights.FOLDS[-1], on_landmarks)
    stretched = {
        name: told[name] * shipped.stretches[name][0] + shipped.stretches[name][1]
        for name in told
        if name in shipped.stretches
    }
    truth = {name: fma.targets[name] for name in stretched}
    judged = judge_features(truth, {name: values.clip(0, 1) for name, values in stretched.items()})
    return {name: f"{one.r2:.2f}" for name, one in judged.items()}


def _ratings(path: Path) -> str:
    found = evaluation.evaluate(path, FOLDS).ratings
    if found is None:
        raise MoodstreamError(f"{path} has no ratings.")
    return _rows(
        ("", "R2", "rank correlation"),
        [
            (name, f"{one.r2:.3f}", f"{one.spearman:.3f}")
            for name, one in (("arousal", found.arousal), ("valence", found.valence))
        ],
    ) + (
        f"\n\nQuadrant accuracy {found.quadrant_accuracy:.3f}; always the commonest quadrant: {found.majority:.3f}; "
        "two sources of ratings agree in about 0.78."
    )


def _regression(found: Sequence[comparison.Candidate]) -> str:
    heads = ("method", *(f"{name}, R2" for name in found[0].r2))
    rows = [(row.method, *(f"{r2:.3f}" for r2 in row.r2.values())) for row in found]
    if found[0].quadrant_accuracy is None:
        return _rows(heads, rows)
    quadrants = [f"{row.quadrant_accuracy:.3f}" for row in found]
    return _rows((*heads, "quadrant accuracy"), [(*row, share) for row, share in zip(rows, quadrants, strict=True)])


def _candidates(rows: list[candidates.Row]) -> str:
    sources = sorted(rows[0].by_group)
    heads = ("candidate", *(f"{kind}: {source}" for kind in ("folds", "left out", "random") for source in sources))
    return _rows(
        (*heads, "ECE"),
        [
            (
                row.candidate,
                *(f"{f1:.2f}" for kind in (row.by_group, row.left_out, row.by_song) for f1 in _of(kind, sources)),
                "-" if row.ece is None else f"{row.ece:.3f}",
            )
            for row in rows
        ],
    )


def _of(kind: Mapping[str, float], sources: Iterable[str]) -> list[float]:
    return [kind.get(source, float("nan")) for source in sources]


def _moods(found: Mapping[str, MoodFigures]) -> str:
    heads = ("source", "songs", "macro F1", "accuracy", "majority", "rules, macro F1", "ECE", "Neutral", "right if not")
    return _rows(
        heads,
        [
            (
                source,
                f"{one.n:,}",
                *(f"{share:.3f}" for share in (one.macro_f1, one.accuracy, one.majority, one.rules_macro_f1)),
                "-" if one.ece is None else f"{one.ece:.3f}",
                f"{one.neutral_share:.0%}",
                "-" if one.accuracy_where_answered is None else f"{one.accuracy_where_answered:.3f}",
            )
            for source, one in found.items()
        ],
    )


def _music(music: Path) -> str:
    rows = []
    for kind in sorted(path for path in music.iterdir() if path.is_dir()):
        for said in _heard(kind):
            song = said.song
            features = song.features
            shares = [f"{getattr(features, name):.2f}" for name in SHOWN]
            tempo = "-" if features is None or features.tempo is None else f"{features.tempo:.0f}"
            mood = f"{said.mood} {said.confidence:.2f}"
            rows.append((kind.name, f"{song.artist} - {song.title}", *shares, tempo, mood))
    return _rows(("kind", "file", *SHOWN, "tempo", "mood, probability"), rows)


def _heard(kind: Path) -> list[Classification]:
    """The music of a folder, analysed anew."""
    by = classifier("trained", model.SHIPPED.parent)
    with TemporaryDirectory() as cache:
        songs = list(folder.songs(kind, Path(cache), Report(), None))
    now = datetime.now(UTC)
    return classified([play_of("folder", "me", song, now) for song in songs], by, now)


def _rows(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
