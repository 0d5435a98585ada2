"""How sure to be: probabilities that come true, and where none is large enough to name a mood."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from moodstream.parts import calibrated
from moodstream.training.songs import Floats, Places, Songs

BINS = 10
ENOUGH = 0.5
WINDOW = 200
"""Songs of neighbouring confidence among which the share of right answers is taken."""


class Sureness(NamedTuple):
    """What makes probabilities of logits (`temperature`, `doubt`), and a mood or Neutral of probabilities."""

    temperature: float
    doubt: float
    neutral_below: float


def calibrate(logits: Floats, songs: Songs) -> Sureness:
    """Learn from what was said, (n, 5), of songs that the model had not seen."""
    heat, doubt = temperature_and_doubt(logits, songs.mood)
    return Sureness(heat, doubt, neutral_below(calibrated(logits, heat, doubt), songs))


def temperature_and_doubt(logits: Floats, mood: Places) -> tuple[float, float]:
    """What makes the labels least surprising: logits are divided by a temperature (Guo et al., ICML 2017).

    A playlist holds songs that are there for no reason in their sound. `doubt` is the share of such labels: without
    it, they would pull the temperature up for all songs.
    """
    place = np.arange(len(mood))

    def surprise(free: Floats) -> float:
        shares = calibrated(logits, float(np.exp(free[0])), float(expit(free[1])))[place, mood]
        return -float(np.log(np.maximum(shares, 1e-300)).mean())

    found = minimize(surprise, [0.0, -2.0], method="L-BFGS-B", bounds=[(-2, 2), (-10, 0)]).x
    return round(float(np.exp(found[0])), 4), round(float(expit(found[1])), 4)


def neutral_below(probabilities: Floats, songs: Songs) -> float:
    """The largest probability up to which the most likely mood is more often wrong than right.

    Of songs that the model had not seen, those whose source has no word for the mood that is said of them do not
    count: nobody can have called it right. The others are put in the order of their largest probability; the answer
    is where the share of right answers among `WINDOW` neighbours comes to stay at `ENOUGH` or above (0 where it always
    is), and never above a probability of `ENOUGH`, where the model itself says that it is more likely right.
    """
    said, largest = probabilities.argmax(axis=1), probabilities.max(axis=1)
    known = np.zeros(len(songs), dtype=bool)
    for source in np.unique(songs.source.astype(str)):
        known |= (songs.source == source) & np.isin(said, songs.moods_of(source))
    places = np.flatnonzero(known)[np.argsort(largest[known], kind="stable")]
    if not len(places):
        return ENOUGH
    width = min(WINDOW, len(places))
    share = np.convolve(said[places] == songs.mood[places], np.full(width, 1 / width), mode="valid")
    too_low = np.flatnonzero(share < ENOUGH)
    if not len(too_low):
        return 0.0
    middle = places[min(too_low[-1] + width // 2, len(places) - 1)]
    return round(min(float(largest[middle]), ENOUGH), 4)


def calibration_error(probabilities: Floats, mood: Places) -> float:
    """Expected calibration error: by how much confidence and the share of right answers differ, over `BINS` equal bins.

    Weighted by the songs in a bin (Naeini et al., AAAI 2015); 0 is best. NaN where there are no songs.
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == mood
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [abs((right[place == number] - confidence[place == number]).sum()) for number in range(BINS)]
    return float(sum(gaps) / len(mood)) if len(mood) else float("nan")
