"""Takes the pictures of the README from a running page: python -m tests.browser.screenshots URL OUTDIR."""

import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from tests.browser.chromium import chromium

DESKTOP = {"width": 1440, "height": 1000}
PHONE = {"width": 390, "height": 844}
LOOKS: dict[str, dict[str, Any]] = {
    "dashboard-light": {"viewport": DESKTOP, "color_scheme": "light"},
    "dashboard-dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "dashboard-phone": {"viewport": PHONE, "color_scheme": "light", "device_scale_factor": 2, "has_touch": True},
}


def take(browser: Browser, url: str, file: Path, range_: str = "24h", **look: Any) -> None:
    """A picture of the page as it is once every card has been drawn."""
    context = browser.new_context(**look)
    page = context.new_page()
    page.goto(url)
    page.locator(f"#range input[value='{range_}']").click()
    page.wait_for_function("document.querySelectorAll('.card.waiting').length === 0")
    page.wait_for_function("document.querySelectorAll('.card:not(.empty) .js-plotly-plot .main-svg').length > 0")
    page.wait_for_timeout(2000)
    page.screenshot(path=file, full_page=look["viewport"] == DESKTOP)
    context.close()


def main(url: str, folder: str) -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for name, look in LOOKS.items():
            take(browser, url, Path(folder) / f"{name}.png", **look)


if __name__ == "__main__":
    main(*sys.argv[1:])
