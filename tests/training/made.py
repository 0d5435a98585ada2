"""Tables of descriptors whose targets follow from them by known rules: what is learned can be told from chance."""

import numpy as np
import pandas as pd

from moodstream.audio.regressors import DEAM_COLUMNS, FMA_COLUMNS
from moodstream.training.examples import FEATURES


def _columns(names: tuple[str, ...], songs: int, seed: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    return {name: np.exp(random.normal(0, 0.5, songs)) for name in names}


def _share(values: np.ndarray) -> np.ndarray:
    """Values brought into 0..1 without changing their order."""
    return 1 / (1 + np.exp(-values))


def ratings(songs: int = 160, seed: int = 1) -> pd.DataFrame:
    """DEAM's columns: arousal rises with the logarithm of the loudness, valence with that of the brightness."""
    columns = _columns(DEAM_COLUMNS, songs, seed)
    rated = {
        "valence_mean": 1 + 8 * _share(2 * np.log(columns["brightness_mean"])),
        "arousal_mean": 1 + 8 * _share(2 * np.log(columns["loudness_mean"])),
    }
    return pd.DataFrame({"song_id": 10 + np.arange(songs), **columns, **rated})


def features(songs: int = 160, seed: int = 1) -> pd.DataFrame:
    """The FMA table's columns: energy rises with the level, the other features with one column of timbre each."""
    columns = _columns(FMA_COLUMNS, songs, seed)
    drivers = dict(zip(FEATURES, ("rmse", "mfcc.1", "mfcc.2", "spectral_contrast.1", "zcr"), strict=True))
    told = {name: _share(2 * np.log(columns[driver])) for name, driver in drivers.items()}
    return pd.DataFrame({"track_id": 10 + np.arange(songs), **told, **columns})


def catalogue(songs: int = 400, seed: int = 2) -> pd.DataFrame:
    """Catalogue features of a known mean and deviation, 0.4 and 0.1."""
    random = np.random.default_rng(seed)
    names = ("valence", "energy", "danceability", "acousticness", "instrumentalness", "speechiness", "liveness")
    shares = {name: np.clip(random.normal(0.4, 0.1, songs), 0, 1) for name in names}
    return pd.DataFrame({**shares, "tempo": np.full(songs, 120.0)})
