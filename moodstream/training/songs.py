"""Songs with a mood, as arrays: what models are fitted to and judged by."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moodstream.errors import ConfigurationError
from moodstream.rules import MOODS
from moodstream.rules import Floats as Floats
from moodstream.training.tables import RANGES, Table

MOODS5 = tuple(str(mood) for mood in MOODS[:5])
Places = NDArray[np.int64]
Names = NDArray[np.object_]


@dataclass(frozen=True)
class Songs:
    """n songs with a mood.

    `features` are columns as in the file, NaN where not known, `mood` is an index into `MOODS5`. Each song has its
    `source`, its `group` (an artist, a playlist: what must not lie on both sides of a split) and its `track`.
    `unlabelled` counts the rows that were left out because they have no mood, or the mood Neutral.
    """

    features: Mapping[str, Floats]
    mood: Places
    source: Names
    group: Names
    track: Names
    unlabelled: int = 0

    def __len__(self) -> int:
        return len(self.mood)

    def take(self, places: Places) -> "Songs":
        """Some of the songs, in the order of `places`."""
        features = {name: column[places] for name, column in self.features.items()}
        return Songs(features, self.mood[places], self.source[places], self.group[places], self.track[places])

    def moods_of(self, source: str) -> Places:
        """The moods that a source has a word for: those that it gave to any song."""
        return np.unique(self.mood[self.source == source])


def labelled(table: Table) -> Songs:
    """The songs of a table that have one of the five moods.

    Without a column `source` the file's name is the source; without `group` every track is a group of its own.

    Raises:
        ConfigurationError: no row has a mood.
    """
    moods = table.frame["mood"] if "mood" in table.frame else pd.Series(None, index=table.frame.index, dtype=object)
    frame = table.frame[moods.isin(MOODS5)]
    if frame.empty:
        raise ConfigurationError(f"{table.name} has no song with one of the moods {', '.join(MOODS5)}.")
    track = _names(frame, "track_id", frame.index.astype(str))
    return Songs(
        features={name: frame[name].to_numpy(dtype=np.float64) for name in RANGES if name in frame},
        mood=np.array([MOODS5.index(mood) for mood in frame["mood"]]),
        source=_names(frame, "source", PurePath(table.name).stem),
        group=_names(frame, "group", track),
        track=track,
        unlabelled=len(table.frame) - len(frame),
    )


def _names(frame: pd.DataFrame, column: str, otherwise: Any) -> Names:
    """A column as text; where it has no value, or there is no such column, what stands in for it."""
    stand_in = pd.Series(otherwise, index=frame.index, dtype=object)
    named = frame[column].astype(object) if column in frame else stand_in
    return named.where(named.notna(), stand_in).astype(str).to_numpy(dtype=object)
