"""`/docs`: the API's reference, by Swagger UI, whose files come along as a package: it works without the internet."""

from importlib.resources import files
from typing import Any

import fastapi_swagger
from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from moodstream.web.problems import Problem

FILES = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
START = """"use strict";
const dark = matchMedia("(prefers-color-scheme: dark)");
const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", paint);
paint();
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
});
"""
PAGE = """<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>API · Music mood</title>
    <link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">
    <link rel="stylesheet" href="/docs/swagger-ui.css">
  </head>
  <body>
    <div id="reference"></div>
    <noscript>This page needs JavaScript; the same is in <a href="/openapi.json">/openapi.json</a>.</noscript>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
"""


def description(server: FastAPI, *, locked: bool) -> dict[str, Any]:
    """What `/openapi.json` says: the routes, how failures look, and how to say the password where there is one."""
    told = get_openapi(title=server.title, version=server.version, description=server.description, routes=server.routes)
    parts = told.setdefault("components", {})
    failure = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    parts.setdefault("schemas", {}).update(failure.pop("$defs") | {"Problem": failure})
    if locked:
        parts.setdefault("securitySchemes", {})["password"] = {"type": "http", "scheme": "basic"}
        told["security"] = [{"password": []}, {"key": []}]
    return told


def router(*, locked: bool) -> APIRouter:
    """`/docs`, its files, and `/openapi.json`, which says how to log in where the door is `locked`.

    The script of the page is a file too, since the Content-Security-Policy runs no other.
    """
    routes = APIRouter(include_in_schema=False)
    place = files(fastapi_swagger) / "resources"

    @routes.get("/docs")
    def page() -> Response:
        return HTMLResponse(PAGE)

    @routes.get("/openapi.json")
    def openapi(request: Request) -> Response:
        return JSONResponse(description(request.app, locked=locked))

    @routes.get("/docs/start.js")
    def start() -> Response:
        return Response(START, media_type="text/javascript")

    @routes.get("/docs/{name}")
    def file(name: str) -> Response:
        if name not in FILES:
            raise HTTPException(404, "There is no such file.")
        return FileResponse(str(place / name), media_type=FILES[name])

    return routes
