"""Who may write: whoever shows an API key with the request, as a Bearer token or as the clients of ListenBrainz do."""

from pathlib import Path
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import HTTPBearer
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Scope

from moodstream.web.keyring import Key, Keyring

SCHEMES = {"bearer", "token"}
HOW = {"WWW-Authenticate": 'Bearer realm="moodstream"'}
ADD = "`python dashboard.py --add-key NAME`"

BEARER = HTTPBearer(
    scheme_name="key", auto_error=False, description=f"An API key, from {ADD}; `Authorization: Token KEY` will do too."
)
NEEDED = Security(BEARER)
"""What has the documentation of a route, and its Authorize, know of keys."""


class Keys:
    """The keys of a file, and what each of them may.

    Raises:
        ConfigurationError: the file cannot be read (here and in every method).
    """

    def __init__(self, file: Path) -> None:
        self._ring = Keyring(file)

    def of(self, scope: Scope) -> Key | None:
        """The key that a request shows; None where it shows none. It is looked for once.

        Raises:
            HTTPException: 401 where it shows something else.
        """
        if "key" not in scope:
            token = shown(Headers(scope=scope))
            scope["key"] = None if token is None else self.find(token)
        key: Key | None = scope["key"]
        return key

    def known(self, token: str) -> Key | None:
        """The key that this is, if it is one."""
        return self._ring.find(token)

    def find(self, token: str) -> Key:
        """The key that this is.

        Raises:
            HTTPException: 401 where it is none.
        """
        key = self.known(token)
        if key is None:
            raise HTTPException(401, "This is not a key of this dashboard, or one that was removed.", HOW)
        return key

    def needed(self, request: Request, _: Annotated[object, NEEDED] = None) -> Key:
        """The key of a request, as a dependency: whoever shows none is told so before anything else.

        Raises:
            HTTPException: 401 without a key.
        """
        key = self.of(request.scope)
        if key is None:
            raise HTTPException(401, f"This needs an API key, as `Authorization: Bearer KEY`; {ADD} makes one.", HOW)
        return key

    def administrator(self, request: Request, _: Annotated[object, NEEDED] = None) -> Key:
        """The key of a request that may everything, as a dependency.

        Raises:
            HTTPException: 401 without a key, 403 with one that is for one listener.
        """
        key = self.needed(request)
        if key.listener is not None:
            raise HTTPException(403, f"The key {key.name!r} may only write for the listener {key.listener!r}.")
        return key

    def for_listener(self, request: Request, listener: str) -> Key:
        """The key of a request that may write for a listener; a route asks once it knows for whom.

        Raises:
            HTTPException: 401 without a key, 403 with one that is for another listener.
        """
        key = self.needed(request)
        if key.listener not in (None, listener):
            raise HTTPException(403, f"The key {key.name!r} may only write for the listener {key.listener!r}.")
        return key


def shown(headers: Headers) -> str | None:
    """What a request shows as its key; None where it shows none, as with HTTP Basic."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() in SCHEMES else None
