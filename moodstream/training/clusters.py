"""Moods where nobody gave any: clusters of features, named by where their centre lies on the valence-arousal plane.

A model that learns such moods learns the features that they were made of, so its accuracy on them is circular.
"""

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans

from moodstream.errors import ConfigurationError
from moodstream.moods import LOOKS, Mood
from moodstream.training.crossing import LEAST_SONGS
from moodstream.training.songs import MOODS5, Songs
from moodstream.training.tables import RANGES, Table

SEED = 1
PLANE = ("valence", "energy", "acousticness", "danceability")
"""What is clustered; energy stands for arousal."""


def named_clusters(table: Table) -> Songs:
    """The songs of a table with the names of five clusters as moods, each mood given once.

    Raises:
        ConfigurationError: too few songs have the features that are clustered, or these are all alike.
    """
    frame = table.frame[table.frame[[*PLANE, "tempo"]].notna().all(axis=1)].reset_index(drop=True)
    if len(frame) < LEAST_SONGS:
        raise ConfigurationError(
            f"{table.name} has {len(frame)} songs with all features, but {LEAST_SONGS} are needed to cluster."
        )
    values = frame[list(PLANE)].to_numpy(dtype=np.float64)
    if len(np.unique(values, axis=0)) < len(MOODS5):
        raise ConfigurationError(f"{table.name} has songs that are all alike: there are no {len(MOODS5)} clusters.")
    clusters = KMeans(len(MOODS5), n_init=10, random_state=SEED).fit_predict(values)
    centres = np.stack([values[clusters == number, :2].mean(axis=0) for number in range(len(MOODS5))])
    looks = np.array([(LOOKS[Mood(mood)].valence, LOOKS[Mood(mood)].arousal) for mood in MOODS5])
    distances = np.linalg.norm(centres[:, None] - looks, axis=2)
    mood = linear_sum_assignment(distances)[1][clusters]
    tracks = np.array([str(place) for place in range(len(frame))], dtype=object)
    columns = {name: frame[name].to_numpy(dtype=np.float64) for name in RANGES if name in frame}
    return Songs(
        columns, mood, np.full(len(frame), "clusters", dtype=object), tracks, tracks, len(table.frame) - len(frame)
    )
