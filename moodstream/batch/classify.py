"""The moods of a page of songs by the rules that real time uses."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from moodstream import rules
from moodstream.moods import Mood


class Verdict(NamedTuple):
    """The mood of a song and how sure it is (as `rules.Verdicts`), or the reason why it has none."""

    song_id: str
    mood: Mood | None
    confidence: float | None
    reason: str | None


def classified(songs: Sequence[Mapping[str, Any]]) -> list[Verdict]:
    """Tell the moods of songs, each with its `song_id` and all of `rules.NEEDED`, None where not known."""
    table = pd.DataFrame(songs, columns=["song_id", *rules.NEEDED])
    said = rules.classify({name: table[name].astype("float64") for name in rules.NEEDED})
    moods = [None if mood < 0 else rules.MOODS[mood] for mood in said.mood.tolist()]
    sure = [None if math.isnan(confidence) else confidence for confidence in said.confidence.tolist()]
    return list(map(Verdict, table["song_id"], moods, sure, said.reason))
