"""A photograph -> the mood of the face on it -> a playlist in that mood. The picture is never stored, nor logged."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.exceptions import HTTPException

from moodstream import faces
from moodstream.errors import ConfigurationError
from moodstream.faces import moods
from moodstream.recommend.candidates import Wish
from moodstream.recommend.listener import Listener
from moodstream.recommend.suggest import suggest
from moodstream.web.answers import FRESH
from moodstream.web.means import Means
from moodstream.web.problems import responses
from moodstream.web.routes.faces_models import FaceMood
from moodstream.web.wishes import recalled

KINDS = ("image/jpeg", "image/png", "image/webp", "image/gif")
# The body is the picture itself: a form with files would be written to a disk on its way.
BODY = {"required": True, "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in KINDS}}


def router(means: Means, load: Callable[[], Any] = faces.load) -> APIRouter:
    routes = APIRouter(tags=["moods"])
    table = moods.table(means.settings.face_moods)

    @routes.post(
        "/faces/mood",
        summary="The mood of a face, and a playlist in it",
        openapi_extra={"requestBody": BODY},
        responses=responses(
            s413="The picture has more than 10 MiB",
            s422="It is no picture that can be read, or has no face, or more than one",
            s501="What reads faces is not installed: requirements-face.txt",
            s503="The songs are still being read, or too many ask",
        ),
    )
    async def mood(
        request: Request,
        response: Response,
        listener: Annotated[str, Query(max_length=128, description="For whose taste; for nobody's where empty")] = "",
        length: Annotated[int, Query(ge=1, le=100, description="How many songs at most")] = 20,
    ) -> FaceMood:
        """The body is the picture: JPEG, PNG, WebP or GIF, 10 MiB and 50 megapixels at most, of one face that is
        upright and looks at the camera. It is never stored. FACE_MOODS says which mood an emotion stands for. Emotions
        are told by a small network: of a hundred faces of FER2013 it tells 53 right, of CK+ 69."""
        response.headers.update(FRESH)
        who = await recalled(means, listener)
        return await means.workers.run(told, await request.body(), who, length)

    def told(picture: bytes, who: Listener, length: int) -> FaceMood:
        try:
            reader = load()
        except ConfigurationError as error:
            raise HTTPException(501, str(error)) from error
        reading = reader.read(picture, table)
        with means.shelf.library() as library:
            tracks = suggest(who, library, Wish(mood=reading.verdict.mood, length=length))
        return FaceMood.of(reading, tracks)

    return routes
