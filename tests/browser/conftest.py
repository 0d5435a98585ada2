"""The dashboard as a process of its own, and pages open on it."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserType, Page, sync_playwright

from local import ports
from moodstream.settings import Settings
from tests.browser.chromium import Browsers
from tests.browser.history import a_full_history
from tests.integration.system import Running
from tests.proxy import Proxy

SAYS = "dashboard: page, health and metrics at "


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


Made = Callable[..., Dashboard]


@pytest.fixture
def relay(database_settings: Settings) -> Iterator[Proxy]:
    relay = Proxy(database_settings.mysql_port, database_settings.mysql_host)
    yield relay
    relay.close()


@pytest.fixture(scope="session")
def places() -> tuple[int, int]:
    """Two ports of this worker, for its dashboards one after the other: what a browser keeps, it keeps by address.

    They are below those that the system gives to whoever asks for any.
    """
    first = ports.free_from(20_000 + os.getpid() % 4_000 * 2)
    return first, ports.free_from(first + 1)


@pytest.fixture
def port(places: tuple[int, int]) -> int:
    """Where the dashboard of a test is."""
    return places[0]


@pytest.fixture(scope="module")
def shared_port(places: tuple[int, int]) -> int:
    """Where a dashboard is that the tests of a file share."""
    return places[1]


@pytest.fixture
def dashboard_on(tmp_path: Path) -> Iterator[Made]:
    """Makes a dashboard of the test's own, not started yet; it ends with the test, however that ends."""
    with ExitStack() as ends:

        def made(settings: Settings, port: int | None = None) -> Dashboard:
            return ends.enter_context(closing(Dashboard(settings, tmp_path, port)))

        yield made


@pytest.fixture
def dashboard(dashboard_on: Made, database_settings: Settings, port: int) -> Dashboard:
    """A dashboard on an empty database, not started yet."""
    return dashboard_on(database_settings, port)


@pytest.fixture(scope="module")
def full(shared_settings: Settings, tmp_path_factory: pytest.TempPathFactory, shared_port: int) -> Iterator[Dashboard]:
    """A running dashboard on a full history, for tests of a file that only look."""
    a_full_history(shared_settings)
    dashboard = Dashboard(shared_settings, tmp_path_factory.mktemp("full"), shared_port)
    dashboard.start()
    yield dashboard
    dashboard.close()


@pytest.fixture(scope="session")
def profiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where browsers keep their profiles: the files of a worker take them one after the other."""
    return tmp_path_factory.mktemp("profiles")


@pytest.fixture(scope="module")
def browser_type() -> Iterator[BrowserType]:
    """For one file: while Playwright runs, so does its event loop, in which no other test can have one of its own."""
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="module")
def browsers(browser_type: BrowserType, profiles: Path) -> Iterator[Browsers]:
    with closing(Browsers(browser_type, profiles)) as browsers:
        yield browsers


@pytest.fixture
def visit(browsers: Browsers) -> Iterator[Callable[..., Page]]:
    """Opens a page; in the end, none may have asked another machine for anything, nor said anything went wrong."""
    wrong: list[str] = []
    hosts: set[str | None] = set()

    def visit(url: str, *, init: str = "", may_fail: bool = False, **look: Any) -> Page:
        page = browsers.page(url, {"viewport": {"width": 1440, "height": 1000}} | look)
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
    browsers.close_pages()
    assert hosts <= {"127.0.0.1", None}
    assert wrong == []
