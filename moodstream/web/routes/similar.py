"""The songs that sound nearest to given ones."""

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from typing import Any, NamedTuple

import numpy as np
from fastapi import APIRouter, Response
from fastapi.exceptions import RequestValidationError
from numpy.typing import NDArray

from moodstream.playlists.naming import song_urn
from moodstream.recommend.library import Library, Slots
from moodstream.recommend.similar import Index, Near, nearest
from moodstream.recommend.sounds import SOUND, UNKNOWN, sound
from moodstream.web.answers import AWAY, FRESH
from moodstream.web.api_models import Described
from moodstream.web.means import Means
from moodstream.web.problems import responses
from moodstream.web.routes.similar_models import ESSENTIAL, Similar, SimilarAnswer, SimilarQuestion, Weighed

SPACE = [Weighed(feature=name, weight=axis.weight, typical=axis.typical, why=axis.why) for name, axis in SOUND.items()]
Item = str | Described


class Placed(NamedTuple):
    """Songs of a request: where each lies in the space (NaN: not known), and its slot in the library (-1: none)."""

    items: Sequence[Item]
    sounds: NDArray[np.float32]
    slots: Slots


def router(means: Means) -> APIRouter:
    routes = APIRouter(tags=["songs"])

    @routes.post(
        "/similar",
        summary="The songs that sound nearest to given ones",
        responses=responses(s422="A song is not known, or too little of its sound is: `detail` says which", s503=AWAY),
    )
    async def similar(asked: SimilarQuestion, response: Response) -> SimilarAnswer:
        """Compares songs in a space of features whose weights are part of the answer; nothing of it depends on what
        else is asked. Several songs are looked for at once: what is near to any of them is near, so that a song in the
        middle between two that differ is none. The given songs themselves are never in the answer."""
        answer = await means.workers.run(_answer, means, asked)
        response.headers.update(FRESH)
        return answer

    return routes


def _answer(means: Means, asked: SimilarQuestion) -> SimilarAnswer:
    needless = asked.among is not None and not any(isinstance(item, str) for item in (*asked.songs, *asked.among))
    with nullcontext(Library()) if needless else means.shelf.library() as library:
        given = _placed("songs", asked.songs, library)
        _refuse(("songs", place, f"too little is known of it: {ESSENTIAL}") for place in _unknown(given.sounds))
        if asked.among is None:
            return _of_library(given, asked, library, None if asked.exact else means.shelf.index)
        return _of_some(given, _placed("among", asked.among, library), asked, library)


def _placed(field: str, items: Sequence[Item], library: Library) -> Placed:
    ids = [(place, item) for place, item in enumerate(items) if isinstance(item, str)]
    slots = np.full(len(items), -1, np.int64)
    slots[[place for place, _ in ids]] = library.slots(song_id for _, song_id in ids)
    _refuse((field, place, f"there is no song {song_id!r}") for place, song_id in ids if slots[place] < 0)
    sounds = np.array([UNKNOWN if isinstance(item, str) else sound(item.known()) for item in items], np.float32)
    sounds = sounds.reshape(-1, len(SOUND))
    sounds[slots >= 0] = library.sounds[slots[slots >= 0]]
    return Placed(items, sounds, slots)


def _refuse(wrong: Iterable[tuple[str, int, str]]) -> None:
    errors = [{"loc": ("body", field, place), "msg": what} for field, place, what in wrong]
    if errors:
        raise RequestValidationError(errors)


def _of_library(given: Placed, asked: SimilarQuestion, library: Library, index: Index | None) -> SimilarAnswer:
    without = given.slots[given.slots >= 0]
    if index is not None:
        near = index.nearest(library, given.sounds, asked.count, without)
    else:
        near = nearest(library.sounds, given.sounds, asked.count, without)
    return _told(near, near.places, None, library, library.sounds, exact=index is None)


def _of_some(given: Placed, among: Placed, asked: SimilarQuestion, library: Library) -> SimilarAnswer:
    own = np.flatnonzero((among.slots >= 0) & np.isin(among.slots, given.slots))
    near = nearest(among.sounds, given.sounds, asked.count, own)
    return _told(near, among.slots[near.places], among, library, among.sounds, exact=True)


def _told(
    near: Near, slots: Slots, among: Placed | None, library: Library, sounds: NDArray[np.float32], *, exact: bool
) -> SimilarAnswer:
    unknown = len(_unknown(sounds))
    songs = []
    for place, slot, distance, of in zip(near.places, slots, near.distances, near.of, strict=True):
        item = among.items[place] if among else None
        named = _named(int(slot), library) | {"id": item.id if isinstance(item, Described) else None}
        position = int(place) + 1 if among else None
        songs.append(Similar(**named, position=position, distance=round(float(distance), 4), nearest_to=int(of) + 1))
    return SimilarAnswer(songs=songs, exact=exact, compared=len(sounds) - unknown, without_sound=unknown, space=SPACE)


def _named(slot: int, library: Library) -> dict[str, Any]:
    if slot < 0:
        return dict.fromkeys(("song_id", "title", "artist", "link"))
    song = library.songs[slot]
    return {"song_id": song.song_id, "title": song.title, "artist": song.artist, "link": song_urn(song.song_id)}


def _unknown(sounds: NDArray[np.float32]) -> Slots:
    """The places of the rows that are not known: they are known as a whole, or not at all."""
    return np.flatnonzero(np.isnan(sounds[:, 0]))
