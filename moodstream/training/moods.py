"""Trains a mood model from a table, from clusters, or from corrections, and takes it into use if it is not worse."""

import hashlib
import json
import logging
import platform
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec
import numpy as np
import pandas as pd
import scipy
import sklearn

from moodstream.errors import ConfigurationError
from moodstream.keeping import folder, readable, write
from moodstream.model import FORMAT, SHIPPED, Model, in_use, load
from moodstream.parts import Card
from moodstream.training.adapting import adapted, learner_from, sureness_of, unmoved
from moodstream.training.clusters import named_clusters
from moodstream.training.crossing import Crossed, cross_validate
from moodstream.training.figures import MoodFigures, by_source, macro_f1, overall
from moodstream.training.fitting import NEVER, fit
from moodstream.training.hearing import fit_heard
from moodstream.training.songs import MOODS5, Songs, labelled
from moodstream.training.tables import Table

log = logging.getLogger(__name__)

FOLDS = 5

Labels = Literal["tags", "kmeans", "feedback"]


class Judged(NamedTuple):
    """A model with its macro F1 (the mean over sources) on songs that it had not seen, and how these were chosen."""

    name: str
    macro_f1: float
    how: str


class Training(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `--train` did.

    `moods` are the figures of cross-validation by group, `as_heard` those of the songs with features as uncertain as
    what is told from sound. `ece_before` and `ece` are the calibration error before and after calibration. `macro_f1`
    (the mean over sources) decides against that of the model in use (`in_use`), both on songs not seen. `taken` says
    whether the new model is now the one in use; `why` says why, or why not, and `file` where it was written.
    `circular` marks an accuracy that says nothing: of clusters of the very features that are judged.
    """

    job: Literal["train"] = "train"
    labels: Labels
    model: str
    songs: int
    unlabelled: int
    moods: dict[str, MoodFigures]
    as_heard: dict[str, MoodFigures] = {}
    ece_before: float
    ece: float | None
    temperature: float
    doubt: float
    neutral_below: float
    macro_f1: float
    in_use: str | None
    in_use_macro_f1: float | None
    taken: bool
    why: str
    file: str
    circular: bool = False
    never_said: list[str] = []


def train(table: Table, labels: Labels, out: Path) -> Training:
    """Train a mood model and take it into use, as DIR/mood.json, if it is not worse than the one there.

    Args:
        table: for "tags" with moods; for "kmeans" any features, whose moods, if it has them, are not learned from; for
            "feedback" see `corrections`.
        labels: where the moods to learn from come from. "feedback" moves the model in use no further than the
            corrections call for; the others start afresh.
        out: the folder of the models: `mood.json` is in use (the shipped one where there is none), `mood.previous.json`
            was before, `mood.candidate.json` is one that was not taken.

    Raises:
        ConfigurationError: the table is of another kind; the songs are too few, or all of one mood; there is no
            readable model that feedback could move; or `out` cannot be written to.
    """
    if table.kind not in ("moods", "features"):
        raise ConfigurationError(
            f"{table.name} is a table of {table.kind}: a mood model learns from features of songs."
        )
    out = folder(out)
    before = load(in_use(out)) if labels == "feedback" else readable(in_use(out))
    return _train(table, labels, out, before)


def ship(table: Table) -> Training:
    """Train the model that comes along, from a table with moods, as if there had been none before."""
    return _train(table, "tags", SHIPPED.parent, None)


def _train(table: Table, labels: Labels, out: Path, before: Model | None) -> Training:
    songs = named_clusters(table) if labels == "kmeans" else labelled(table)
    as_heard: dict[str, MoodFigures] = {}
    if labels == "feedback" and before:
        crossed = cross_validate(songs, FOLDS, learner_from(before), leave_out=False, sure=sureness_of(before))
        parts = adapted(before, songs)
    else:
        log.info("stage: judging by features of catalogues")
        crossed = cross_validate(songs, FOLDS, leave_out=False)
        log.info("stage: judging by features as they are heard")
        by_ear, as_heard = fit_heard(songs, FOLDS, crossed.sureness.neutral_below)
        log.info("stage: learning from all songs")
        parts = fit(songs) | {"heard": by_ear}
    figures = by_source(songs, crossed.verdicts)
    card = _card(parts, songs, crossed, figures, table, labels, before)
    log.info("stage: judging the model in use")
    new, old = Judged(card["name"], macro_f1(songs, crossed.verdicts), "in folds"), _judge(before, songs, table)
    silent = [mood for place, mood in enumerate(MOODS5) if place not in songs.mood and labels != "feedback"]
    taken, why = _decision(new, old, circular=labels == "kmeans", forgotten=_said(before, silent))
    return Training(
        labels=labels,
        model=new.name,
        songs=len(songs),
        unlabelled=songs.unlabelled,
        moods=figures,
        as_heard=as_heard,
        ece_before=round(crossed.ece_before, 4),
        ece=overall(songs, crossed.verdicts),
        temperature=crossed.sureness.temperature,
        doubt=crossed.sureness.doubt,
        neutral_below=crossed.sureness.neutral_below,
        macro_f1=new.macro_f1,
        in_use=old and old.name,
        in_use_macro_f1=old and old.macro_f1,
        taken=taken,
        why=why,
        file=str(write(Model(card), out, taken, before)),
        circular=labels == "kmeans",
        never_said=silent,
    )


def _judge(before: Model | None, songs: Songs, table: Table) -> Judged | None:
    """The model in use on songs that it had not seen: these, or those of its own cross-validation of this table.

    That it learned from some of these songs is not noticed unless the tables are the same, and is then in its favour.
    Corrections have been learned from before, so they judge it as it was before any.
    """
    if before is None:
        return None
    trained_on = before.card.get("trained_on", {})
    if trained_on.get("labels") == "feedback":
        before = unmoved(before)
        return Judged(before.name, macro_f1(songs, before.classify(songs.features)), "before any correction")
    if table.sha256 == trained_on.get("sha256"):
        return Judged(before.name, trained_on["macro_f1"], "in folds of the same table, when it was trained")
    return Judged(before.name, macro_f1(songs, before.classify(songs.features)), "as it is")


def _said(before: Model | None, moods: list[str]) -> list[str]:
    """Those of the moods that the model in use may say."""
    if before is None:
        return []
    intercept = before.card["linear"]["intercept"]
    return [mood for mood in moods if intercept[MOODS5.index(mood)] > NEVER / 2]


def _decision(new: Judged, old: Judged | None, circular: bool, forgotten: list[str]) -> tuple[bool, str]:
    if circular:
        return False, "clusters cannot show that it is not worse than the one in use: judge it by a table with moods"
    if old is None:
        return True, "there was no model in use here"
    if forgotten:
        return False, f"it would never say {' or '.join(forgotten)}, as {old.name} does: give a table that has them"
    figures = f"macro F1 {new.macro_f1:.3f} ({new.how}) beside {old.macro_f1:.3f} of {old.name} ({old.how})"
    return (True, f"not worse: {figures}") if new.macro_f1 >= old.macro_f1 else (False, f"worse: {figures}")


def _card(
    parts: Card,
    songs: Songs,
    crossed: Crossed,
    figures: dict[str, MoodFigures],
    table: Table,
    labels: Labels,
    before: Model | None,
) -> Card:
    """All that the file of a model holds, but for its checksum."""
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    generation = 1 + (before.card["generation"] if before else 0)
    return {
        "format": FORMAT,
        "name": f"moods-{generation}.{digest[:6]}",
        "generation": generation,
        **parts,
        **crossed.sureness._asdict(),
        "moods": list(MOODS5),
        "trained_on": {
            "table": table.name,
            "sha256": table.sha256,
            "labels": labels,
            "songs": {source: one.n for source, one in figures.items()},
            "macro_f1": macro_f1(songs, crossed.verdicts),
            "after": before.name if before else None,
        },
        "figures": {"folds": FOLDS, "moods": msgspec.to_builtins(figures), "ece_before": round(crossed.ece_before, 4)},
        "versions": _versions(),
    }


def _versions() -> dict[str, Any]:
    libraries = {"numpy": np, "pandas": pd, "scipy": scipy, "scikit-learn": sklearn}
    return {"python": platform.python_version()} | {name: one.__version__ for name, one in libraries.items()}
