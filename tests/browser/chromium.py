"""The system's Chromium, driven by Playwright; nothing is fetched, and nothing but the page is asked for."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserType, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch(kind: BrowserType, *flags: str) -> Browser:
    """Start a browser, with more flags where a test needs them."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    return kind.launch(executable_path=path, args=[*FLAGS, *flags])


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser."""
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        try:
            yield browser
        finally:
            browser.close()
