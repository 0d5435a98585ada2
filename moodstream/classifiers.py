"""Who tells the moods: the trained model in use, or the published rules."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from moodstream import model, rules
from moodstream.errors import ConfigurationError
from moodstream.messages import Classification, Play, derived_id
from moodstream.rules import MOODS, Floats, Verdicts

log = logging.getLogger(__name__)

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


State = tuple[str, int, int, int] | str
"""What tells a file from the one before it: path, inode, size, and time of change (ns); or why it cannot be told."""


class Current:
    """The classifier in use, for a process that runs on while models are trained: a new one is taken when it is asked
    for. Where the new one is damaged, that is logged once, and the one before stays. Safe to be used by many threads.

    Args:
        kind: the rules never change.
        model_dir: see `classifier`.
    """

    def __init__(self, kind: Kind, model_dir: Path) -> None:
        self._kind: Kind = kind
        self._folder = model_dir
        self._lock = threading.Lock()
        self._state: State = ""
        self._by: Classifier | None = None

    @property
    def classifier(self) -> Classifier:
        """The one in use. It costs a look at the file.

        Raises:
            ConfigurationError: as `classifier` says, while there is none to begin with.
        """
        with self._lock:
            # Looked at before it is read: a file that is replaced in between is read again.
            state = self._look() if self._kind == "trained" else ""
            if self._by is None:
                self._by = classifier(self._kind, self._folder)
            elif state != self._state:
                self._by = self._renewed(self._by)
            self._state = state
            return self._by

    def _look(self) -> State:
        try:
            path = model.in_use(self._folder)
            found = path.stat()
        except (OSError, ConfigurationError) as error:
            return str(error)
        return str(path), found.st_ino, found.st_size, found.st_mtime_ns

    def _renewed(self, before: Classifier) -> Classifier:
        try:
            by = classifier(self._kind, self._folder)
        except ConfigurationError as error:
            log.error("moods are told by %s as before, since the new model cannot be used: %s", before.name, error)
            return before
        if by.name != before.name:
            log.info("moods are told by %s from now on", by.name)
        return by


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
