"""Who tells the moods: the trained model in use, or the published rules."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from moodstream import model, rules
from moodstream.messages import Classification, Play, derived_id
from moodstream.rules import MOODS, Floats, Verdicts

Kind = Literal["trained", "rules"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Classifier(NamedTuple):
    """A judge of moods: its `name` with its version, the features that it reads, and how it judges n songs at once.

    The features are names of `messages.Features`; each is a column of n floats, NaN where not known.
    """

    name: str
    inputs: tuple[str, ...]
    classify: Callable[[Mapping[str, Any]], Verdicts]


RULES = Classifier(rules.MODEL, rules.NEEDED, rules.classify)


def classifier(kind: Kind, model_dir: Path) -> Classifier:
    """The rules, or the trained model: that in `model_dir`, and where there is none, the one that comes along.

    Raises:
        ConfigurationError: the model in `model_dir` is damaged, or of a version that is not known here.
    """
    if kind == "rules":
        return RULES
    trained = model.load(model.in_use(model_dir))
    return Classifier(trained.name, trained.inputs, trained.classify)


def classified(plays: Sequence[Play], by: Classifier, now: datetime) -> list[Classification]:
    """The mood of each play, or the reason why it has none."""
    verdicts = by.classify(rules.columns((play.song.features for play in plays), by.inputs))
    return [_said(play, now, by.name, verdicts, place) for place, play in enumerate(plays)]


def _said(play: Play, now: datetime, model: str, verdicts: Verdicts, place: int) -> Classification:
    reason = verdicts.reason[place]
    return Classification(
        event_id=derived_id(play.event_id, "mood"),
        play_id=play.event_id,
        listener=play.listener,
        played_at=play.played_at,
        classified_at=now,
        source=play.source,
        song=play.song,
        model=model,
        mood=None if reason else MOODS[verdicts.mood[place]],
        confidence=None if reason else float(verdicts.confidence[place]),
        probabilities=None if reason or verdicts.probabilities is None else _shares(verdicts.probabilities[place]),
        reason=reason,
    )


def _shares(probabilities: Floats) -> dict[Any, float]:
    return dict(zip(MOODS, (round(share, 4) for share in probabilities.tolist()), strict=False))
