"""A listener's newest playlist, as a file for players."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from moodstream.store.queries.wanted import Wanted
from moodstream.web import exports
from moodstream.web.answers import AWAY, download, file
from moodstream.web.means import Means
from moodstream.web.problems import responses

FILE = file("application/xspf+xml", "The playlist: M3U8, XSPF (XML) or JSPF (JSON), by the ending of the path")


def router(means: Means) -> APIRouter:
    routes = APIRouter(tags=["playlists"])

    @routes.get(
        "/playlists/{listener:path}.{kind}",
        summary="A listener's playlist",
        response_class=Response,
        responses=responses(s404="The listener has no playlist, or there is no such format", s503=AWAY) | FILE,
    )
    async def playlist(
        listener: Annotated[str, Path(min_length=1, max_length=128, examples=["anna"])],
        kind: Annotated[str, Path(description="`m3u8`, `xspf` or `jspf`", examples=["xspf"])],
    ) -> Response:
        """What the listener should play next, in playing order. The history knows songs and not their files, so that
        the location of a track is `urn:moodstream:song:` and the song's id, percent-encoded."""
        if kind not in exports.KINDS:
            raise HTTPException(404, f"There is no format {kind!r}; there are {', '.join(exports.KINDS)}.")
        found = await means.asker.answer("playlist", Wanted(listener=listener))
        if found is None:
            raise HTTPException(404, f"There is no playlist for {listener!r} yet.")
        return download(exports.playlist(found, kind), exports.KINDS[kind].media_type, f"{listener}.{kind}")

    return routes
