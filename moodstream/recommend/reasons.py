"""Why a song is recommended, in words that are true of it.

What the listener likes comes first, by how much it adds to the score; the mood, which most songs of a playlist
share, where nothing of that holds.
"""

from collections.abc import Iterator, Mapping

from moodstream.moods import Mood
from moodstream.recommend.library import Library
from moodstream.recommend.listener import MOODS
from moodstream.recommend.taste import Taste

NEAR = 0.55
"""The weighted part by sound, of at most 0.8, from which songs count as close: a distance of about 0.2."""
TITLE = 80
"""Characters of a title or an artist that a reason quotes: it must stay short, whatever they are."""


def reason(
    slot: int, parts: Mapping[str, float], near: int | None, taste: Taste, library: Library, asked: Mood | None
) -> str:
    """The reason for the song in `slot`.

    Args:
        parts: the weighted parts of its score, by the names of `ranking.WEIGHTS`.
        near: the slot of the liked song that it sounds most like, if any.
    """
    personal = max(_liked(slot, parts, near, taste, library), default=None)
    return personal[1] if personal else _mood(slot, taste, asked) or _last_resort(slot, taste, library)


def _liked(
    slot: int, parts: Mapping[str, float], near: int | None, taste: Taste, library: Library
) -> Iterator[tuple[float, str]]:
    by_the_same = taste.liked[library.artists[taste.liked] == library.artists[slot]]
    if slot in by_the_same:
        yield parts["song"] + parts["artist"], "you like it"
    elif len(by_the_same) and parts["artist"] > 0:
        yield parts["artist"], f"because you like {_named(int(by_the_same[0]), library)}"
    if near is not None and parts["sound"] >= NEAR:
        new = "" if slot in taste.recent else "new to you, "
        yield parts["sound"], f"{new}close to {_named(near, library)}"


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
