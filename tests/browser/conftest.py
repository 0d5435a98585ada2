"""The dashboard as a process of its own, and pages open on it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from local import ports
from moodstream.settings import Settings
from tests.browser.chromium import chromium
from tests.browser.history import a_full_history
from tests.integration.system import Running
from tests.proxy import Proxy

SAYS = "dashboard: page, health and metrics at "
DATA = "cookies,local_storage,indexeddb,service_workers,cache_storage"


class Dashboard:
    """A dashboard that can be started more than once, at the same address."""

    def __init__(self, settings: Settings, folder: Path, port: int | None = None) -> None:
        self._folder, self._starts = folder, 0
        self.settings = settings.model_copy(update={"dashboard_port": port or ports.free()})
        self.url = f"http://127.0.0.1:{self.settings.dashboard_port}"
        self.running: Running | None = None

    def start(self) -> Running:
        self._starts += 1
        self.running = Running(["dashboard.py"], self.settings, self._folder / f"dashboard-{self._starts}.log")
        self.running.says(SAYS)
        return self.running

    def is_running(self) -> bool:
        return self.running is not None and self.running.process.poll() is None

    def close(self) -> None:
        if self.running and self.is_running():
            self.running.process.terminate()
            self.running.process.wait(15)


@pytest.fixture
def relay(database_settings: Settings) -> Iterator[Proxy]:
    relay = Proxy(database_settings.mysql_port, database_settings.mysql_host)
    yield relay
    relay.close()


@pytest.fixture(scope="module")
def port() -> int:
    """Where each dashboard of a file is after the one before it: what a browser keeps, it keeps by address."""
    return ports.free()


@pytest.fixture
def dashboard(database_settings: Settings, tmp_path: Path, port: int) -> Iterator[Dashboard]:
    """A dashboard on an empty database, not started yet."""
    dashboard = Dashboard(database_settings, tmp_path, port)
    yield dashboard
    dashboard.close()


@pytest.fixture(scope="module")
def full(shared_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """A running dashboard on a full history, for tests of a file that only look."""
    a_full_history(shared_settings)
    dashboard = Dashboard(shared_settings, tmp_path_factory.mktemp("full"))
    dashboard.start()
    yield dashboard
    dashboard.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For one file: while Playwright runs, so does its event loop, in which no other test can have one of its own."""
    with chromium() as browser:
        yield browser


class Contexts:
    """Contexts of a browser, each for one open page: without cookies or data, but with scripts that are compiled.

    In a new context a page takes twice the processor time, nearly all of it for the same scripts.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._made: dict[str, list[BrowserContext]] = {}

    def page(self, url: str, look: dict[str, Any]) -> Page:
        """An empty page, from which one may go to an address."""
        alike = self._made.setdefault(repr(sorted(look.items())), [])
        context = next((context for context in alike if not context.pages), None)
        if context is None:
            context = self._browser.new_context(**look)
            alike.append(context)
        page = context.new_page()
        context.clear_cookies()
        place, session = urlsplit(url), context.new_cdp_session(page)
        origin = f"{place.scheme}://{place.netloc}"
        session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": DATA})
        session.detach()
        return page

    def close_pages(self) -> None:
        for page in [page for alike in self._made.values() for context in alike for page in context.pages]:
            page.close()


@pytest.fixture(scope="module")
def contexts(browser: Browser) -> Contexts:
    return Contexts(browser)


@pytest.fixture
def visit(contexts: Contexts) -> Iterator[Callable[..., Page]]:
    """Opens a page; in the end, none may have asked another machine for anything, nor said anything went wrong."""
    wrong: list[str] = []
    hosts: set[str | None] = set()

    def visit(url: str, *, init: str = "", may_fail: bool = False, **look: Any) -> Page:
        page = contexts.page(url, {"viewport": {"width": 1440, "height": 1000}} | look)
        if init:
            page.add_init_script(init)
        page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
        page.on("dialog", lambda dialog: wrong.append(f"dialog: {dialog.message}"))
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        if not may_fail:
            page.on("console", lambda said: said.type == "error" and wrong.append(f"console: {said.text}"))
            page.on("response", lambda answer: answer.status >= 400 and wrong.append(f"{answer.status} {answer.url}"))
        page.goto(url)
        return page

    yield visit
    contexts.close_pages()
    assert hosts <= {"127.0.0.1", None}
    assert wrong == []
