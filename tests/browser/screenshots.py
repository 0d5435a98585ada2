"""Takes the pictures of the README from a running page: python -m tests.browser.screenshots URL OUTDIR."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, ViewportSize, expect

from tests.browser.chromium import chromium
from tests.browser.history import until_live

DESKTOP: ViewportSize = {"width": 1440, "height": 1000}
PHONE: ViewportSize = {"width": 390, "height": 844}
SETTLED_MS = 2000


class Picture(NamedTuple):
    """What is looked at, and how; `press` is clicked first, one after the other, and the answer waited for."""

    path: str
    look: dict[str, Any]
    whole: bool = True
    press: Sequence[str] = ()


PICTURES = {
    "dashboard-light": Picture("/?range=24h", {"viewport": DESKTOP, "color_scheme": "light"}),
    "dashboard-dark": Picture("/?range=7d", {"viewport": DESKTOP, "color_scheme": "dark"}),
    "dashboard-phone": Picture("/?range=24h", {"viewport": PHONE, "device_scale_factor": 2, "has_touch": True}, False),
    "library": Picture("/library", {"viewport": DESKTOP, "color_scheme": "light"}),
    "discover": Picture(
        "/discover",
        {"viewport": DESKTOP, "color_scheme": "light"},
        press=["#journey-form button", "#journey-songs .title"],
    ),
    "batch": Picture("/batch", {"viewport": DESKTOP, "color_scheme": "light"}),
    "system": Picture("/system", {"viewport": DESKTOP, "color_scheme": "dark"}),
}


def take(browser: Browser, url: str, file: Path, picture: Picture) -> None:
    """A picture of a page as it is once every card has been drawn."""
    context = browser.new_context(**picture.look)
    page = context.new_page()
    page.goto(url + picture.path)
    until_live(page)
    for selector in picture.press:
        page.locator(selector).first.click()
        expect(page.locator("[aria-busy]")).to_have_count(0)
    page.wait_for_timeout(SETTLED_MS)
    page.screenshot(path=file, full_page=picture.whole)
    context.close()


def main(url: str, folder: str) -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for name, picture in PICTURES.items():
            take(browser, url.rstrip("/"), Path(folder) / f"{name}.png", picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
