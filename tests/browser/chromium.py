"""The system's Chromium, driven by Playwright; nothing is fetched, and nothing but the page is asked for."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MEDIA = {"color_scheme", "reduced_motion"}  # what a page can be told after it was opened
DATA = "cookies,local_storage,indexeddb,service_workers,cache_storage"


def launch(kind: BrowserType, *flags: str) -> Browser:
    """Start a browser, with more flags where a test needs them."""
    return kind.launch(executable_path=_path(), args=[*FLAGS, *flags])


def _path() -> str | None:
    return shutil.which("chromium") or shutil.which("google-chrome")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser."""
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        try:
            yield browser
        finally:
            browser.close()


class Browsers:
    """Browsers with a profile, each for one open page: without cookies or data, but with scripts that are compiled.

    Without a profile, a page takes more than twice the processor time, nearly all of it for the same scripts.
    """

    def __init__(self, browser_type: BrowserType, profiles: Path) -> None:
        self._type, self._profiles = browser_type, profiles
        self._running: dict[Path, BrowserContext] = {}

    def page(self, url: str, look: dict[str, Any]) -> Page:
        """An empty page, from which one may go to an address."""
        media = {name: look[name] for name in MEDIA & look.keys()}
        context = self._context({name: look[name] for name in look.keys() - {*media, "viewport"}})
        page = context.new_page()
        page.set_viewport_size(look["viewport"])
        page.emulate_media(**media)
        context.clear_cookies()
        place, session = urlsplit(url), context.new_cdp_session(page)
        origin = f"{place.scheme}://{place.netloc}"
        session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": DATA})
        session.detach()
        return page

    def _context(self, look: dict[str, Any]) -> BrowserContext:
        """One that has nothing open but the empty page that it started with."""
        name = " ".join(f"{name}={value}" for name, value in sorted(look.items())).replace("/", " ") or "plain"
        profile = next(self._profiles / f"{name} {n}" for n in count() if self._is_idle(self._profiles / f"{name} {n}"))
        if profile not in self._running:
            self._running[profile] = self._type.launch_persistent_context(
                profile, executable_path=_path(), args=FLAGS, **look
            )
        return self._running[profile]

    def _is_idle(self, profile: Path) -> bool:
        return profile not in self._running or len(self._running[profile].pages) == 1

    def close_pages(self) -> None:
        for page in [page for context in self._running.values() for page in context.pages[1:]]:
            page.close()

    def close(self) -> None:
        for context in self._running.values():
            context.close()
