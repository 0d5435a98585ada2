"""The part of a mood model that judges songs by their sound: trained on tables made as uncertain as what is heard.

There is no table with both the sound and the mood of songs. So the features of a table are made as uncertain as those
that the regressors tell from sound, by the share of the variance that these explain (R2), and the part is trained and
calibrated on that. It reads the features that the published rules read, and no others:

- loudness, since it says how a recording was mastered: games, films and classical music lie 10 dB below albums;
- instrumentalness, since only the Calm playlists of the tables hold instrumental music, so that a model that hears it
  takes all music without a singer to be calm; and since a third of its variance is all that the sound tells of it;
- speechiness, of which the sound tells a fifth.
"""

from dataclasses import replace

import numpy as np

from moodstream.audio.regressors import shipped
from moodstream.model import decide, gaps
from moodstream.parts import Card, standardised
from moodstream.rules import NEEDED
from moodstream.training.crossing import Teller, cross_validate
from moodstream.training.figures import MoodFigures, by_source
from moodstream.training.fitting import NO_TREES, SEED, describe, exemplify, logistic, rounded
from moodstream.training.songs import Floats, Songs

COPIES = 6
"""How often each song is made uncertain, otherwise each time."""

OTHER_OCTAVE = 0.07
"""The share of tempi that are heard as half or double, of synthesised pieces whose tempo is known."""


def fit_heard(songs: Songs, folds: int, neutral_below: float) -> tuple[Card, dict[str, MoodFigures]]:
    """The part, calibrated, and how well it told, in folds by group, the songs as they might be heard.

    Neutral is said below the same probability as of features that a catalogue gives, so that it means the same.

    Raises:
        ConfigurationError: as `cross_validate`.
    """
    uncertain = as_heard(songs)
    crossed = cross_validate(uncertain, folds, _learn, leave_out=False)
    once = np.arange(len(songs))
    told = uncertain.take(once)
    verdicts = decide(crossed.probabilities[once], gaps(told.features), neutral_below)
    sureness = crossed.sureness._replace(neutral_below=neutral_below)
    return _fit(uncertain) | sureness._asdict(), by_source(told, verdicts)


def as_heard(songs: Songs, copies: int = COPIES) -> Songs:
    """Each song `copies` times, with such features as its sound might tell."""
    random = np.random.default_rng(SEED)
    often = songs.take(np.tile(np.arange(len(songs)), copies))
    told = {name: _blurred(often.features[name], _explained(name), random) for name in NEEDED if name != "tempo"}
    octave = 2.0 ** random.choice((-1, 0, 1), len(often), p=(OTHER_OCTAVE / 2, 1 - OTHER_OCTAVE, OTHER_OCTAVE / 2))
    return replace(often, features=told | {"tempo": often.features["tempo"] * octave})


def _explained(name: str) -> float:
    return shipped().figures[name][-1].r2


def _blurred(values: Floats, explained: float, random: np.random.Generator) -> Floats:
    """Shares of the same mean and spread, of whose variance so much is that of the true ones, and the rest noise."""
    middle, spread = np.nanmean(values), np.nanstd(values)
    true = (values - middle) / spread if spread else np.zeros_like(values)
    told = np.sqrt(explained) * true + np.sqrt(1 - explained) * random.normal(size=len(values))
    shares: Floats = (middle + spread * told).clip(0, 1)
    return shares


def _fit(uncertain: Songs) -> Card:
    features = [feature for feature in describe(uncertain) if feature["name"] in NEEDED]
    linear = rounded(*logistic(exemplify(uncertain, features)), uncertain)
    return {"features": features, "linear": linear, "trees": NO_TREES}


def _learn(uncertain: Songs) -> Teller:
    card = _fit(uncertain)
    weights, intercept = np.array(card["linear"]["weights"]), np.array(card["linear"]["intercept"])
    return lambda others: standardised(others.features, card["features"]) @ weights + intercept
