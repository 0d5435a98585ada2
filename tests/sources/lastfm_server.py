"""A Last.fm on this machine: it speaks the XML of the real one, to pylast itself, over HTTP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs
from xml.sax.saxutils import escape, quoteattr

import httpx2

UNREADABLE = "<!DOCTYPE html><html><head><title>Down</title><body><p>We are making Last.fm better<br></body>"
XHTML = "<html><head><title>Down</title></head><body>We are making Last.fm better</body></html>"


class Answer(NamedTuple):
    """What is answered; its headers may promise another body, and it may be so many `seconds` late."""

    body: str
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0


class Heard(NamedTuple):
    """A track of the recent ones; `uts` is None while it is on."""

    title: str | None
    artist: str | None
    uts: int | str | None
    album: str = ""


def tracks(*heard: Heard, user: str = "anna") -> Answer:
    """The answer of user.getRecentTracks: the newest first, what is on before all."""
    inside = "".join(map(_track, heard))
    about = f'user={quoteattr(user)} page="1" perPage="50" totalPages="1" total="{len(heard)}"'
    return Answer(f'<lfm status="ok"><recenttracks {about}>\n{inside}</recenttracks></lfm>')


def _track(heard: Heard) -> str:
    on = ' nowplaying="true"' if heard.uts is None else ""
    date = "" if heard.uts is None else f'<date uts="{heard.uts}">21 Nov 2026, 12:00</date>'
    names = f"<artist mbid=''>{escape(heard.artist or '')}</artist><name>{escape(heard.title or '')}</name>"
    return f"<track{on}>{names}<mbid/><album mbid=''>{escape(heard.album)}</album><url>x</url>{date}</track>\n"


def info(duration_ms: int) -> Answer:
    """The answer of track.getInfo."""
    return Answer(f'<lfm status="ok"><track><name>x</name><duration>{duration_ms}</duration></track></lfm>')


def refusal(code: int, said: str, status: int = 200) -> Answer:
    return Answer(f'<lfm status="failed"><error code="{code}">{escape(said)}</error></lfm>', status)


class LastFm:
    """What the server answers: to each question of what was recent the next of `recent`, and the last for ever."""

    def __init__(self, *recent: Answer, info: Answer | None = None) -> None:
        self.recent = list(recent)
        self.info = info or refusal(6, "Track not found")
        self.asked: list[dict[str, str]] = []

    def answer(self, question: dict[str, str]) -> Answer:
        self.asked.append(question)
        if question["method"] == "track.getInfo":
            return self.info
        return self.recent.pop(0) if len(self.recent) > 1 else self.recent[0]

    def times_asked(self, method: str) -> int:
        return sum(question["method"] == method for question in self.asked)


class Redirected(httpx2.BaseTransport):
    """Carries what is meant for Last.fm to a server on this machine, and waits for it no longer than `patience`.

    That pylast would wait no longer than `longest` is seen in what it asks for; to wait that long takes too long here.
    """

    patience, longest = 0.3, 20.0

    def __init__(self, port: int) -> None:
        self._port = port

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        assert all(0 < seconds <= self.longest for seconds in request.extensions["timeout"].values())
        with httpx2.Client(timeout=httpx2.Timeout(5, read=self.patience)) as client:
            url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
            answer = client.post(url, content=request.read(), headers={"content-type": request.headers["content-type"]})
        return httpx2.Response(answer.status_code, headers=answer.headers, content=answer.content)


@contextmanager
def serving(lastfm: LastFm) -> Iterator[Redirected]:
    gone = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            answer = lastfm.answer({name: values[0] for name, values in parse_qs(body).items()})
            gone.wait(answer.seconds)
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body.encode())

        def log_message(self, *_: object) -> None:
            """The tests tell what was asked."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Redirected(server.server_port)
        gone.set()
        server.shutdown()
        thread.join()
