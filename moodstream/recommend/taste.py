"""A listener's events, over a library -> their taste: what they like, what is out, and the mood that they are in.

What an event is worth halves every `HALF_LIFE_DAYS`, counted back from the listener's newest event. Affinities are
sums of that, squashed to -1..1 by tanh, so that no single habit drowns all others.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moodstream.moods import Mood
from moodstream.recommend.library import Library
from moodstream.recommend.listener import DISLIKE, KINDS, LIKE, MOODS, REPLAY, SKIP, Events, Listener

HALF_LIFE_DAYS = 30.0
WORTH = {"play": 0.1, "like": 1.0, "dislike": -1.0, "skip": -0.5, "replay": 0.8, "correction": 0.0}
WORTH_OF_KIND = np.array([WORTH[kind] for kind in KINDS])
# The sums that make a habit: one like of a song, but several of an artist or a mood.
SONG_HABIT, ARTIST_HABIT, MOOD_HABIT = 1.0, 2.0, 5.0

PRESENT_PLAYS, PRESENT_HALF_LIFE = 20, 4.0
"""The present mood is that of the last so many plays, where a play weighs half of the one that came so many later."""
UNWANTED = 0.25
"""What a play that was skipped or disliked weighs for the present mood."""

Floats = NDArray[np.float64]
Slots = NDArray[np.int64]


class Taste(NamedTuple):
    """What a listener thinks of a library of n songs, whose places in it are `slots`.

    `mood` is the present one; None where the last plays have none. `songs` (n), `artists` (n, of each song's
    artist) and `moods` (of each of `listener.MOODS`) are affinities in -1..1. `moods_of` (n) are the songs' moods
    with the listener's corrections, -1 where not known. `out` (n) tells what was disliked. `liked` are the slots
    of what was liked or played again, best first; `recent` those of what was played, newest first, each once.
    """

    mood: Mood | None
    songs: Floats
    artists: Floats
    moods: Floats
    moods_of: NDArray[np.int8]
    out: NDArray[np.bool_]
    liked: Slots
    recent: Slots


def taste(listener: Listener, library: Library) -> Taste:
    """What the events of a listener say of the songs of a library."""
    played, reacted = (library.slots(events["song"]) for events in (listener.plays, listener.reactions))
    slots = np.concatenate([played, reacted])
    moods_of = _corrected(listener.reactions, library)
    # One more place at the end, so that slot -1, a song that is not here, has no mood.
    moods = np.append(moods_of, np.int8(-1))[slots]
    moods[: len(played)] = _felt(moods[: len(played)], listener.plays["mood"])
    worth = _worth(np.concatenate([listener.plays, listener.reactions]))
    songs = _sums(slots, worth, len(library))
    out = _disliked(listener.reactions, library)
    return Taste(
        mood=_present(listener, moods[: len(played)]),
        songs=np.tanh(songs / SONG_HABIT),
        artists=_of_their_artists(songs, library),
        moods=np.tanh(_sums(moods, worth, len(MOODS)) / MOOD_HABIT),
        moods_of=moods_of,
        out=out,
        liked=_liked(reacted[np.isin(listener.reactions["kind"], [LIKE, REPLAY])], songs, out),
        recent=_each_once(played[::-1]),
    )


def _worth(events: Events) -> Floats:
    if not len(events):
        return np.empty(0)
    days = (events["at"].max() - events["at"]) / np.timedelta64(1, "D")
    return np.asarray(WORTH_OF_KIND[events["kind"]] * 0.5 ** (days / HALF_LIFE_DAYS))


def _sums(places: NDArray[np.integer], worth: Floats, number: int) -> Floats:
    here = places >= 0
    return np.bincount(places[here], worth[here], number).astype(np.float64)


def _corrected(reactions: Events, library: Library) -> NDArray[np.int8]:
    """The moods of all songs, as the listener last said where they did."""
    moods = library.moods.copy()
    said = reactions[reactions["mood"] >= 0]
    slots = library.slots(said["song"])
    for slot, mood in zip(slots[slots >= 0], said["mood"][slots >= 0], strict=True):  # in order: the last word stays
        moods[slot] = mood
    return moods


def _felt(of_the_songs: NDArray[np.int8], of_the_plays: NDArray[np.int8]) -> NDArray[np.int8]:
    """The moods of plays: the song's, as the listener hears it, or else what was said of that very play."""
    return np.where(of_the_songs >= 0, of_the_songs, of_the_plays)


def _present(listener: Listener, moods: NDArray[np.int8]) -> Mood | None:
    """The mood of the last plays, the newest weighing most; what the listener did not want to hear hardly counts."""
    negative = listener.reactions[np.isin(listener.reactions["kind"], [SKIP, DISLIKE])]
    unwanted = dict(zip(negative["song"], negative["at"], strict=True))  # in order: the last time stays
    last = listener.plays[-PRESENT_PLAYS:]
    turned_down = [song in unwanted and unwanted[song] >= at for song, at in zip(last["song"], last["at"], strict=True)]
    weights = 0.5 ** (np.arange(len(last))[::-1] / PRESENT_HALF_LIFE)
    sums = _sums(moods[-PRESENT_PLAYS:], np.where(turned_down, UNWANTED, 1.0) * weights, len(MOODS))
    return MOODS[int(sums.argmax())] if sums.any() else None


def _of_their_artists(songs: Floats, library: Library) -> Floats:
    """For each song, the affinity to its artist."""
    return np.asarray(np.tanh(np.bincount(library.artists, songs) / ARTIST_HABIT)[library.artists])


def _disliked(reactions: Events, library: Library) -> NDArray[np.bool_]:
    """Whose last verdict is a dislike: out for good, unless the listener says that they like it after all."""
    out = np.zeros(len(library), np.bool_)
    verdicts = reactions[np.isin(reactions["kind"], [LIKE, DISLIKE])]
    slots = library.slots(verdicts["song"])
    for slot, kind in zip(slots[slots >= 0], verdicts["kind"][slots >= 0], strict=True):
        out[slot] = kind == DISLIKE
    return out


def _liked(slots: Slots, songs: Floats, out: NDArray[np.bool_]) -> Slots:
    liked = np.unique(slots[slots >= 0])
    liked = liked[~out[liked] & (songs[liked] > 0)]
    return np.asarray(liked[np.argsort(-songs[liked], kind="stable")])


def _each_once(slots: Slots) -> Slots:
    here = slots[slots >= 0]
    _, first = np.unique(here, return_index=True)
    return here[np.sort(first)]
