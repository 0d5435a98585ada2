"""The numbers behind the charts of the page."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from moodstream.store.queries.wanted import zone
from moodstream.web import exports
from moodstream.web.answers import AWAY, CSV, download, file
from moodstream.web.api_models import Filters
from moodstream.web.charts.card import Look
from moodstream.web.means import Means
from moodstream.web.problems import responses
from moodstream.web.theme import LIGHT

FILE = file("text/csv", "A row for each number that is shown, under a row of heads; nothing where nothing is shown")


def router(means: Means) -> APIRouter:
    routes = APIRouter(tags=["charts"])
    cards = means.asker.cards
    names = ", ".join(f"`{name}`" for name in cards)

    @routes.get(
        "/charts/{name}.csv",
        summary="The numbers behind a chart",
        response_class=Response,
        responses=responses(s404="There is no such chart", s422="A filter cannot be understood", s503=AWAY) | FILE,
        description=f"What a chart of the page shows, as a table (CSV, UTF-8). The charts: {names}.",
    )
    async def chart(
        name: Annotated[str, Path(examples=["movement"])], filters: Annotated[Filters, Query()]
    ) -> Response:
        wanted = filters.wanted()
        found = await means.asker.answer(name, wanted)
        rows = cards[name].rows(found, Look(wanted, LIGHT, zone(wanted.zone)))
        return download(exports.table(rows), CSV, f"{name}.csv")

    return routes
