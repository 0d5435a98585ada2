"""The dashboard's app with feeds that answer as they are told to, and a way to publish that remembers."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient

from moodstream.errors import MoodstreamError
from moodstream.messages import Feedback, Play
from moodstream.settings import Settings
from moodstream.web import problems
from moodstream.web.answers import PREFIX
from moodstream.web.app import create
from moodstream.web.feed import Feed, Feeds
from moodstream.web.means import Means
from moodstream.web.publisher import Publisher
from moodstream.web.questions import Answer, Fault, Question

HERE = "http://127.0.0.1:8051"
SOCKET = "ws://127.0.0.1:8051/_dash-ws-callback"
NO_KEYS = Path("/nowhere/api-keys.json")
HTML = {"Accept": "text/html,application/xhtml+xml"}


class Told:
    """A feed that knows what it was told, by the question's function and what is wanted, or by the function alone."""

    def __init__(self, known: Mapping[Any, Any]) -> None:
        self.known = dict(known)
        self.asked: list[Question] = []
        self.fault: Fault | None = None
        self.asked_at: datetime | None = datetime.now(UTC)
        self.version = 0

    def want(self, question: Question) -> Answer | None:
        self.asked.append(question)
        for key in (question[:2], question.ask):
            if key in self.known:
                return Answer(self.known[key], 1.0)
        return None

    fresh = want

    def start(self, announce: Any) -> None:
        """Nothing changes, so there is nothing to announce."""

    def stop(self) -> None:
        """There is nothing to stop."""


class Outbox:
    """Takes what is published, or fails as it is told to."""

    def __init__(self) -> None:
        self.taken: list[Feedback | Play] = []
        self.fault: MoodstreamError | None = None

    def publish(self, *said: Feedback | Play) -> None:
        if self.fault:
            raise self.fault
        self.taken += said


def asking(part: Any, **means: Any) -> TestClient:
    """A client of one part of the API (a module of `web/routes`), which gets those of its means that are given."""
    server = FastAPI()
    problems.install(server)
    given = Means(**dict.fromkeys(Means._fields) | means)
    server.include_router(part.router(given), prefix=PREFIX)
    return TestClient(server, HERE, raise_server_exceptions=False)


@contextmanager
def visiting(
    history: Told | None = None,
    outbox: Outbox | None = None,
    password: str = "",
    keys: Path = NO_KEYS,
    per_second: int = 1000,
    **more: Any,
) -> Iterator[TestClient]:
    """A client of the whole app, lifespan included."""
    services = Told({})
    services.fault = Fault(datetime.now(UTC), "no service is asked here", away=True)
    feeds = Feeds(cast(Feed, history or Told({})), cast(Feed, services))
    settings = Settings(
        _env_file=None,
        dashboard_password=SecretStr(password),
        api_keys_file=keys,
        api_requests_per_second=per_second,
    )
    app = create(feeds, cast(Publisher, outbox or Outbox()), settings)
    defaults = {"base_url": HERE, "follow_redirects": False, "raise_server_exceptions": False}
    with TestClient(app, **defaults | more) as client:
        yield client
