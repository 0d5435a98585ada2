"""A listener's events, over a library -> their taste: evidence of what they like, what is out, and the present mood."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moodstream.moods import Mood
from moodstream.recommend.evidence import Evidence, evidence
from moodstream.recommend.library import Library
from moodstream.recommend.listener import DISLIKE, KINDS, LIKE, MOODS, NEVER, REPLAY, SKIP, Events, Listener

PRESENT_PLAYS, PRESENT_HALF_LIFE = 20, 4.0
"""The present mood is that of the last so many plays, where a play weighs half of the one that came so many later."""
UNWANTED = 0.25
"""What a play that was turned down weighs for the present mood."""
TURNED_DOWN = [SKIP, DISLIKE, NEVER]

Floats = NDArray[np.float64]
Slots = NDArray[np.int64]


class Taste(NamedTuple):
    """What a listener thinks of a library of n songs, whose places in it are slots.

    `mood` is the present one; None where the last plays have none. `moods_of` (n) are the songs' moods with the
    listener's corrections (index into `listener.MOODS`), -1 where not known. `out` are the slots of what was disliked
    or is never to come again, unless it was liked since. `praised` tells of what was liked or replayed, and is not
    out, whether it was "like" or "replay", the last said first. `recent` are the slots of what was played, newest
    first, each once.
    """

    mood: Mood | None
    moods_of: NDArray[np.int8]
    out: Slots
    praised: dict[int, str]
    recent: Slots
    evidence: Evidence


def taste(listener: Listener, library: Library) -> Taste:
    """What the events of a listener say of the songs of a library."""
    played, reacted = (library.slots(events["song"]) for events in (listener.plays, listener.reactions))
    moods_of = _corrected(listener.reactions, reacted, library)
    out = _out(listener.reactions, reacted)
    return Taste(
        mood=present_mood(listener, library),
        moods_of=moods_of,
        out=np.array(sorted(out), np.int64),
        praised=_praised(listener.reactions, reacted, out),
        recent=_each_once(played[::-1]),
        evidence=evidence(listener, played, reacted),
    )


def _corrected(reactions: Events, slots: Slots, library: Library) -> NDArray[np.int8]:
    """The moods of all songs, as the listener last said where they did."""
    moods = library.moods.copy()
    said = (reactions["mood"] >= 0) & (slots >= 0)
    for slot, mood in zip(slots[said], reactions["mood"][said], strict=True):  # in order: the last word stays
        moods[slot] = mood
    return moods


def present_mood(listener: Listener, library: Library) -> Mood | None:
    """The mood of the last plays, the newest weighing most; what the listener did not want to hear hardly counts."""
    last, said = listener.plays[-PRESENT_PLAYS:], listener.reactions
    negative, corrected = said[np.isin(said["kind"], TURNED_DOWN)], said[said["mood"] >= 0]
    unwanted = dict(zip(negative["song"], negative["at"], strict=True))  # in order: the last time stays
    corrections = dict(zip(corrected["song"], corrected["mood"], strict=True))
    weights = 0.5 ** (np.arange(len(last))[::-1] / PRESENT_HALF_LIFE)
    sums = np.zeros(len(MOODS) + 1)  # the last is for songs without a mood
    for play, slot, weight in zip(last, library.slots(last["song"]), weights, strict=True):
        told = library.moods[slot] if slot >= 0 else -1
        mood = corrections.get(play["song"], told if told >= 0 else play["mood"])
        turned_down = play["song"] in unwanted and unwanted[play["song"]] >= play["at"]
        sums[mood] += weight * (UNWANTED if turned_down else 1.0)
    return MOODS[int(sums[:-1].argmax())] if sums[:-1].any() else None


def _out(reactions: Events, slots: Slots) -> set[int]:
    """Whose last verdict is a dislike or "never again"."""
    verdicts = np.isin(reactions["kind"], [LIKE, DISLIKE, NEVER]) & (slots >= 0)
    last = dict(zip(slots[verdicts].tolist(), reactions["kind"][verdicts].tolist(), strict=True))
    return {slot for slot, kind in last.items() if kind != LIKE}


def _praised(reactions: Events, slots: Slots, out: set[int]) -> dict[int, str]:
    praise = np.isin(reactions["kind"], [LIKE, REPLAY]) & (slots >= 0)
    newest_first = zip(slots[praise][::-1].tolist(), reactions["kind"][praise][::-1].tolist(), strict=True)
    praised: dict[int, str] = {}
    for slot, kind in newest_first:
        if slot not in out:
            praised.setdefault(slot, KINDS[kind])
    return praised


def _each_once(slots: Slots) -> Slots:
    here = slots[slots >= 0]
    _, first = np.unique(here, return_index=True)
    return here[np.sort(first)]
