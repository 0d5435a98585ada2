"""What a listener played, pushed by programs."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from moodstream.web.api_models import ID
from moodstream.web.means import Means
from moodstream.web.problems import responses
from moodstream.web.pushing import push
from moodstream.web.routes.plays_models import Arrived, Push

SOURCE = "api"


def router(means: Means) -> APIRouter:
    routes = APIRouter(tags=["plays"])

    @routes.post(
        "/listeners/{listener:path}/plays",
        summary="Say what a listener played",
        status_code=202,
        dependencies=[Depends(means.keys.needed)],
        responses=responses(
            s400="The body is no JSON",
            s403="The key is for another listener",
            s404="There can be no such listener",
            s422="A field cannot be used; nothing was published",
            s503="The history or Kafka is away; send the same again, it counts once",
        ),
    )
    async def plays(
        request: Request,
        listener: Annotated[str, Path(min_length=1, max_length=128, pattern=ID, examples=["anna"])],
        said: Push,
    ) -> Arrived:
        """Publishes to `song_stream`, and answers once Kafka has them. The same play sent again, with its `played_at`,
        is one row. Of a song that the history knows, by `song_id` or by artist and title, what it knows stays."""
        means.keys.for_listener(request, listener)
        now = datetime.now(UTC)
        found = await push(means, SOURCE, listener, [each.listened(now) for each in said.plays])
        ids = [play.event_id for play in found]
        sounding = {play.event_id for play in found if play.song.features}
        return Arrived(event_ids=ids, plays=len(set(ids)), with_sound=len(sounding))

    return routes
