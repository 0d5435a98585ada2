"""What went wrong with a request, as RFC 9457 says it to programs: `application/problem+json`."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from moodstream.errors import DataError, MoodstreamError

AGAIN = {"Retry-After": "5"}
SCROBBLERS = "/1/"
"""Where clients of ListenBrainz ask, who know its answers only."""
# What may be answered before a route is reached.
EVERYWHERE = {
    "400": "The body cannot be read",
    "401": "Neither the password nor a key was sent, or the key is none",
    "403": "Only the dashboard's own pages, or the holders of another key, may do this",
    "413": "The request is too large",
    "421": "The dashboard has no password, and answers to this machine's own names only",
    "422": "A field cannot be used",
    "429": "Too many requests: wait for `Retry-After` seconds",
}
MEDIA_TYPE = "application/problem+json"
BY_ID, BY_ITSELF = "(id)", "(song)"
"""How a request may name a song; said where both will do, it is no part of a field's name."""


class Wrong(BaseModel):
    """A field of the request that cannot be used."""

    field: str = Field(description="Where it is: `query.range`, `body.mood`")
    detail: str = Field(description="What is the matter with it")


class Problem(BaseModel):
    """What went wrong."""

    title: str = Field(description="What the status means")
    status: int = Field(description="The HTTP status")
    detail: str = Field(description="What is the matter, and what to do, in a sentence")
    errors: list[Wrong] = Field([], description="The fields that cannot be used, where the status is 422")


def responses(**statuses: str) -> dict[int | str, dict[str, Any]]:
    """What an endpoint's documentation says of its failures: `s404="There is no such chart"`."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    told = EVERYWHERE | {name.removeprefix("s"): what for name, what in statuses.items()}
    return {status: {"description": what, "content": content} for status, what in told.items()}


def problem(
    status: int, detail: str, errors: Sequence[Wrong] = (), headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The answer to a request that failed."""
    body = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=list(errors))
    return JSONResponse(body.model_dump(exclude_defaults=True), status, headers, MEDIA_TYPE)


def answer(path: str, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The answer to a request that failed, as whoever asks for such a path knows it."""
    if path.startswith(SCROBBLERS):
        return JSONResponse({"code": status, "error": sentence}, status, headers)
    return problem(status, sentence, headers=headers)


def install(server: FastAPI) -> None:
    """Answer so wherever a request fails."""
    server.add_exception_handler(HTTPException, _refused)
    server.add_exception_handler(RequestValidationError, _invalid)
    server.add_exception_handler(MoodstreamError, _foreseen)
    server.add_exception_handler(Exception, _broken)


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  it was registered for these
    return answer(request.url.path, error.status_code, error.detail, error.headers)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    wrong = [
        Wrong(field=_field(each["loc"]), detail=each["msg"].removeprefix("Value error, ")) for each in error.errors()
    ]
    return problem(422, f"{wrong[0].field}: {wrong[0].detail}.", wrong)


def _field(place: Sequence[int | str]) -> str:
    return ".".join(str(part) for part in place if part not in (BY_ID, BY_ITSELF))


async def _foreseen(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, DataError):
        return answer(request.url.path, 422, str(error))
    return answer(request.url.path, 503, str(error), AGAIN)


async def _broken(request: Request, _: Exception) -> JSONResponse:
    return answer(request.url.path, 500, "This is a fault of the dashboard; its log says more.")
