"""What a listener's events say of songs, as observations: how welcome it was, how sure that is, and at which hour."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moodstream.recommend.listener import CORRECTION, KINDS, Events, Listener

WELCOME = {"play": 0.6, "like": 1.0, "dislike": -1.0, "skip": -0.6, "replay": 1.0, "never": -1.0, "correction": 0.0}
"""How welcome a song was, in -1..1. A play that nobody objected to says a little; a correction says nothing of that."""
NOISE = {"play": 0.5, "like": 0.4, "dislike": 0.4, "skip": 0.4, "replay": 0.4, "never": 0.2, "correction": 1.0}
"""The variance of such an observation when it is new."""
HALF_LIFE_DAYS, HALF_LIFE_EVENTS = 30.0, 200.0
"""An observation weighs half after so many days, and half after so many others: whichever comes first."""
MOST = 256
"""How many observations are used, the newest."""
ANSWERED = np.timedelta64(1, "h")
"""A reaction within so long after a play of the song answers it: then it alone counts."""

WELCOME_OF, NOISE_OF = (np.array([table[kind] for kind in KINDS]) for table in (WELCOME, NOISE))
DAY = np.timedelta64(1, "D")

Floats = NDArray[np.float64]


class Evidence(NamedTuple):
    """Up to `MOST` observations, oldest first: slot of the song, how welcome it was (-1..1), the variance of that,
    and the time of day (UTC, in radians). `hour` is the time of day of the newest event; 0 where there is none.
    """

    slots: NDArray[np.int64]
    welcome: Floats
    noise: Floats
    hours: Floats
    hour: float


def evidence(listener: Listener, played: NDArray[np.int64], reacted: NDArray[np.int64]) -> Evidence:
    """The observations in a listener's events.

    Args:
        played, reacted: the slots of the songs of `listener.plays` and `listener.reactions`; -1 where not known.
    """
    heard = (played >= 0) & ~_answered(listener)
    said = (reacted >= 0) & (listener.reactions["kind"] != CORRECTION)
    events = np.concatenate([listener.plays[heard], listener.reactions[said]])
    order = np.lexsort((events["event_id"], events["at"]))[-MOST:]
    slots, events = np.concatenate([played[heard], reacted[said]])[order], events[order]
    hours = _hours(events)
    return Evidence(
        slots,
        WELCOME_OF[events["kind"]],
        NOISE_OF[events["kind"]] * 2.0 ** _age(events),
        hours,
        float(hours[-1]) if len(hours) else 0.0,
    )


def _answered(listener: Listener) -> NDArray[np.bool_]:
    """Which plays have a reaction that says how welcome they were."""
    said = listener.reactions[listener.reactions["kind"] != CORRECTION]
    last = dict(zip(said["song"], said["at"], strict=True))
    answers = [last.get(song) for song in listener.plays["song"]]
    pairs = zip(answers, listener.plays["at"], strict=True)
    return np.array([answer is not None and abs(answer - at) <= ANSWERED for answer, at in pairs], np.bool_)


def _age(events: Events) -> Floats:
    """In half-lives, at most 20."""
    if not len(events):
        return np.empty(0)
    days = (events["at"][-1] - events["at"]) / DAY / HALF_LIFE_DAYS
    others = np.arange(len(events))[::-1] / HALF_LIFE_EVENTS
    return np.asarray(np.minimum(np.maximum(days, others), 20.0), np.float64)


def _hours(events: Events) -> Floats:
    return np.asarray(2 * np.pi * ((events["at"] - events["at"].astype("M8[D]")) / DAY))
