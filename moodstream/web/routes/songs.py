"""The songs that match a search."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from moodstream.web import exports
from moodstream.web.answers import AWAY, CSV, download, file
from moodstream.web.api_models import Songs
from moodstream.web.library import row
from moodstream.web.means import Means
from moodstream.web.problems import responses

MOST_SONGS = 10_000
FILE = file("text/csv", f"A row for each song, {MOST_SONGS:,} at most, under a row of heads; nothing without songs")


def router(means: Means) -> APIRouter:
    routes = APIRouter(tags=["songs"])

    @routes.get(
        "/library.csv",
        summary="The songs that match a search",
        response_class=Response,
        responses=responses(s422="The search cannot be understood", s503=AWAY) | FILE,
    )
    async def library(search: Annotated[Songs, Query()]) -> Response:
        """What the library shows, in its order, as a table (CSV, UTF-8): of a search that more than 5,000 songs match,
        the first 1,000."""
        _, songs = await means.catalogue.page(search.search(), 0, MOST_SONGS)
        return download(exports.table([row(song) for song in songs]), CSV, "library.csv")

    return routes
