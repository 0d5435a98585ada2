"""Taste + library -> a playlist: candidates by mood, scored, and laid out so that no artist follows on itself.

A score is the weighted sum of `WEIGHTS`, each part in -1..1 or 0..1:

- mood: how near the song's mood lies to the present one on the valence-arousal plane, and how the listener
  takes to that mood at all
- artist, song: the listener's affinity to them
- sound: how near the song comes to the nearest of those that the listener liked
- popular: how often it is played by everybody, on a logarithmic scale; this is all that decides for a stranger

less `STALE` for what was played last, fading with each song that was played since.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moodstream.messages import Track
from moodstream.moods import LOOKS, Mood
from moodstream.recommend import reasons
from moodstream.recommend.library import Library
from moodstream.recommend.listener import MOODS
from moodstream.recommend.taste import Slots, Taste

LENGTH = 20
WEIGHTS = {"mood": 1.5, "artist": 0.7, "song": 0.4, "sound": 0.8, "popular": 0.2}
MOOD_WIDTH, SOUND_WIDTH = 0.3, 0.25
"""Distances at which nearness has fallen to 0.61: on the plane of moods, and between sounds (see `library.SOUND`)."""
NEIGHBOUR = 0.35
"""The nearness to the present mood from which a song is a candidate."""
ENOUGH = LENGTH // 2
"""So many candidates make a playlist; where there are fewer, songs of every mood are candidates."""
ANCHORS = 8
"""How many of the songs that the listener liked best others are compared with."""
RESTING = 30
"""The last so many songs are not recommended (at most a quarter of all)."""
STALE, STALE_FADES = 0.5, 60.0
SAME_ARTIST = 0.15
"""What each further song of an artist loses in one playlist."""
SHORTLIST = 400

Floats = NDArray[np.float32]


class Scores(NamedTuple):
    """The weighted parts of the scores of n songs, their sums, and the songs that their sounds are compared to."""

    parts: dict[str, Floats]
    total: Floats
    anchors: Slots


def rank(taste: Taste, library: Library, asked: Mood | None = None, length: int = LENGTH) -> list[Track]:
    """The next tracks for a listener, best first, each with its reason; fewer where there are not enough.

    Args:
        asked: play this mood and no other, rather than what the listener is in.
    """
    if not len(library):
        return []
    scores = score(taste, library, asked or taste.mood)
    places = _laid_out(scores.total, _candidates(taste, asked), library, length)
    lowest = np.minimum.accumulate([scores.total[slot] for slot in places])
    return [_track(slot, float(s), scores, taste, library, asked) for slot, s in zip(places, lowest, strict=True)]


def score(taste: Taste, library: Library, mood: Mood | None) -> Scores:
    """Score all songs of a library against a mood and a taste."""
    anchors = _anchors(taste, library)
    parts = {
        "mood": nearness(mood, taste.moods_of) + 0.3 * np.append(taste.moods, 0)[taste.moods_of],
        "artist": taste.artists,
        "song": taste.songs,
        "sound": _closeness(anchors, library.sounds),
        "popular": np.log1p(library.plays) / np.log1p(max(1, library.plays.max())),
    }
    weighted = {name: (WEIGHTS[name] * part).astype(np.float32) for name, part in parts.items()}
    total = np.sum(list(weighted.values()), axis=0) - _stale(taste, library)
    return Scores(weighted, np.asarray(total), anchors)


def nearness(mood: Mood | None, moods: NDArray[np.int8]) -> Floats:
    """How near each song's mood (index into `MOODS`, -1: unknown) is to a mood: 1 the same, 0 unknown or far."""
    if mood is None:
        return np.zeros(len(moods), np.float32)
    here = LOOKS[mood]
    squares = np.array([(LOOKS[m].valence - here.valence) ** 2 + (LOOKS[m].arousal - here.arousal) ** 2 for m in MOODS])
    return np.append(np.exp(-squares / (2 * MOOD_WIDTH**2)), 0.0).astype(np.float32)[moods]


def _anchors(taste: Taste, library: Library) -> Slots:
    """The songs that the listener likes best, of those whose sound is known."""
    return taste.liked[~np.isnan(library.sounds[taste.liked]).any(axis=1)][:ANCHORS]


def _closeness(anchors: Slots, sounds: Floats) -> Floats:
    """How close each of n sounds comes to that of the nearest anchor but itself, in 0..1; 0 where that is not known."""
    squares = np.einsum("ij,ij->i", sounds, sounds)
    nearest = np.full(len(sounds), np.inf, np.float32)
    for anchor in anchors:  # one by one, since a table of all distances would not fit the processor's cache
        distances = squares - 2 * np.einsum("ij,j->i", sounds, sounds[anchor]) + squares[anchor]
        distances[anchor] = np.inf
        np.minimum(nearest, distances, out=nearest)
    return np.asarray(np.nan_to_num(np.exp(-nearest.clip(0) / (2 * SOUND_WIDTH**2))))


def _stale(taste: Taste, library: Library) -> Floats:
    stale = np.zeros(len(library), np.float32)
    stale[taste.recent] = STALE * np.exp(-np.arange(len(taste.recent)) / STALE_FADES)
    return stale


def _candidates(taste: Taste, asked: Mood | None) -> NDArray[np.bool_]:
    allowed = ~taste.out
    if asked is not None:
        allowed &= taste.moods_of == MOODS.index(asked)
    resting = taste.recent[:RESTING]
    allowed[resting[allowed[resting]][: int(allowed.sum()) // 4]] = False
    fitting = allowed & (nearness(taste.mood, taste.moods_of) >= NEIGHBOUR)
    return fitting if asked is None and fitting.sum() >= ENOUGH else allowed


def _laid_out(total: Floats, candidates: NDArray[np.bool_], library: Library, length: int) -> list[int]:
    """Places in playing order; all candidates are gone through only where a short list does not fill the playlist."""
    slots = np.flatnonzero(candidates)
    if len(slots) > SHORTLIST:
        short = slots[np.argpartition(-total[slots], SHORTLIST)[:SHORTLIST]]
        places = list(_sequence(short, total, library, length))
        if len(places) == length:
            return places
    return list(_sequence(slots, total, library, length))


def _sequence(slots: Slots, total: Floats, library: Library, length: int) -> Iterator[int]:
    """Always the best that is left by another artist than the one before."""
    worth, artists = total[slots].astype(np.float64), library.artists[slots]
    free = np.ones(len(slots), np.bool_)
    for _ in range(length):
        if not free.any():
            return
        best = int(np.where(free, worth, -np.inf).argmax())
        yield int(slots[best])
        same = artists == artists[best]
        worth[best] = -np.inf
        worth[same] -= SAME_ARTIST
        free = ~same & (worth > -np.inf)


def _track(slot: int, total: float, scores: Scores, taste: Taste, library: Library, asked: Mood | None) -> Track:
    song, mood = library.songs[slot], int(taste.moods_of[slot])
    parts = {name: float(part[slot]) for name, part in scores.parts.items()}
    return Track(
        song_id=song.song_id,
        title=song.title,
        artist=song.artist,
        duration_ms=song.duration_ms,
        mood=MOODS[mood] if mood >= 0 else None,
        score=round(total, 4),
        reason=reasons.reason(slot, parts, _nearest(slot, scores.anchors, library), taste, library, asked),
    )


def _nearest(slot: int, anchors: Slots, library: Library) -> int | None:
    """The slot of the other song among the anchors that a song sounds most like, if there is one."""
    others = anchors[anchors != slot]
    if not len(others):
        return None
    return int(others[((library.sounds[others] - library.sounds[slot]) ** 2).sum(axis=1).argmin()])
