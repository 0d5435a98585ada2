"""What a listener may want to hear next: the one way in for the playlist manager, the API and the page."""

import hashlib

from moodstream.messages import Track
from moodstream.recommend.candidates import Wish, candidates
from moodstream.recommend.library import Library
from moodstream.recommend.listener import MOODS, Listener
from moodstream.recommend.ranking import rank
from moodstream.recommend.reasons import reason
from moodstream.recommend.taste import Taste, taste

ANYTHING = Wish()


def suggest(listener: Listener, library: Library, wish: Wish = ANYTHING) -> list[Track]:
    """The next tracks for a listener, in playing order, each with a reason; fewer where there are not enough.

    No artist follows on itself. What is drawn at random follows from what is remembered of the listener and from the
    wish: the same events and songs give the same tracks.
    """
    if not len(library):
        return []
    liking, seed = taste(listener, library), _seed(listener, wish)
    ranked = rank(liking, library, candidates(liking, library, wish, seed), wish.length, seed)
    pairs = zip(ranked.slots, ranked.worth, strict=True)
    return [_track(slot, worth, liking, library, wish) for slot, worth in pairs]


def _seed(listener: Listener, wish: Wish) -> int:
    genres = sorted(wish.without_genres)
    told = f"{listener.picture} {wish.mood} {wish.length} {wish.shortest} {wish.longest} {genres}"
    return int.from_bytes(hashlib.sha256(told.encode()).digest()[:8], "big")


def _track(slot: int, worth: float, liking: Taste, library: Library, wish: Wish) -> Track:
    song, mood = library.songs[slot], int(liking.moods_of[slot])
    return Track(
        song_id=song.song_id,
        title=song.title,
        artist=song.artist,
        duration_ms=song.duration_ms,
        mood=MOODS[mood] if mood >= 0 else None,
        score=round(worth, 4),
        reason=reason(slot, liking, library, wish.mood),
    )
