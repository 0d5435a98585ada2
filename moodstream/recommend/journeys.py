"""A playlist that moves from one mood to another: over the valence-arousal plane, evenly, in small steps of tempo.

The songs of a journey lie near the straight line between the moods, each farther along it than the one before. Of all
such ways through the candidates the cheapest is taken: near the line and evenly spaced, with tempo steps below 15%, no
artist twice in a row, and what the listener likes. Where no way keeps these limits, the journey says what it does not
keep. A journey from a mood to itself stays there, and goes from slower to faster songs.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from moodstream.errors import DataError
from moodstream.moods import Mood
from moodstream.recommend import corridor, stepping
from moodstream.recommend.corridor import TEMPOS, Candidates, Flags, Slots, Songs, Wishes
from moodstream.recommend.line import NEAR, PLACES, Floats, Line, between
from moodstream.recommend.stepping import BROKEN, STEP, Layers, Way

FEWEST, MOST = 2, 100
"""Songs of a journey."""
EACH = 8
"""Candidates of every stage and every range of tempos."""
REACHES = (0, 2)
"""How many stages off a song may be used: none where that goes, since then few pairs are to be compared."""
POOL = 300
"""Candidates where few songs lie near the line: then any of them may be taken at any stage."""
MISSING = 10 * BROKEN
"""What a song that is missing costs, beside steps and songs that keep no limits."""
GAP = 0.1
"""The share of the way that may be without a song, where twice an even step is less than that."""
NEAR_ENOUGH = 30.0
"""Seconds by which a journey may miss the length that was wished for before it says so."""


class Journey(NamedTuple):
    """k songs in playing order: `slots` in the library, `progress` along the line (0 at the first mood's middle, 1 at
    the last one's, slightly beyond in between; 0 where the moods are the same), `deviations` from it on the plane,
    `tempo_steps` from the song before (share of the slower tempo, 0 for the first), `seconds` in all (None where a
    length is not known); `notes` are sentences on what could not be kept."""

    slots: Slots
    progress: Floats
    deviations: Floats
    tempo_steps: Floats
    seconds: float | None
    notes: tuple[str, ...]

    @property
    def largest_tempo_step(self) -> float:
        return float(self.tempo_steps.max(initial=0.0))


def journey(
    songs: Songs,
    start: Mood,
    end: Mood,
    *,
    number: int | None = None,
    seconds: float | None = None,
    allowed: Flags | None = None,
    bonus: Floats | None = None,
) -> Journey:
    """The best journey through n songs from one mood to another, of so many songs, or of so many seconds.

    Args:
        allowed: (n) which songs may be in it, all by default.
        bonus: (n) in -1..1, how gladly each is taken.

    Raises:
        ValueError: neither a number of songs nor a length is given, or both are.
        DataError: no song that may be in it has a place on the plane, a tempo and, for a length, a duration.
    """
    if (number is None) == (seconds is None):
        raise ValueError("a journey takes either a number of songs or a length")
    usable = np.ones(len(songs.tempos), np.bool_) if allowed is None else allowed
    if seconds is not None:
        usable = usable & (songs.durations > 0)
    line, wishes = between(start, end), Wishes(usable, bonus)
    wanted = _counted(songs, wishes, line, seconds) if number is None else min(max(number, FEWEST), MOST)
    found = _found(songs, wishes, line, wanted, seconds)
    if not found.taken:
        needed = "a valence, an energy and a tempo" if seconds is None else "a valence, an energy, a tempo and a length"
        raise DataError(f"There is no song to make the journey of: each needs {needed} that are known.")
    return _told(found.candidates.at(np.array(found.taken)), line, wanted, seconds)


def _counted(songs: Songs, wishes: Wishes, line: Line, seconds: float | None) -> int:
    """How many songs take about so long."""
    some = corridor.near(songs, wishes, line, FEWEST, POOL)
    lengths = some.seconds if len(some.slots) else songs.durations[wishes.usable]
    return int(np.clip(round((seconds or 0) / float(np.median(lengths))), FEWEST, MOST)) if len(lengths) else FEWEST


class _Found(NamedTuple):
    """A way through candidates, one of each layer; cheaper is better, and below `BROKEN` keeps all limits."""

    candidates: Candidates
    layers: Layers
    taken: Way
    cost: float


def _found(songs: Songs, wishes: Wishes, line: Line, wanted: int, seconds: float | None) -> _Found:
    mean = None if seconds is None else seconds / wanted
    best = _near(songs, wishes, line, wanted, mean)
    if best.cost >= BROKEN:
        best = min(best, _anywhere(songs, wishes, line, wanted, mean), key=lambda found: found.cost)
    if seconds is None or not best.taken:
        return best
    return best._replace(taken=stepping.lasting(best.candidates, best.layers, best.taken, seconds))


def _near(songs: Songs, wishes: Wishes, line: Line, wanted: int, mean: float | None) -> _Found:
    """Each stage by a song that lies nearest to it; by one that lies nearest to a stage close by, where it must be."""
    if not line.length:
        return _of_one_pool(corridor.near(songs, wishes, line, 1, POOL // TEMPOS), line, wanted, mean)
    some = corridor.near(songs, wishes, line, wanted, EACH)
    stages = corridor.stage_of(some.progress / PLACES, wanted)
    for reach in REACHES:
        layers = [np.flatnonzero(np.abs(stages - stage) <= reach) for stage in range(wanted)]
        found = _Found(some, layers, *stepping.way(some, layers, line, mean))
        if found.cost < BROKEN:
            break
    return found


def _anywhere(songs: Songs, wishes: Wishes, line: Line, wanted: int, mean: float | None) -> _Found:
    """Each stage by any song, those far from the line too."""
    return _of_one_pool(corridor.anywhere(songs, wishes, line, wanted, POOL), line, wanted, mean)


def _of_one_pool(some: Candidates, line: Line, wanted: int, mean: float | None) -> _Found:
    """Each stage by any of some songs; fewer stages where there are not so many, one behind another."""
    number = min(wanted, len(np.unique(some.progress)))
    layers = [np.arange(len(some.slots))] * number
    taken, cost = stepping.way(some, layers, line, mean)
    return _Found(some, layers, taken, cost + MISSING * (wanted - number))


def _told(taken: Candidates, line: Line, wanted: int, seconds: float | None) -> Journey:
    slower, faster = np.sort([taken.tempos[:-1], taken.tempos[1:]], axis=0)
    told = Journey(
        slots=taken.slots,
        progress=taken.progress / PLACES if line.length else np.zeros(len(taken.slots)),
        deviations=taken.deviations,
        tempo_steps=np.append(0.0, faster / slower - 1),
        seconds=None if np.isnan(taken.seconds).any() else float(taken.seconds.sum()),
        notes=(),
    )
    return told._replace(notes=tuple(_notes(told, taken, line, wanted, seconds)))


def _notes(told: Journey, taken: Candidates, line: Line, wanted: int, seconds: float | None) -> Iterator[str]:
    """What of the limits is not kept."""
    number = len(told.slots)
    if number < wanted:
        yield f"The journey has {number} songs rather than {wanted}: no more that may be in it lie on the way."
    if (largest := told.largest_tempo_step) >= STEP:
        place = int(told.tempo_steps.argmax()) + 1
        yield f"The tempo changes by {largest:.0%} at song {place}, rather than by less than {STEP:.0%}."
    for place in (taken.artists[1:] == taken.artists[:-1]).nonzero()[0].tolist():
        yield f"Songs {place + 1} and {place + 2} are by the same artist."
    if (farthest := float(told.deviations.max())) > NEAR:
        place = int(told.deviations.argmax()) + 1
        yield f"Song {place} lies {farthest:.2f} from the line, rather than {NEAR} at most."
    gap = float(np.diff(told.progress, prepend=0, append=1).max())
    if line.length and gap > max(GAP, 2 / (wanted - 1)):
        yield f"There is no song on {gap:.0%} of the way."
    if seconds is not None and abs(off := float(taken.seconds.sum()) - seconds) > NEAR_ENOUGH:
        yield f"The journey is {abs(off) / 60:.1f} minutes {'longer' if off > 0 else 'shorter'} than was wished for."
