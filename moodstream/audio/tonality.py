"""Pitch classes -> key and mode, by the probe-tone profiles of Krumhansl and Kessler.

C. L. Krumhansl, "Cognitive Foundations of Musical Pitch", Oxford University Press 1990: the profiles on page 30, the
algorithm (by Krumhansl and Schmuckler) on pages 77 to 110.
"""

from typing import Literal

import numpy as np

from moodstream.audio.descriptors import Floats

MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)

LEAST_CORRELATION = 0.4
"""Below it no key stands out: noise and drums alone reach 0.4, a plain progression of chords 0.7 and more."""

NO_KEY = -1


def key_and_mode(chroma: Floats) -> tuple[int, Literal[0, 1] | None]:
    """Find the key, 0 (C) .. 11 (B), and the mode, 1 major or 0 minor; `NO_KEY` and None where there is none.

    Args:
        chroma: energy of the twelve pitch classes from C on.
    """
    if np.ptp(chroma) == 0:
        return NO_KEY, None
    profiles = [np.roll(profile, key) for profile in (MINOR, MAJOR) for key in range(12)]
    correlations = np.corrcoef(chroma, profiles)[0, 1:]
    best = int(correlations.argmax())
    if correlations[best] < LEAST_CORRELATION:
        return NO_KEY, None
    return best % 12, 1 if best >= 12 else 0
