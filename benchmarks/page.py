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
from typing import NamedTuple

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

A_SECOND = 500
# Waiting for something in the page takes what the page forbids for itself: to run text.
SCREEN: ViewportSize = {"width": 1440, "height": 1000}
MEMORY = 4 * 2**30
PASSWORDS = ("mysql_password", "mysql_batch_password", "mysql_dashboard_password")
KINDS = ("range", "mood", "listener", "source")
# Chooses something else of a kind, and says how many milliseconds it took until the answer had been painted.
CHOOSE = """kind => new Promise(done => {
  const form = document.getElementById('filters');
  const pick = some => some[Math.floor(Math.random() * some.length)];
  const set = (control, others) => {
    control.value = control.value ? '' : pick([...others].filter(other => other.value)).value;
    control.dispatchEvent(new Event('change', {bubbles: true}));
  };
  const started = performance.now();
  if (kind === 'range') pick(form.querySelectorAll('[name=range]:not(:checked, [value=custom])')).click();
  else if (kind === 'mood') pick(form.querySelectorAll('[data-mood]')).click();
  else set(form.elements[kind], (form.elements[kind].list || form.elements[kind]).options);
  const asked = performance.getEntriesByName('asked')[0].detail;
  const look = () => {
    const answered = performance.getEntriesByName('answered')[0];
    answered && answered.detail >= asked ? done(answered.startTime - started) : requestAnimationFrame(look);
  };
  look();
})"""
DRAWN = "() => performance.getEntriesByName('answered')[0]?.startTime"
ASKING = "/_dash-update-component"
COUNTED = "moodstream_dashboard_question_seconds_count"
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


class Size(NamedTuple):
    """How large the history is, how often the page is visited and its filters changed, and for how long it is watched.

    `pages` are open in the end; `seconds` is how long each of the calm times lasts.
    """

    plays: int = 10_000_000
    songs: int = 100_000
    visits: int = 7
    changes: int = 120
    seconds: float = 20.0
    pages: int = 50


FULL = Size()


def figures(size: Size = FULL) -> list[Figure]:
    """Fill a database, and measure the page on it."""
    with history(size) as settings:
        return measured(settings, size)


def measured(settings: Settings, size: Size) -> list[Figure]:
    """Open the page on a history while plays come in, and measure."""
    with plays_coming_in(settings), tempfile.TemporaryDirectory() as folder:
        dashboard = Dashboard(settings, Path(folder))
        running = dashboard.start()
        try:
            with chromium() as browser:
                paints = _first_paint(browser, dashboard.url, size.visits)
                return [*paints, *_open(browser, dashboard.url, running, size)]
        finally:
            dashboard.close()


@contextmanager
def history(size: Size) -> Iterator[Settings]:
    """A database of its own with a history."""
    with DatabaseServer.temporary(memory=MEMORY) as server:
        settings = Settings(_env_file=None, **server.settings, **dict.fromkeys(PASSWORDS, "benchmark"))
        initialise(settings)
        fill(settings, plays=size.plays, songs=size.songs)
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


def _first_paint(browser: Browser, url: str, visits: int) -> list[Figure]:
    """Of visits with an empty cache."""
    paints, drawn = [], []
    for _ in range(visits):
        page = browser.new_context(viewport=SCREEN, bypass_csp=True).new_page()
        page.goto(url)
        drawn.append(page.wait_for_function(DRAWN, timeout=60_000).json_value() / 1000)
        paints.append(page.evaluate(PAINT) / 1000)
        page.context.close()
    return [
        Figure("page, first paint", statistics.median(paints), "s", 1.5, "at most"),
        Figure("page, all charts drawn", statistics.median(drawn), "s", 1.5, "aim"),
    ]


def _open(browser: Browser, url: str, running: Running, size: Size) -> list[Figure]:
    page = browser.new_context(viewport=SCREEN, bypass_csp=True).new_page()
    bodies: list[bytes] = []
    page.on(
        "request", lambda request: bodies.append(request.post_data_buffer or b"") if ASKING in request.url else None
    )
    page.goto(url)
    page.wait_for_function(DRAWN, timeout=60_000)
    waits = sorted(_change(page) for _ in range(size.changes))
    page.goto(url)
    page.wait_for_function(DRAWN)
    idle = _cpu(running, size.seconds)
    one = _questions(running, size.seconds)
    with _more_pages(url, bodies[-1], size.pages - 1):
        many = _questions(running, size.seconds)
    return [
        Figure("page, a filter changes, median", statistics.median(waits), "ms", 300, "at most, 95th percentile"),
        Figure("page, a filter changes, 95th percentile", waits[int(0.95 * len(waits))], "ms", 300, "at most"),
        Figure("server, one idle open page", idle, "% of a core", 5, "at most"),
        Figure(f"questions a second, {size.pages} pages", many, "/s", one, "one page"),
    ]


def _change(page: Page) -> float:
    """Choose something else, as a reader would; milliseconds until the page shows it."""
    page.wait_for_timeout(random.uniform(200, 600))
    waited: float = page.evaluate(CHOOSE, random.choice(KINDS))
    return waited


def _cpu(running: Running, seconds: float) -> float:
    """Percent of a core that the dashboard's process takes while nobody touches the page."""
    process = psutil.Process(running.process.pid)
    process.cpu_percent()
    return process.cpu_percent(seconds)


def _questions(running: Running, seconds: float) -> float:
    """Questions a second that the feed puts to the database."""
    before = _asked(running)
    time.sleep(seconds)
    return (_asked(running) - before) / seconds


def _asked(running: Running) -> float:
    lines = running.get("/metrics")[1].splitlines()
    return sum(
        float(line.split()[-1]) for line in lines if line.startswith("moodstream_dashboard_question_seconds_count")
    )


@contextmanager
def _more_pages(url: str, body: bytes, number: int) -> Iterator[None]:
    """What so many more open pages ask, once a second each, without a browser for each."""
    stop = threading.Event()

    def page() -> None:
        while not stop.wait(1):
            request = urllib.request.Request(url + ASKING, body, {"Content-Type": "application/json", "Origin": url})  # noqa: S310
            urllib.request.urlopen(request, timeout=30).read()  # noqa: S310

    with ThreadPoolExecutor(number) as pool:
        pages = [pool.submit(page) for _ in range(number)]
        yield
        stop.set()
        for each in pages:
            each.result()
