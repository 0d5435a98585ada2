"""What went wrong with a request, as RFC 9457 says it to programs: `application/problem+json`."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"


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
    told = {name.removeprefix("s"): what for name, what in statuses.items()} | {"default": "Anything else went wrong"}
    return {status: {"description": what, "content": content} for status, what in told.items()}


def problem(
    status: int, detail: str, errors: Sequence[Wrong] = (), headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The answer to a request that failed."""
    body = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=list(errors))
    return JSONResponse(body.model_dump(exclude_defaults=True), status, headers, MEDIA_TYPE)


def install(server: FastAPI) -> None:
    """Answer so wherever a request fails."""
    server.add_exception_handler(HTTPException, _refused)
    server.add_exception_handler(RequestValidationError, _invalid)
    server.add_exception_handler(Exception, _broken)


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  it was registered for these
    return problem(error.status_code, error.detail, headers=error.headers)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    wrong = [Wrong(field=".".join(map(str, each["loc"])), detail=each["msg"]) for each in error.errors()]
    return problem(422, f"{wrong[0].field}: {wrong[0].detail}.", wrong)


async def _broken(_: Request, __: Exception) -> JSONResponse:
    return problem(500, "This is a fault of the dashboard; its log says more.")
