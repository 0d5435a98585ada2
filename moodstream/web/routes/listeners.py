"""What a listener plays: their mood now and before, their artists, their playlists."""

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from moodstream.store.queries import artists, playlists
from moodstream.store.queries.listener import known, newest, plays
from moodstream.store.queries.places import Place
from moodstream.web.answers import AWAY, FRESH, PREFIX
from moodstream.web.means import Means
from moodstream.web.mood_now import mood_now
from moodstream.web.problems import responses
from moodstream.web.routes.listener_models import (
    Artist,
    Artists,
    HeardPlay,
    History,
    Listener,
    Lists,
    MoodNow,
    Plays,
    Recommendations,
    RecommendedList,
    RecommendedTrack,
)

NEWEST = 50
NOBODY = "Nothing was played by the listener"
WORTH = ", ".join(f"{kind} {worth:+g}" for kind, worth in artists.WORTH.items())
FAVOURITES = f"""The artists that a listener likes best, by their newest {artists.COUNTED:,} plays and
{artists.COUNTED_REACTIONS:,} reactions. The score is the sum of what these are worth ({WORTH}),
which halves every {artists.HALF_LIFE_DAYS:g} days."""
FAILURES = responses(s404=NOBODY, s422="A parameter is out of its range", s503=AWAY)


def router(means: Means) -> APIRouter:
    routes = APIRouter(tags=["listeners"])
    _moods(routes, means)
    _favourites(routes, means)
    _playlists(routes, means)
    return routes


def _moods(routes: APIRouter, means: Means) -> None:
    @routes.get("/listeners/{listener:path}/mood", summary="A listener's mood now", responses=FAILURES)
    async def mood(listener: Listener, response: Response) -> MoodNow:
        """By their last 50 plays: how often each mood came, where these plays lie on the plane of valence and arousal
        and how far they are spread, and how sure all that is. Plays in a row are often alike (an album), so that the
        intervals are rather too narrow than too wide."""
        now = datetime.now(UTC)
        found = await means.history.ask(newest, listener, now, NEWEST)
        if not found:
            raise nobody(listener)
        response.headers.update(FRESH)
        return mood_now(found, now)

    @routes.get("/listeners/{listener:path}/moods", summary="The moods of a listener's plays", responses=FAILURES)
    async def moods(listener: Listener, wanted: Annotated[Plays, Query()], response: Response) -> History:
        """All plays, newest first, each with its mood. `next` leads to the plays before these: none comes twice, and
        none is left out, however many come in meanwhile."""
        span = wanted.span(datetime.now(UTC))
        found = await means.history.ask(plays, listener, span, wanted.limit + 1)
        await refuse_stranger(means, listener, bool(found))
        response.headers.update(FRESH)
        told = [HeardPlay.model_validate(play) for play in found[: wanted.limit]]
        return History(plays=told, next=follows(listener, "moods", wanted, [play.place for play in found]))


def _favourites(routes: APIRouter, means: Means) -> None:
    @routes.get(
        "/listeners/{listener:path}/artists",
        summary="A listener's favourite artists",
        description=FAVOURITES,
        responses=FAILURES,
    )
    async def favourites(
        listener: Listener,
        response: Response,
        limit: Annotated[int, Query(ge=1, le=500, description="So many at most")] = 50,
    ) -> Artists:
        found = await means.history.ask(artists.favourites, listener, datetime.now(UTC))
        if not found.plays and not found.artists:
            raise nobody(listener)
        response.headers.update(FRESH)
        told = [Artist.model_validate(one) for one in found.artists[:limit]]
        more = {name: getattr(found, name) for name in ("plays", "without_artist", "since")}
        return Artists(artists=told, of=len(found.artists), **more)


def _playlists(routes: APIRouter, means: Means) -> None:
    @routes.get("/listeners/{listener:path}/playlists", summary="A listener's playlists", responses=FAILURES)
    async def recommended(listener: Listener, wanted: Annotated[Lists, Query()], response: Response) -> Recommendations:
        """The playlists that were recommended, newest first, with the reason for each song. `next` leads to those
        before these."""
        span = wanted.span(datetime.now(UTC))
        found = await means.history.ask(playlists.playlists, listener, span, wanted.limit + 1)
        await refuse_stranger(means, listener, bool(found))
        response.headers.update(FRESH)
        return Recommendations(
            playlists=[_recommended(one) for one in found[: wanted.limit]],
            next=follows(listener, "playlists", wanted, [one.place for one in found]),
        )


def nobody(listener: str) -> HTTPException:
    """What is said of a listener who is not known."""
    return HTTPException(404, f"{listener!r} has played nothing yet.")


async def refuse_stranger(means: Means, listener: str, found: bool) -> None:
    """See that a listener of whom a question found nothing has played something at all.

    Raises:
        HTTPException: 404 where they have not.
    """
    if not found and not await means.history.ask(known, listener):
        raise nobody(listener)


def follows(listener: str, what: str, wanted: Plays | Lists, found: list[Place]) -> str | None:
    """Path and query of the page that follows on what was found, which is one more than wanted where there is one."""
    if len(found) <= wanted.limit:
        return None
    path = f"{PREFIX}/listeners/{quote(listener, safe='')}/{what}"
    return f"{path}?{urlencode(wanted.query(found[wanted.limit - 1]))}"


def _recommended(one: playlists.Recommended) -> RecommendedList:
    tracks = [RecommendedTrack.model_validate(track) for track in one.tracks]
    return RecommendedList(playlist_id=one.place.event_id, made_at=one.place.at, mood=one.mood, tracks=tracks)
