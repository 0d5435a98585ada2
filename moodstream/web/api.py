"""The REST API under `/api/v1`: what the page shows and does, and more, for programs.

It asks by the page's feeds and by the page's questions, so that the database sees no more of them.
"""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from moodstream.web.answers import PREFIX
from moodstream.web.means import Means
from moodstream.web.routes import (
    charts,
    faces,
    feedback,
    filtering,
    finding,
    journeys,
    listeners,
    models,
    moods,
    now,
    playlists,
    plays,
    similar,
    songs,
    suggesting,
    trends,
)

# In the order in which the reference tells of them.
ROUTES = (
    *(now, moods, faces, feedback, plays),
    *(listeners, trends),
    *(suggesting, playlists, filtering, journeys),
    *(songs, finding, similar, charts, models),
)
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


def router(means: Means) -> APIRouter:
    """All routes of the API."""
    api, parts = APIRouter(), [part.router(means) for part in ROUTES]
    for part in parts:
        api.include_router(part, prefix=PREFIX)
    _elsewhere(api, parts)
    return api


def _elsewhere(api: APIRouter, parts: Sequence[APIRouter]) -> None:
    """Every other path under `/api` is an error, rather than the page, which is what every other path is."""

    @api.api_route("/api/{path:path}", methods=METHODS, include_in_schema=False)
    def nowhere(request: Request) -> None:
        path = request.url.path
        scope = {**request.scope, "path": path.removeprefix(PREFIX)}
        there = (route for part in parts for route in part.routes if route.matches(scope)[0] is Match.PARTIAL)
        allowed = sorted({method for route in there if isinstance(route, Route) for method in route.methods or ()})
        if allowed:
            raise HTTPException(405, f"{path} takes {', '.join(allowed)} only.", {"Allow": ", ".join(allowed)})
        raise HTTPException(404, "There is nothing here; /docs says what there is.")
