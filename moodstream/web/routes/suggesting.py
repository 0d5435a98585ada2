"""Fresh playlists: for a listener, for a mood, or for both."""

from collections.abc import Iterator
from typing import NamedTuple

from fastapi import APIRouter, Response

from moodstream.messages import Track
from moodstream.moods import Mood
from moodstream.recommend.listener import Listener
from moodstream.recommend.suggest import suggest
from moodstream.recommend.taste import present_mood
from moodstream.web.answers import AWAY, FRESH
from moodstream.web.means import Means
from moodstream.web.problems import responses
from moodstream.web.routes.listener_models import RecommendedTrack
from moodstream.web.routes.suggesting_models import Fresh, PlaylistQuestion
from moodstream.web.wishes import EVERYBODY, FILES, recalled


class Made(NamedTuple):
    """A playlist for whoever is meant; `mood` is the one asked for, or the present one."""

    listener: Listener
    mood: Mood | None
    tracks: list[Track]


def router(means: Means) -> APIRouter:
    routes = APIRouter(tags=["playlists"])

    @routes.post(
        "/playlists",
        summary="A fresh playlist",
        response_model=Fresh,
        responses=responses(s422="A field cannot be used: `errors` says which", s503=AWAY)
        | {200: {"description": "The playlist; a file where a format was asked for", "content": FILES}},
    )
    async def fresh(asked: PlaylistQuestion, response: Response) -> Fresh | Response:
        """Recommends songs, each with its reason: by what the listener played and said, as of now. A listener of whom
        nothing is known, or none, gets what is played most. No artist follows on itself. The same question, with
        nothing new played or said, gets the same answer."""
        listener = await recalled(means, asked.listener)
        made = await means.workers.run(_made, means, asked, listener)
        if asked.format != "json":
            name = f"{asked.mood or ''} {asked.listener or EVERYBODY}".strip()
            return asked.file(made.tracks, made.mood, name)
        response.headers.update(FRESH)
        return _told(made, asked)

    return routes


def _made(means: Means, asked: PlaylistQuestion, listener: Listener) -> Made:
    with means.shelf.library() as library:
        mood = asked.mood or present_mood(listener, library)
        return Made(listener, mood, suggest(listener, library, asked.wish(asked.mood, asked.length)))


def _told(made: Made, asked: PlaylistQuestion) -> Fresh:
    return Fresh(
        listener=asked.listener,
        mood=made.mood,
        personal=_personal(made),
        tracks=[RecommendedTrack.model_validate(track) for track in made.tracks],
        notes=list(_notes(made, asked)),
    )


def _personal(made: Made) -> bool:
    return len(made.listener.plays) + len(made.listener.reactions) > 0


def _notes(made: Made, asked: PlaylistQuestion) -> Iterator[str]:
    if asked.listener is not None and not _personal(made):
        yield f"Nothing is known of {asked.listener!r} yet: these are the songs that are played most."
    if len(made.tracks) < asked.length:
        yield f"Of {asked.length} songs asked for, there are {len(made.tracks)} that fit."
