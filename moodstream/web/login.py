"""The page that asks for the password, and how one leaves. It needs no script."""

import re
from html import escape
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from moodstream.web import theme
from moodstream.web.door import COOKIE, KEPT_SECONDS, Door

# A path of our own: neither //elsewhere nor what a browser would make of a backslash or a line break.
OURS = re.compile(r"/(?![/\\])[^\x00-\x20\\\x7f]*")

STYLE = """
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; display: grid; place-content: center; padding: 16px;
         background: var(--page); color: var(--ink); font: 400 16px/1.5 system-ui, sans-serif; }
  main { width: min(360px, calc(100vw - 32px)); padding: 24px; border: 1px solid var(--line); border-radius: 12px;
         background: var(--card); }
  h1 { margin: 0 0 16px; font-size: 24px; line-height: 32px; }
  p { margin: 0 0 16px; }
  .banner { padding: 8px 16px; border: 1px solid var(--line); border-radius: 8px; background: var(--warning); }
  label { display: block; margin-bottom: 4px; }
  input, button { width: 100%; min-height: 44px; padding: 8px 12px; border-radius: 8px; font: inherit; }
  input { border: 1px solid var(--edge); background: var(--page); color: var(--ink); }
  button { margin-top: 16px; border: 0; background: var(--ink); color: var(--card); font-weight: 600; cursor: pointer; }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
"""

PAGE = f"""<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <title>{{title}} · Music mood</title>
    <link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">
    <style>{theme.css().replace("{", "{{").replace("}", "}}")}{STYLE.replace("{", "{{").replace("}", "}}")}</style>
  </head>
  <body>
    <main>
      <h1>Music mood</h1>
      {{body}}
    </main>
  </body>
</html>
"""

FORM = """{said}<form method="post" action="/login">
        <input name="username" autocomplete="username" value="moodstream" hidden>
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required autofocus{wrong}>
        <input type="hidden" name="next" value="{next}">
        <button type="submit">Log in</button>
      </form>"""
SAID = '<p class="banner" id="said" role="alert">{}</p>\n      '
LEAVE = """<form method="post" action="/logout"><button type="submit" autofocus>Log out</button></form>"""


def router(door: Door) -> APIRouter:
    """`/login` and `/logout`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/login")
    def login(request: Request, next: str = "/") -> Response:
        if request.scope.get("admitted"):
            return RedirectResponse(_destination(next), 303)
        return _form(next)

    @routes.post("/login")
    async def enter(request: Request) -> Response:
        fields = _fields(await request.body())
        if wait := door.wait(request.scope):
            return _form(fields["next"], f"Too many wrong passwords. Try again in {wait} s.", 429, wait)
        if not door.opens(fields["password"], request.scope):
            return _form(fields["next"], "That is not the password.", 401)
        answer = RedirectResponse(_destination(fields["next"]), 303)
        secure = request.url.scheme == "https"
        answer.set_cookie(COOKIE, door.cookie(), KEPT_SECONDS, httponly=True, samesite="lax", secure=secure)
        return answer

    @routes.get("/logout")
    def leave() -> Response:
        return _page("Log out", LEAVE)

    @routes.post("/logout")
    def left(request: Request) -> Response:
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=request.url.scheme == "https")
        return answer

    return routes


def _fields(body: bytes) -> dict[str, str]:
    """The fields of the form; empty where they are missing, or the body is not what a form sends."""
    try:
        given = parse_qs(body.decode(errors="replace"), max_num_fields=10)
    except ValueError:
        given = {}
    return {name: given.get(name, [""])[0] for name in ("password", "next")}


def _destination(next_: str) -> str:
    """Where to go after the login: a page of ours, whatever was asked for."""
    return next_ if OURS.fullmatch(next_) else "/"


def _form(next_: str, said: str = "", status: int = 200, wait: int = 0) -> Response:
    wrong = ' aria-invalid="true" aria-describedby="said"' if said else ""
    body = FORM.format(said=SAID.format(escape(said)) if said else "", wrong=wrong, next=escape(_destination(next_)))
    return _page("Log in", body, status, {"Retry-After": str(wait)} if wait else None)


def _page(title: str, body: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return HTMLResponse(PAGE.format(title=title, body=body), status, {"Cache-Control": "no-store"} | (headers or {}))
