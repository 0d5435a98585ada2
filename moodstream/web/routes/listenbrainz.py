"""What scrobblers send to ListenBrainz, sent here: point them at the dashboard's address, with an API key as the token.

https://listenbrainz.readthedocs.io/en/latest/users/api/core.html has the two routes, their limits and their answers.
The listener is that of the key; a key that is for no listener in particular scrobbles under its own name.
"""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from moodstream.web.answers import FRESH
from moodstream.web.keyring import Key
from moodstream.web.keys import shown
from moodstream.web.means import Means
from moodstream.web.pushing import push
from moodstream.web.scrobbles import read

SOURCE = "listenbrainz"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
NONE = "You need to provide an Authorization header: Token, and an API key of this dashboard."


def router(means: Means) -> APIRouter:
    """`/1/submit-listens` and `/1/validate-token`; they are not of the API under `/api/v1`, nor in its description."""
    routes = APIRouter(prefix="/1", include_in_schema=False)

    @routes.post("/submit-listens")
    async def submit(request: Request) -> dict[str, str]:
        """A song that is being played now becomes no play: it does when it was listened to, which is sent later."""
        key = means.keys.of(request.scope)
        if key is None:
            raise HTTPException(401, NONE, {"WWW-Authenticate": "Token"})
        listened = await run_in_threadpool(read, await request.body(), datetime.now(UTC))
        if listened:
            await push(means, SOURCE, _listener(key), listened)
        return {"status": "ok"}

    @routes.get("/validate-token")
    def validate(request: Request, token: str = "") -> dict[str, Any]:
        said = token or shown(request.headers)  # older clients ask of one while they show another
        if not said:
            raise HTTPException(400, NONE)
        key = means.keys.known(said)
        if key is None:
            return {"code": 200, "message": "Token invalid.", "valid": False}
        return {"code": 200, "message": "Token valid.", "valid": True, "user_name": _listener(key)}

    @routes.api_route("/{path:path}", methods=METHODS)
    def nowhere() -> None:
        raise HTTPException(404, "Of ListenBrainz there is submit-listens (POST) and validate-token (GET) here.", FRESH)

    return routes


def _listener(key: Key) -> str:
    return key.listener or key.name
