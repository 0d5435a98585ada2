"""The dashboard as one ASGI app: the page, `/healthz` and `/metrics`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from dash import Dash
from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from moodstream.web import layout, live
from moodstream.web.feed import Feed

STARTED = datetime.now(UTC)


def create(feed: Feed) -> FastAPI:
    """The app of a feed, which it starts and stops."""
    bell = live.Bell()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        feed.start(lambda: loop.call_soon_threadsafe(bell.ring))
        yield
        feed.stop()

    # FastAPI's own pages of documentation would load their scripts from elsewhere.
    server = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    _routes(server, feed)
    _page(server, feed, bell)
    return server


def _routes(server: FastAPI, feed: Feed) -> None:
    @server.get("/healthz")
    def healthz() -> JSONResponse:
        body, status = health(feed)
        return JSONResponse(body, status)

    @server.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def health(feed: Feed) -> tuple[dict[str, Any], int]:
    """The body of `/healthz`, and its status: 503 while the database does not answer."""
    fault = feed.fault.reason if feed.fault else None if feed.asked_at else "the database has not been asked yet"
    return {
        "service": "dashboard",
        "status": "retrying" if fault else "ok",
        "started_at": STARTED.isoformat(),
        "last_progress_at": feed.asked_at and feed.asked_at.isoformat(),
        "fault": fault,
    }, 503 if fault else 200


def _page(server: Any, feed: Feed, bell: live.Bell) -> None:
    app = Dash(
        __name__,
        server=server,
        title=layout.TITLE,
        update_title="",
        index_string=layout.INDEX,
        meta_tags=layout.METAS,
        enable_mcp=False,
        websocket_inactivity_timeout=0,  # an open page that nobody touches is to stay live
    )
    app.layout = layout.page
    live.connect(app, feed, bell)
