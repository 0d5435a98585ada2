"""Made-up songs with moods: around the middle of each mood on the plane, the same at every call."""

from pathlib import Path

import numpy as np
import pandas as pd

from moodstream.moods import LOOKS, Mood

WORDS = {
    "angry": ("Sad", "Happy", "Dark"),
    "gentle": ("Sad", "Calm", "Happy", "Energetic"),
}
"""The moods that each of two sources has a word for."""


def make_songs(number: int = 60, noise: float = 0.1, seed: int = 1) -> pd.DataFrame:
    """`number` songs of each mood of each source, five to an artist."""
    random = np.random.default_rng(seed)
    parts = [_of_mood(source, mood, number, noise, random) for source, moods in WORDS.items() for mood in moods]
    songs = pd.concat(parts, ignore_index=True)
    return songs.assign(track_id=[f"track-{place}" for place in range(len(songs))])


def _of_mood(source: str, mood: str, number: int, noise: float, random: np.random.Generator) -> pd.DataFrame:
    look = LOOKS[Mood(mood)]
    energy = (look.arousal + noise * random.normal(size=number)).clip(0, 1)
    return pd.DataFrame(
        {
            "source": source,
            "group": [f"{source} {mood} {place // 5}" for place in range(number)],
            "valence": (look.valence + noise * random.normal(size=number)).clip(0, 1),
            "energy": energy,
            "danceability": random.random(number),
            "acousticness": (1 - energy + noise * random.normal(size=number)).clip(0, 1),
            "instrumentalness": random.random(number) * (mood == "Calm"),
            "speechiness": 0.05 + 0.1 * random.random(number),
            "tempo": 80 + 80 * random.random(number),
            "loudness": -20 + 16 * energy,
            "mood": mood,
        }
    )


def write(songs: pd.DataFrame, path: Path) -> Path:
    """Write a table as CSV."""
    songs.to_csv(path, index=False)
    return path
