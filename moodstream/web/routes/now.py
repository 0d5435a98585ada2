"""What plays now."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from moodstream.store.queries.wanted import Wanted
from moodstream.web.answers import AWAY, FRESH
from moodstream.web.api_models import Now
from moodstream.web.means import Means
from moodstream.web.problems import responses


def router(means: Means) -> APIRouter:
    routes = APIRouter(tags=["plays"])

    @routes.get("/now", summary="What plays now", responses=responses(s503=AWAY))
    async def now(
        response: Response,
        listener: Annotated[str, Query(max_length=128, description="Whose plays; everybody's where empty")] = "",
        source: Annotated[str, Query(max_length=32, description="Plays from where; from everywhere where empty")] = "",
    ) -> Now:
        """The newest plays, newest first, each with its mood as soon as the classifier has said it."""
        response.headers.update(FRESH)
        return Now.model_validate(await means.asker.answer("now", Wanted(listener=listener, source=source)))

    return routes
