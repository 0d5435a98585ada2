"""The mood models: which are there, training another one, and switching back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from moodstream import keeping
from moodstream.keeping import Kept
from moodstream.web.answers import FRESH, PREFIX
from moodstream.web.jobs import LONGEST_SECONDS, Jobs, Labels
from moodstream.web.means import Means
from moodstream.web.problems import responses
from moodstream.web.routes.model_models import Feedback, ModelCard, Models, Training

UNREADABLE = "The folder of the models cannot be used"
BUSY = "A training has not ended yet"
DENIED = {"s401": "This needs an API key", "s403": "The key is for one listener alone"}
TABLE = f"""Trains in the background: answers 202 at once, with the job under `Location`. Send a table of songs
(`text/csv`: `mood`, `valence`, `energy`, `danceability`, `acousticness`, `tempo`, with heads), or JSON
`{{"labels": "feedback"}}` to learn from the corrections that listeners sent. The model is taken into use where it is
not worse than the one in use. One training at a time; it is ended after {LONGEST_SECONDS / 60:.0f} minutes."""
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {"schema": {"type": "string", "minLength": 1}},
            "application/json": {"schema": Feedback.model_json_schema()},
        },
    }
}


def router(means: Means, jobs: Jobs | None = None) -> APIRouter:
    """The routes of the models; the `jobs` end with the server."""
    trainings = jobs or Jobs(means.settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        trainings.close()

    routes = APIRouter(tags=["models"], lifespan=lifespan)
    _looking(routes, means, trainings)
    _training(routes, means, trainings)
    _switching(routes, means, trainings)
    return routes


def _looking(routes: APIRouter, means: Means, jobs: Jobs) -> None:
    @routes.get("/models", summary="The mood models", responses=responses(s503=UNREADABLE))
    async def models(response: Response) -> Models:
        """Those that are there, which of them is in use, and the figures of each."""
        response.headers.update(FRESH)
        return await _told(means, jobs)

    @routes.get(
        "/models/jobs/{job_id}",
        summary="A training",
        responses=responses(s404="There is no such training, or it is forgotten", s422="This is not the id of one"),
    )
    async def job(job_id: UUID, response: Response) -> Training:
        """How far it has come, and what came of it. The last few are remembered, until the dashboard ends."""
        found = jobs.find(job_id)
        if found is None:
            raise HTTPException(404, f"There is no training {job_id}; this dashboard remembers the last few it made.")
        response.headers.update(FRESH)
        return Training.model_validate(found)


def _training(routes: APIRouter, means: Means, jobs: Jobs) -> None:
    failures = {"s409": BUSY, "s415": "It is neither a table nor JSON", "s422": "There is nothing to train by"}

    @routes.post(
        "/models/train",
        summary="Train a mood model",
        description=TABLE,
        status_code=202,
        responses=responses(**DENIED, **failures),
        dependencies=[Depends(means.keys.administrator)],
        openapi_extra=BODY,
    )
    async def train(
        request: Request,
        response: Response,
        labels: Annotated[
            Literal["tags", "kmeans"] | None,
            Query(description="Of a table: its column `mood` (`tags`, as if left out), or clusters of the features"),
        ] = None,
    ) -> Training:
        by, table = await _wanted(request, labels)
        job = jobs.start(by, table)
        if job is None:
            raise _busy(jobs)
        response.headers["Location"] = f"{PREFIX}/models/jobs/{job.job_id}"
        return Training.model_validate(job)


def _switching(routes: APIRouter, means: Means, jobs: Jobs) -> None:
    protected: dict[str, Any] = {"dependencies": [Depends(means.keys.administrator)]}
    switching = asyncio.Lock()  # two that move the same files at once could lose one of them

    @routes.post(
        "/models/default",
        summary="Switch back to the shipped model",
        responses=responses(**DENIED, s409=BUSY, s503=UNREADABLE),
        **protected,
    )
    async def default() -> Models:
        """The model of one's own becomes the previous one, which `POST /models/previous` takes into use again."""
        async with switching:
            if jobs.running():
                raise _busy(jobs)
            await means.workers.run(keeping.default, means.settings.model_dir)
            return await _told(means, jobs)

    @routes.post(
        "/models/previous",
        summary="Take the previous model into use",
        responses=responses(**DENIED, s404="There is no previous model", s409=BUSY, s503=UNREADABLE),
        **protected,
    )
    async def previous() -> Models:
        """The model in use becomes the previous one: the same again brings it back."""
        async with switching:
            if jobs.running():
                raise _busy(jobs)
            there = await means.workers.run(keeping.kept, means.settings.model_dir)
            if not any(one.place == "previous" for one in there):
                raise HTTPException(404, "There is no previous model: none was replaced here yet.")
            await means.workers.run(keeping.restore, means.settings.model_dir)
            return await _told(means, jobs)


async def _told(means: Means, jobs: Jobs) -> Models:
    found = await means.workers.run(keeping.kept, means.settings.model_dir)
    names = [one.model.name for one in found if one.in_use and one.model]
    running = jobs.running()
    return Models(
        models=[_card(one) for one in found], in_use=names[0] if names else None, training=running and running.job_id
    )


def _card(one: Kept) -> ModelCard:
    if one.model is None:
        return ModelCard(place=one.place, in_use=one.in_use, name=None, fault=one.fault)
    told = {name: one.model.card.get(name, {}) for name in ("trained_on", "figures", "versions")}
    return ModelCard(place=one.place, in_use=one.in_use, name=one.model.name, **told)


async def _wanted(request: Request, labels: Literal["tags", "kmeans"] | None) -> tuple[Labels, bytes | None]:
    """What to train by: how the moods are told, and the table.

    Raises:
        HTTPException: 415 where the body is of another kind.
        RequestValidationError: it holds nothing to train by.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if kind == "text/csv":
        if not body.strip():
            raise _invalid("body", "the table is empty")
        return labels or "tags", body
    if kind != "application/json":
        raise HTTPException(415, "Send a table as text/csv, or application/json.")
    if labels:
        raise _invalid("query.labels", "goes with a table (text/csv)")
    try:
        return Feedback.model_validate_json(body).labels, None
    except ValidationError as error:
        wrong = [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_url=False)]
        raise RequestValidationError(wrong) from error


def _invalid(field: str, message: str) -> RequestValidationError:
    return RequestValidationError([{"type": "value_error", "loc": tuple(field.split(".")), "msg": message}])


def _busy(jobs: Jobs) -> HTTPException:
    running = jobs.running()
    name = f" {running.job_id}" if running else ""
    return HTTPException(409, f"The training{name} has not ended yet: wait for it.")
