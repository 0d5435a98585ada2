"""Why a song is recommended, in words that are true of it: what the listener said first, then the mood."""

import numpy as np

from moodstream.moods import Mood
from moodstream.recommend.library import Library
from moodstream.recommend.listener import MOODS
from moodstream.recommend.taste import Taste

NEAR = 0.2
"""The distance between sounds (see `sounds.SOUND`) up to which songs count as close."""
TITLE = 80
"""Characters of a title or an artist that a reason quotes: it must stay short, whatever they are."""
SAID = {"like": ("you like it", "because you like {}"), "replay": ("you replayed it", "because you replayed {}")}
"""What is said where the song itself was praised, and where another one was."""


def reason(slot: int, taste: Taste, library: Library, asked: Mood | None) -> str:
    """The reason for the song in `slot`; `asked` is the mood that was asked for, if any."""
    if slot in taste.praised:
        return SAID[taste.praised[slot]][0]
    return (
        _artist(slot, taste, library)
        or _close(slot, taste, library)
        or _mood(slot, taste, asked)
        or _last_resort(slot, taste, library)
    )


def _artist(slot: int, taste: Taste, library: Library) -> str | None:
    """The song by the same artist that was praised last, unless the artist's songs were unwelcome on the whole."""
    artist, known = library.artists[slot], taste.evidence
    praised = np.fromiter(taste.praised, np.int64)
    theirs = praised[library.artists[praised] == artist]
    if not len(theirs) or known.welcome[library.artists[known.slots] == artist].sum() <= 0:
        return None
    newest = int(theirs[0])
    return SAID[taste.praised[newest]][1].format(_named(newest, library))


def _close(slot: int, taste: Taste, library: Library) -> str | None:
    """The nearest of the songs that were praised."""
    if not taste.praised:
        return None
    praised = list(taste.praised)
    squares = ((library.sounds[praised] - library.sounds[slot]) ** 2).sum(axis=1)
    nearest = int(squares.argmin())  # NaN, which comes first, is not near either
    if not squares[nearest] <= NEAR**2:
        return None
    new = "" if slot in taste.recent else "new to you, "
    return f"{new}close to {_named(praised[nearest], library)}"


def _mood(slot: int, taste: Taste, asked: Mood | None) -> str | None:
    mood = asked or taste.mood
    if mood is None or taste.moods_of[slot] != MOODS.index(mood):
        return None
    return f"{mood.lower()}, as you asked" if asked else f"as {mood.lower()} as what you have been playing"


def _last_resort(slot: int, taste: Taste, library: Library) -> str:
    if slot in taste.recent:
        return "you have played it before"
    often = library.plays[slot] > 1 and library.plays[slot] >= library.plays.max() / 2
    return "new to you, and among the most played here" if often else "new to you"


def _named(slot: int, library: Library) -> str:
    song = library.songs[slot]
    title, artist = (_short(text) for text in (song.title, song.artist))
    return f"{title} by {artist}" if artist else title


def _short(text: str) -> str:
    return text if len(text) <= TITLE else f"{text[: TITLE - 1]}…"
