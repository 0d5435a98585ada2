"""What programs say was played, as plays of the history's songs.

A song that the history knows, by its id or by artist and title, is as the history knows it, sound included: so a pushed
play has its mood at once, and a key that is for one listener changes no song that others play. What is not known is as
it was pushed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from starlette.concurrency import run_in_threadpool

from moodstream.identity import name_id
from moodstream.messages import Features, Play, Song
from moodstream.store.queries.songs import Known, Name, known
from moodstream.web import publisher
from moodstream.web.means import Means
from moodstream.web.publisher import Publisher

AHEAD = timedelta(minutes=2)
"""How far the clock of whoever pushes may be ahead of ours."""


class Listened(NamedTuple):
    """That somebody played something: `song_id` where they know it, `duration_ms` in milliseconds."""

    artist: str
    title: str
    played_at: datetime
    song_id: str | None = None
    album: str | None = None
    genre: str | None = None
    duration_ms: int | None = None
    features: Features | None = None

    @property
    def name(self) -> Name:
        return Name(self.artist, self.title)


async def push(means: Means, source: str, listener: str, listened: Sequence[Listened]) -> list[Play]:
    """Publish plays, once the history has said what it knows of their songs. The same pushed again is the same plays.

    Raises:
        DataError: one of them cannot be published; none is.
        TransientError, SlowError: the history or Kafka is away; some may have arrived.
    """
    ids = {each.song_id for each in listened if each.song_id is not None}
    found = await means.history.ask(known, ids, {each.name for each in listened})
    # A thousand take so long to be made that the page would stutter.
    return await run_in_threadpool(_published, means.publisher, source, listener, listened, found)


def _published(by: Publisher, source: str, listener: str, listened: Sequence[Listened], found: Known) -> list[Play]:
    plays = [play(source, listener, each, found) for each in listened]
    by.publish(*plays)
    return plays


def play(source: str, listener: str, listened: Listened, found: Known) -> Play:
    """The play that it is.

    Raises:
        DataError: it cannot be published.
    """
    # By what was pushed even where the history knows the song: it may not have when this was first pushed.
    identity = listened.song_id or name_id(listened.artist, listened.title)
    return publisher.play(source, listener, identity, _song(identity, listened, found), listened.played_at)


def _song(identity: str, listened: Listened, found: Known) -> Song:
    namesake = found.by_name.get(listened.name.key)
    if listened.song_id is None and namesake:
        return namesake
    pushed = Song(
        song_id=identity,
        title=listened.title,
        artist=listened.artist,
        album=listened.album,
        genre=listened.genre,
        duration_ms=listened.duration_ms,
        features=listened.features,
        origin="import" if listened.features else None,
    )
    own = found.by_id.get(identity)
    sound = next((song for song in (own, namesake) if song and song.features), pushed)
    named = own or pushed
    return msgspec.structs.replace(
        sound,
        song_id=identity,
        title=named.title,
        artist=named.artist,
        album=named.album or pushed.album,
        genre=named.genre or pushed.genre,
        duration_ms=named.duration_ms or pushed.duration_ms,
    )
