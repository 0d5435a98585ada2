"""What a listener thinks of a play."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from moodstream.web import publisher
from moodstream.web.api_models import Accepted, Reacted
from moodstream.web.keys import NEEDED
from moodstream.web.means import Means
from moodstream.web.problems import responses


def router(means: Means) -> APIRouter:
    routes = APIRouter(tags=["plays"])

    def allowed(request: Request, _: Annotated[object, NEEDED] = None) -> None:
        if not by_page(request):
            means.keys.needed(request)

    @routes.post(
        "/feedback",
        summary="Say what a listener thinks of a play",
        status_code=202,
        dependencies=[Depends(allowed)],
        responses=responses(
            s400="The body is no JSON",
            s403="The key is for another listener",
            s422="This cannot be said of a play",
            s503="Kafka is away; it may not have arrived",
        ),
    )
    def feedback(said: Reacted, request: Request) -> Accepted:
        """Publishes to `user_feedback`, and answers once Kafka has it. The same said twice of a play is one row."""
        if means.keys.of(request.scope) or not by_page(request):
            means.keys.for_listener(request, said.listener)
        what = [each for each in (said.reaction, said.mood) if each]
        now = datetime.now(UTC)
        told = [publisher.feedback(str(said.play_id), said.listener, said.song_id, each, now) for each in what]
        means.publisher.publish(*told)
        return Accepted(event_ids=[UUID(bytes=message.event_id.bytes) for message in told])

    return routes


def by_page(request: Request) -> bool:
    """Whether our own page sent this, whose buttons need no key: who reads it has been let in to it.

    A browser names the origin of the page with whatever changes something, no script can name another, and the guard
    refuses all but ours. (`Sec-Fetch-Site` says the same, but not over plain HTTP from another machine.) A program that
    names it may no more than with the page itself.
    """
    return "origin" in request.headers
