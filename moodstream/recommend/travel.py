"""A listener and a library -> a journey that is theirs: without what they never want to hear, with what they like."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moodstream.errors import DataError
from moodstream.moods import Mood
from moodstream.recommend.candidates import Wish, allowed
from moodstream.recommend.journeys import Journey, journey
from moodstream.recommend.library import Library
from moodstream.recommend.listener import Listener
from moodstream.recommend.taste import Taste, taste

ARTIST = 0.5
"""What the liking for an artist counts, beside that for a song."""


class Travelled(NamedTuple):
    """A journey, and from which mood it starts."""

    start: Mood
    journey: Journey


def travel(
    listener: Listener,
    library: Library,
    start: Mood | None,
    end: Mood,
    *,
    number: int | None = None,
    seconds: float | None = None,
    wish: Wish,
) -> Travelled:
    """The journey of a listener, see `journeys.journey`; a stranger's, where nothing is remembered of them.

    Args:
        start: where it starts; None for the listener's present mood.
        wish: what `shortest`, `longest` and `without_genres` of it leave out is left out.

    Raises:
        DataError: it is to start at the present mood, and none is known; or there is no song to make it of.
    """
    liking = taste(listener, library)
    begin = start or liking.mood
    if begin is None:
        raise DataError(
            "The listener's present mood is not known, as nothing that they played lately has one: say `from`."
        )
    left, gladly = allowed(liking, library, wish), bonus(liking, library)
    return Travelled(begin, journey(library, begin, end, number=number, seconds=seconds, allowed=left, bonus=gladly))


def bonus(liking: Taste, library: Library) -> NDArray[np.float64] | None:
    """How gladly a listener hears each of n songs, -1..1: by what they said of the song and of its artist's others.

    None where they have said nothing.
    """
    known = liking.evidence
    if not len(known.slots):
        return None
    said = known.welcome / (1 + known.noise)
    artists = library.artists[known.slots]
    by_song = np.bincount(known.slots, said, len(library))
    by_artist = np.bincount(artists, said, int(library.artists.max()) + 1)
    return np.asarray((np.tanh(by_song) + ARTIST * np.tanh(by_artist[library.artists])).clip(-1, 1))
