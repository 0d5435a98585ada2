"""The moods of a page of songs by the classifier that real time uses."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from moodstream.classifiers import Classifier
from moodstream.moods import Mood
from moodstream.rules import MOODS


class Verdict(NamedTuple):
    """The mood of a song and how sure it is (as `rules.Verdicts`), or the reason why it has none."""

    song_id: str
    mood: Mood | None
    confidence: float | None
    reason: str | None


def classified(songs: Sequence[Mapping[str, Any]], by: Classifier) -> list[Verdict]:
    """Tell the moods of songs, each with its `song_id` and all inputs of the classifier, None where not known."""
    table = pd.DataFrame(songs, columns=["song_id", *by.inputs])
    said = by.classify({name: table[name].astype("float64") for name in by.inputs})
    moods = [None if mood < 0 else MOODS[mood] for mood in said.mood.tolist()]
    sure = [None if math.isnan(confidence) else confidence for confidence in said.confidence.tolist()]
    return list(map(Verdict, table["song_id"], moods, sure, said.reason))
