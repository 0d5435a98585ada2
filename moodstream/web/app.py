"""The dashboard as one ASGI app: the page, the API beside it, `/docs`, `/healthz` and `/metrics`, behind the guard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from dash import Dash
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import ASGIApp

from moodstream.settings import Settings
from moodstream.store.mysql import Database
from moodstream.web import api, header, layout, library, live, login, problems, reference
from moodstream.web.asker import Asker
from moodstream.web.asking import Bell
from moodstream.web.catalogue import Catalogue
from moodstream.web.charts import CARDS
from moodstream.web.door import Door
from moodstream.web.feed import Feed, Feeds
from moodstream.web.guard import Guard
from moodstream.web.keys import Keys
from moodstream.web.means import Means
from moodstream.web.publisher import Publisher
from moodstream.web.rates import Rates
from moodstream.web.routes import listenbrainz
from moodstream.web.shelf import Shelf
from moodstream.web.workers import History, Workers

QUESTION_SECONDS = 5.0
SEARCHES, QUESTIONS, COMPUTING = 2, 4, 2
"""Threads for searches in the library, for other questions to the history, and for computing."""
STARTED = datetime.now(UTC)
ABOUT = """What the page shows and does, for programs. Times are ISO 8601 in UTC; failures are
problem details (RFC 9457). Where the dashboard has a password, send it by HTTP Basic, with any user name, or an
API key; what writes takes an API key."""


def create(feeds: Feeds, publisher: Publisher, settings: Settings) -> ASGIApp:
    """The app of some feeds, which it starts and stops."""
    bell, door = Bell(), Door(settings.dashboard_password.get_secret_value())
    means = _means(feeds, bell, publisher, settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        for feed in feeds:
            feed.start(lambda: loop.call_soon_threadsafe(bell.ring))
        means.shelf.start()
        yield
        for feed in feeds:
            feed.stop()
        for part in (means.shelf, means.searches, means.history, means.workers):
            part.close()

    # FastAPI's own pages of documentation would load their scripts from elsewhere.
    server = FastAPI(lifespan=lifespan, title=header.TITLE, version="1", description=ABOUT, openapi_url=None)
    problems.install(server)
    answers = api.router(means)
    for routes in (login.router(door), reference.router(locked=door.locked), answers, listenbrainz.router(means)):
        server.include_router(routes)
    _routes(server, feeds.history)
    page = _page(server, feeds, bell)
    library.connect(page, means.catalogue)
    # Dash looks for our assets when `/` is asked for; who asked for another page first would get it without them.
    page._setup_server()
    return Guard(server, door, means.keys, Rates(settings.api_requests_per_second), page.csp_hashes())


def _means(feeds: Feeds, bell: Bell, publisher: Publisher, settings: Settings) -> Means:
    def limited() -> Database:
        return Database(settings, "dashboard", seconds=QUESTION_SECONDS)

    searches = History(limited, SEARCHES)
    return Means(
        asker=Asker(feeds, bell, CARDS),
        publisher=publisher,
        searches=searches,
        catalogue=Catalogue(searches),
        history=History(limited, QUESTIONS),
        shelf=Shelf(lambda: Database(settings, "dashboard")),
        workers=Workers("workers", COMPUTING),
        keys=Keys(settings.api_keys_file),
        settings=settings,
    )


def _routes(server: FastAPI, feed: Feed) -> None:
    @server.get("/healthz", summary="Whether the dashboard works", tags=["running"], responses={503: {}})
    async def healthz(request: Request) -> JSONResponse:
        """503 while the database does not answer. Whoever has not said the password gets the status alone."""
        body, status = health(feed)
        return JSONResponse(body if request.scope["admitted"] else {"status": body["status"]}, status)

    @server.get("/metrics", summary="Figures for Prometheus", tags=["running"], response_class=Response)
    async def metrics() -> Response:
        """Counters and gauges of the dashboard, in the text format of Prometheus."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def health(feed: Feed) -> tuple[dict[str, Any], int]:
    """The body of `/healthz`, and its status: 503 while the database does not answer."""
    known = feed.fault if feed.fault and not feed.fault.partial else None
    fault = known.reason if known else None if feed.asked_at else "the database has not been asked yet"
    return {
        "service": "dashboard",
        "status": "retrying" if fault else "ok",
        "started_at": STARTED.isoformat(),
        "last_progress_at": feed.asked_at and feed.asked_at.isoformat(),
        "fault": fault,
    }, 503 if fault else 200


def _page(server: Any, feeds: Feeds, bell: Bell) -> Any:
    app = Dash(
        __name__,
        server=server,
        title=header.TITLE,
        update_title="",
        index_string=layout.INDEX,
        meta_tags=layout.METAS,
        enable_mcp=False,
        websocket_inactivity_timeout=0,  # an open page that nobody touches is to stay live
    )
    app.layout = layout.page
    live.connect(app, feeds, bell)
    return app
