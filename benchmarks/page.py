"""The page over a long history while plays come in: first paint, a filter that changes, an idle page, many pages."""

import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, ViewportSize

from benchmarks.figures import Figure
from benchmarks.fill import fill
from local.database_server import DatabaseServer
from moodstream.settings import ROOT, Settings
from moodstream.store.accounts import initialise
from tests.browser.chromium import chromium
from tests.browser.conftest import Dashboard
from tests.integration.system import Running, environment

PLAYS, SONGS, A_SECOND = 10_000_000, 100_000, 500
SCREEN: ViewportSize = {"width": 1440, "height": 1000}
VISITS, CHANGES, IDLE_SECONDS, PAGES = 7, 120, 20, 50
PASSWORDS = ("mysql_password", "mysql_batch_password", "mysql_dashboard_password")
# Clicks, and says how many milliseconds it took until the answer had been painted.
CLICK = """selector => new Promise(done => {
  const started = performance.now();
  document.querySelector(selector).click();
  const asked = performance.getEntriesByName('asked')[0].detail;
  const look = () => {
    const answered = performance.getEntriesByName('answered')[0];
    answered && answered.detail >= asked ? done(answered.startTime - started) : requestAnimationFrame(look);
  };
  look();
})"""
DRAWN = "() => performance.getEntriesByName('answered')[0]?.startTime"
ASKING = "/_dash-update-component"
CHOICES = [
    *(f"#filters [name=range][value='{range_}']" for range_ in ("15m", "1h", "24h", "7d", "all")),
    *(f"#filters [data-mood={mood}]" for mood in ("Happy", "Calm", "Dark")),
]
COUNTED = "moodstream_dashboard_question_seconds_count"
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def figures(plays: int = PLAYS, songs: int = SONGS, changes: int = CHANGES) -> list[Figure]:
    """Fill a database, open the page on it, and measure.

    Args:
        plays, songs: the size of the history.
        changes: how often the filters are changed.
    """
    with history(plays, songs) as settings, plays_coming_in(settings), tempfile.TemporaryDirectory() as folder:
        dashboard = Dashboard(settings, Path(folder))
        running = dashboard.start()
        try:
            with chromium() as browser:
                return [*_first_paint(browser, dashboard.url), *_open(browser, dashboard.url, running, changes)]
        finally:
            dashboard.close()


@contextmanager
def history(plays: int, songs: int) -> Iterator[Settings]:
    """A database of its own with a history."""
    with DatabaseServer.temporary(memory="4G") as server:
        settings = Settings(_env_file=None, **server.settings, **dict.fromkeys(PASSWORDS, "benchmark"))
        initialise(settings)
        fill(settings, plays=plays, songs=songs)
        yield settings


@contextmanager
def plays_coming_in(settings: Settings) -> Iterator[None]:
    """`A_SECOND` plays and their moods go through the sink every second, from a process of its own."""
    command = [sys.executable, "-m", "benchmarks.incoming", str(A_SECOND)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(settings))  # noqa: S603
    try:
        yield
        if process.poll() is not None:
            raise RuntimeError("no more plays came in")
    finally:
        process.terminate()
        process.wait()


def _first_paint(browser: Browser, url: str) -> list[Figure]:
    """Of visits with an empty cache."""
    paints, drawn = [], []
    for _ in range(VISITS):
        page = browser.new_context(viewport=SCREEN).new_page()
        page.goto(url)
        drawn.append(page.wait_for_function(DRAWN, timeout=60_000).json_value() / 1000)
        paints.append(page.evaluate(PAINT) / 1000)
        page.context.close()
    return [
        Figure("page, first paint", statistics.median(paints), "s", 1.5, "at most"),
        Figure("page, all charts drawn", statistics.median(drawn), "s", 1.5, "aim"),
    ]


def _open(browser: Browser, url: str, running: Running, changes: int) -> list[Figure]:
    page = browser.new_context(viewport=SCREEN).new_page()
    bodies: list[bytes] = []
    page.on(
        "request", lambda request: bodies.append(request.post_data_buffer or b"") if ASKING in request.url else None
    )
    page.goto(url)
    page.wait_for_function(DRAWN, timeout=60_000)
    waits = sorted(_change(page) for _ in range(changes))
    page.goto(url)
    page.wait_for_function(DRAWN)
    idle = _cpu(running)
    one = _questions(running)
    with _more_pages(url, bodies[-1]):
        many = _questions(running)
    return [
        Figure("page, a filter changes, median", statistics.median(waits), "ms", 300, "at most, 95th percentile"),
        Figure("page, a filter changes, 95th percentile", waits[int(0.95 * len(waits))], "ms", 300, "at most"),
        Figure("server, one idle open page", idle, "% of a core", 5, "at most"),
        Figure(f"questions a second, {PAGES} pages", many, "/s", one, "one page"),
    ]


def _change(page: Page) -> float:
    """Choose something else by a click, as a reader would; milliseconds until the page shows it."""
    page.wait_for_timeout(random.uniform(200, 600))
    waited: float = page.evaluate(CLICK, random.choice(CHOICES))
    return waited


def _cpu(running: Running) -> float:
    """Percent of a core that the dashboard's process takes while nobody touches the page."""
    process = psutil.Process(running.process.pid)
    process.cpu_percent()
    return process.cpu_percent(IDLE_SECONDS)


def _questions(running: Running) -> float:
    """Questions a second that the feed puts to the database."""
    before = _asked(running)
    time.sleep(IDLE_SECONDS)
    return (_asked(running) - before) / IDLE_SECONDS


def _asked(running: Running) -> float:
    lines = running.get("/metrics")[1].splitlines()
    return sum(
        float(line.split()[-1]) for line in lines if line.startswith("moodstream_dashboard_question_seconds_count")
    )


@contextmanager
def _more_pages(url: str, body: bytes) -> Iterator[None]:
    """What so many more open pages ask, once a second each, without a browser for each."""
    stop = threading.Event()

    def page() -> None:
        while not stop.wait(1):
            request = urllib.request.Request(url + ASKING, body, {"Content-Type": "application/json", "Origin": url})  # noqa: S310
            urllib.request.urlopen(request, timeout=30).read()  # noqa: S310

    with ThreadPoolExecutor(PAGES) as pool:
        pages = [pool.submit(page) for _ in range(PAGES - 1)]
        yield
        stop.set()
        for each in pages:
            each.result()
