"""What every request passes before it reaches the page, and what every answer tells the browser.

Browsers speak for whoever wrote the page that is open in them. So a page from elsewhere may change nothing here, a
name that was made to lead here reads nothing (DNS rebinding), and nothing but our own scripts runs in our page.
"""

import re
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from math import ceil
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from moodstream.errors import ConfigurationError
from moodstream.web.door import Door
from moodstream.web.keys import Keys
from moodstream.web.problems import AGAIN, SCROBBLERS, answer
from moodstream.web.rates import Rates

MOST_BYTES = 2**20
LARGER = {
    "/api/v1/faces/mood": 10 * 2**20,
    "/api/v1/models/train": 20 * 2**20,
    "/api/v1/playlists/filter": 5 * 2**20,
    "/1/submit-listens": 10_240_000,
}
SAFE = {"GET", "HEAD", "OPTIONS"}
API = ("/api/", SCROBBLERS)
OPEN = {"/login", "/logout", "/healthz", "/assets/favicon.svg", "/1/validate-token"}
HOST = re.compile(r"(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<name>[^:\[\]]+))(?::\d{1,5})?")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": the browser would then hide from us where our own forms come from (Origin: null).
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
}


def policy(scripts: Sequence[str]) -> str:
    """The Content-Security-Policy; `scripts` are the hashes of the page's inline scripts, as `'sha256-...'`."""
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self'", *scripts)),
            "style-src 'self' 'unsafe-inline'",  # plotly and Dash write style elements
            "img-src 'self' data: blob:",
            "worker-src 'self'",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class Guard:
    """ASGI middleware around everything: HTTP and WebSocket alike.

    Args:
        app: what is guarded.
        door: who is let in. Where it is not locked, nobody but this machine can reach us, by a name of its own.
        keys: who is let in to the API without the password.
        rates: how often one may ask the API.
        scripts: as `policy` takes them.
    """

    def __init__(self, app: ASGIApp, door: Door, keys: Keys, rates: Rates, scripts: Sequence[str]) -> None:
        self._app, self._door, self._keys, self._rates = app, door, keys, rates
        self._headers = HEADERS | {"Content-Security-Policy": policy(scripts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] != "websocket" or self._refusal(scope) is None:
            await self._app(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: the browser gets a 403

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal, body, told = self._refusal(scope), receive, self._headers
        if refusal is None and scope["path"].startswith(API):
            left = self._rates.ask(scope)
            told = told | left.headers()
            if left.wait:
                refusal = _refuse(scope, 429, f"So much is not taken at once: wait {ceil(left.wait)} s.")
        if refusal is None:
            most = LARGER.get(scope["path"], MOST_BYTES)
            limited = await _limited(Headers(scope=scope), receive, most)
            refusal, body = (None, limited) if limited else (_too_large(scope, most), receive)
        await (refusal or self._app)(scope, body, _telling(send, told))

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if not self._door.locked and not _is_ours(headers.getlist("host")):
            return _refuse(
                scope, 421, "This dashboard answers to localhost only: it has no password (DASHBOARD_PASSWORD)."
            )
        if _is_foreign(scope, headers):
            return _refuse(
                scope,
                403,
                "Only the dashboard's own pages may do this; a proxy in between has to pass on the Host header.",
            )
        return self._unknown(scope, headers)

    def _unknown(self, scope: Scope, headers: Headers) -> Response | None:
        """The refusal of who has said no password and shown no key; noted in the scope where they have."""
        path = scope["path"]
        try:
            key = self._keys.of(scope) if path.startswith(API) and path not in OPEN else None
        except HTTPException as wrong:
            return _refuse(scope, wrong.status_code, wrong.detail, dict(wrong.headers or {}))
        except ConfigurationError as error:
            return _refuse(scope, 503, str(error), AGAIN)
        scope["admitted"] = key is not None or self._door.admits(scope)
        if scope["admitted"] or path in OPEN:
            return None
        if "authorization" in headers and (wait := self._door.wait(scope)):
            return _refuse(scope, 429, "Too many wrong passwords came from there: wait.", {"Retry-After": str(wait)})
        if "text/html" in headers.get("accept", "") and scope.get("method") in SAFE:
            query = f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
            return RedirectResponse(f"/login?next={quote(path + query, safe='')}", 303)
        # Programs need to be told how; a browser that is told so puts up a box of its own over the page.
        by_script = "origin" in headers or "sec-fetch-site" in headers
        how = {} if by_script else {"WWW-Authenticate": 'Basic realm="moodstream", charset="UTF-8"'}
        return _refuse(scope, 401, "Log in at /login, or send DASHBOARD_PASSWORD by HTTP Basic, or an API key.", how)


def _telling(send: Send, told: Mapping[str, str]) -> Send:
    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in told.items():
                headers.setdefault(name, value)
        await send(message)

    return tell


def _is_ours(hosts: Sequence[str]) -> bool:
    """Whether the Host header, of which there has to be one, is a name or an address of this machine's own."""
    match = HOST.fullmatch(hosts[0].strip()) if len(hosts) == 1 else None
    return match is not None and is_loopback(match["six"] or match["name"])


def is_loopback(host: str) -> bool:
    """Whether only this machine can be meant by a name or an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        name = host.lower().removesuffix(".")
        return name == "localhost" or name.endswith(".localhost")


def _is_foreign(scope: Scope, headers: Headers) -> bool:
    """Whether a page from elsewhere asks for what only our own may. Programs say no origin."""
    origin = headers.get("origin")
    if origin is None or scope.get("method") in SAFE:
        return False
    try:
        return urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
    except ValueError:
        return True


async def _limited(headers: Headers, receive: Receive, most: int) -> Receive | None:
    """Where the body comes from, once it is known to be small enough; None where it is not."""
    if "transfer-encoding" not in headers:
        length = headers.get("content-length", "0")
        return receive if length.isdecimal() and len(length) < 10 and int(length) <= most else None
    messages: list[Message] = []
    size = 0
    while not messages or messages[-1].get("more_body"):
        messages.append(await receive())
        size += len(messages[-1].get("body", b""))
        if size > most:
            return None

    async def again() -> Message:
        return messages.pop(0) if messages else await receive()

    return again


def _too_large(scope: Scope, most: int) -> Response:
    return _refuse(scope, 413, f"A request may have {most} bytes at the most.")


def _refuse(scope: Scope, status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    if scope["path"].startswith(API):
        return answer(scope["path"], status, sentence, headers)
    return PlainTextResponse(f"{sentence}\n", status, headers)
