"""How welcome songs are likely to be: a Gaussian process over songs, given what the listener has said.

The welcome of a song is a sum of independent parts with zero mean: one for all songs, one that is smooth over the
space of sounds, one for each mood, one for each artist, one for each song; those of sound and mood have a share of
their own for each time of day. So the covariance of two songs is the sum of `VARIANCES` times how alike they are in
each. The observations have noise that grows as they age, which forgets (weighted GP bandits: Deng et al. 2022).
"""

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from moodstream.recommend.listener import MOODS

VARIANCES = {
    "all": 0.3,
    "sound": 0.2,
    "sound, hour": 0.02,
    "mood": 0.05,
    "mood, hour": 0.2,
    "artist": 0.05,
    "popular": 0.1,
    "song": 0.1,
}
SOUND_WIDTH = 0.25
"""The distance of sounds (see `sounds.SOUND`) at which songs are half alike. What is alike falls with the square of the
distance (rational quadratic, Rasmussen & Williams 2006, 4.19), so near songs tell much and far ones still a little."""
HOUR_WIDTH = 0.8
"""About the same of times of day, in radians: 3 hours."""
POPULAR = 0.7
"""How much more is expected of the song played most than of one that is not. For a stranger, this alone decides."""
JITTER = 1e-5
PLACES = len(MOODS) + 1
"""Of moods, and after them one for songs without."""

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Real = TypeVar("Real", np.float32, np.float64)


class Points(NamedTuple):
    """Songs at times of day. `sounds` n x D, NaN: not known; `popular` -1..1, 0 as usual; `hours` n or 1, radians."""

    slots: NDArray[np.int64]
    sounds: Singles
    moods: NDArray[np.int8]
    artists: NDArray[np.integer]
    popular: Singles
    hours: Singles

    def take(self, places: NDArray[np.int64]) -> "Points":
        """Some of the songs, all at one time of day."""
        sounds, moods, artists = self.sounds[places], self.moods[places], self.artists[places]
        return Points(self.slots[places], sounds, moods, artists, self.popular[places], self.hours)


class Preference:
    """What is expected of songs after observations.

    Args:
        seen: the songs and times that were observed; welcome, noise: n values, see `evidence.Evidence`.
    """

    def __init__(self, seen: Points, welcome: Floats, noise: Floats) -> None:
        self._seen = seen
        own = VARIANCES["song"] * (seen.slots[:, None] == seen.slots)
        self._whitened = np.linalg.inv(np.linalg.cholesky(covariance(seen, seen) + own + np.diag(noise)))
        self._weights = self._whitened.T @ (self._whitened @ (welcome - prior(seen)))

    def means(self, points: Points) -> Floats:
        """The expected welcome of n songs, all at one time of day."""
        seen, own = self._seen, self._weights
        own_now = own * _together(points.hours, seen.hours)[0]
        by_sound = VARIANCES["sound"] * own + VARIANCES["sound, hour"] * own_now
        by_mood = VARIANCES["mood"] * own + VARIANCES["mood, hour"] * own_now
        found = _alike(points.sounds, seen.sounds) @ by_sound.astype(np.float32) + prior(points)
        of_moods = np.bincount(seen.moods % PLACES, by_mood, PLACES)
        found += np.where(points.moods >= 0, of_moods[points.moods], 0.0)
        found += VARIANCES["artist"] * _summed(seen.artists, own, points.artists)
        found += VARIANCES["song"] * _summed(seen.slots, own, points.slots)
        found += VARIANCES["all"] * own.sum() + VARIANCES["popular"] * (seen.popular @ own) * points.popular
        return np.asarray(found)

    def doubt(self, points: Points, normal: Floats) -> Floats:
        """By how much the welcome of n songs may well differ from `means`: drawn from the posterior.

        What a song has of its own is left out: it would draw the luckiest of many strangers.

        Args:
            normal: n standard normal numbers, of which the draw is made.
        """
        half = self._whitened @ covariance(points, self._seen).T
        left = covariance(points, points) - half.T @ half + JITTER * np.eye(len(normal))
        return np.asarray(np.linalg.cholesky(left) @ normal)


def prior(points: Points) -> Floats:
    """What is expected of songs before anything was observed."""
    return np.asarray(POPULAR * points.popular, np.float64)


def covariance(one: Points, other: Points) -> Floats:
    """n x m: what two songs have in common, but for what each has of its own.

    In double precision, since songs that are told twice leave nothing between a covariance and a singular one.
    """
    at_once = _together(one.hours, other.hours)
    mood = (one.moods[:, None] == other.moods) & (other.moods >= 0)
    by = VARIANCES
    found = _alike(one.sounds.astype(np.float64), other.sounds.astype(np.float64))
    found *= by["sound"] + by["sound, hour"] * at_once
    found += mood * (by["mood"] + by["mood, hour"] * at_once)
    found += by["artist"] * (one.artists[:, None] == other.artists)
    found += by["all"] + by["popular"] * one.popular[:, None].astype(np.float64) * other.popular
    return found


def _together(one: Singles, other: Singles) -> Floats:
    """How near times of day are to each other, in 0..1."""
    apart = one[:, None].astype(np.float64) - other
    return np.asarray(np.exp((np.cos(apart) - 1) / HOUR_WIDTH**2))


def _summed(numbers: NDArray[np.integer], weights: Floats, wanted: NDArray[np.integer]) -> Floats:
    """For each number that is wanted, the sum of the weights of that number."""
    known, places = np.unique(numbers, return_inverse=True)
    sums = np.append(np.bincount(places, weights, len(known)), 0.0)
    found = np.searchsorted(known, wanted)
    here = np.append(known, -1)[found] == wanted
    return np.asarray(np.where(here, sums[found], 0.0))


def _alike(one: NDArray[Real], other: NDArray[Real]) -> NDArray[Real]:
    """How near sounds are to each other, in 0..1, as precise as they are; 0 where one is not known."""
    squares = np.add.outer(_squares(one), _squares(other)) - 2 * np.nan_to_num(one) @ np.nan_to_num(other).T
    found: NDArray[Real] = 1 / (1 + np.maximum(squares, 0) / one.dtype.type(SOUND_WIDTH**2))
    return found


def _squares(sounds: NDArray[Real]) -> NDArray[Real]:
    """The squared lengths; infinity, which is far from everything, where a sound is not known."""
    found: NDArray[Real] = np.nan_to_num((sounds**2).sum(axis=1), nan=np.inf)
    return found
