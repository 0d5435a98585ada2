"""The page for those who use no mouse, do not see it, or see it otherwise."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from local.npm import AXE
from moodstream.messages import Track
from moodstream.web.charts import CARDS
from tests.browser.conftest import Dashboard
from tests.browser.history import each_view, heard, just_played, until_live
from tests.integration.system import until
from tests.web.history import make_playlist, store

Visit = Callable[..., Page]
NAMED = "dataset.say || dataset.view || dataset.mood || name || id || className"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
LOOKS: dict[str, dict[str, Any]] = {"light": {}, "dark": {"color_scheme": "dark"}, "phone": PHONE}
# On a dark ground nothing is otherwise but the colours.
COLOURS = {"type": "rule", "values": ["color-contrast"]}


def barriers(page: Page, rules: Any = RULES) -> list[str]:
    """What axe-core finds of serious or critical impact."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations']})", rules)
    return [
        f"{violation['id']}: {node['html']} {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_no_barrier_on_any_page(full: Dashboard, visit: Visit, look: str) -> None:
    page = visit(full.url, **LOOKS[look])
    for view in each_view(page):
        page.wait_for_timeout(500)
        assert barriers(page, COLOURS if look == "dark" else RULES) == [], view


def test_axe_finds_no_barrier_on_empty_pages(dashboard: Dashboard, visit: Visit) -> None:
    dashboard.start()
    page = visit(dashboard.url)
    for view in each_view(page):
        assert barriers(page) == [], view


def test_everything_can_be_reached_and_used_by_keyboard(full: Dashboard, visit: Visit) -> None:
    page = visit(full.url)
    until_live(page)
    reached: list[str] = []
    while True:
        page.keyboard.press("Tab")
        name = str(page.evaluate(f"(({{dataset, name, id, className}}) => {NAMED})(document.activeElement)"))
        if name == "" or name in reached[:1]:  # once around
            break
        reached.append(name)
        if name == "range":
            page.keyboard.press("ArrowRight")
        elif name == "Calm":
            page.keyboard.press("Space")
    assert {"skip", "live", "library", "batch", "system", "pause", "range", "listener", "source", "like"} <= {*reached}
    expect(page.locator("#filters [value='24h']")).to_be_checked()
    expect(page.locator("#filters [data-mood='Calm']")).to_have_attribute("aria-pressed", "true")
    assert "csv" in reached


def test_the_focus_can_always_be_seen(dashboard: Dashboard, visit: Visit) -> None:
    dashboard.start()
    page = visit(dashboard.url)
    until_live(page)
    for _ in range(12):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => { const e = document.activeElement, s = x => x && getComputedStyle(x).outlineStyle !== 'none';
                       return s(e) || s(e.nextElementSibling) }"""
        )
        assert seen, page.evaluate("document.activeElement.outerHTML")


def test_every_picture_is_told_in_words(full: Dashboard, visit: Visit) -> None:
    page = visit(full.url)
    until_live(page)
    for card in (card for card in CARDS if card.view == "live" and card.figure):
        name = page.locator(f"#{card.name} [role=img]").get_attribute("aria-labelledby")
        assert name == f"{card.name}-title {card.name}-said"
        expect(page.locator(f"#{card.name}-said")).to_contain_text(" ")


def test_nothing_moves_for_those_who_prefer_so(full: Dashboard, visit: Visit) -> None:
    page = visit(full.url, reduced_motion="reduce")
    until_live(page)
    moving = page.evaluate(
        "[...document.querySelectorAll('.page *')].filter(e => parseFloat(getComputedStyle(e).transitionDuration) > 0)"
        ".filter(e => !e.closest('.ag-root-wrapper')).map(e => e.outerHTML.slice(0, 80))"
    )
    assert moving == []


def test_on_a_phone_the_filters_are_a_sheet_and_what_one_touches_is_large_enough(full: Dashboard, visit: Visit) -> None:
    page = visit(full.url, **PHONE)
    until_live(page)
    expect(page.locator("#filters")).to_be_hidden()
    page.get_by_role("button", name="Filters").tap()
    expect(page.locator("#filters")).to_be_visible()
    for control in page.locator("#filters button:visible, #filters select, #filters .ranges label").all():
        box = control.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    assert page.locator("#filters").bounding_box()["x"] == 0  # type: ignore[index]
    page.locator("#filters label:has([value='24h'])").tap()
    page.get_by_role("button", name="Done").tap()
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.get_by_role("button", name="Filters: 24 h")).to_be_focused()
    expect(page.locator("#movement-said")).to_contain_text("24 hours")


def test_the_sheet_keeps_the_focus_until_it_is_left(dashboard: Dashboard, visit: Visit) -> None:
    dashboard.start()
    page = visit(dashboard.url, **PHONE)
    until_live(page)
    sheet, filters = page.locator("#sheet"), page.locator("#filters")
    for view in ("live", "batch"):  # not every page has the same filters
        page.locator(f"nav [data-view={view}]").tap()
        sheet.tap()
        assert barriers(page) == []
        for _ in range(20):
            assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('form')")
            page.keyboard.press("Tab")
        page.keyboard.press("Escape")
        expect(filters).to_be_hidden()
        expect(sheet).to_be_focused()
    sheet.tap()
    page.touchscreen.tap(195, 20)
    expect(filters).to_be_hidden()
    sheet.tap()
    page.set_viewport_size({"width": 844, "height": 390})  # turned round
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#updated")).to_contain_text("paused at")


def test_what_is_longer_than_its_card_scrolls_by_keyboard(dashboard: Dashboard, visit: Visit) -> None:
    tracks = [Track(song_id=f"song-{n}", title="Title", artist="Artist", score=1.0, reason="Why") for n in range(60)]
    store(dashboard.settings, *heard(just_played()), make_playlist(*tracks, made_at=datetime.now(UTC)))
    dashboard.start()
    page = visit(dashboard.url)
    until_live(page)
    body = page.get_by_role("group", name="What should play next?")
    body.focus()
    page.keyboard.press("End")
    until(lambda: body.evaluate("e => e.scrollTop > 100"), 5, "the end of the list")


@pytest.mark.parametrize("size", [(1440, 1000), (1920, 1080), (2560, 1440), (3840, 2160)], ids=str)
def test_the_live_page_fits_a_screen_and_fills_it(full: Dashboard, visit: Visit, size: tuple[int, int]) -> None:
    width, height = size
    page = visit(full.url, viewport={"width": width, "height": height})
    until_live(page)
    page.add_style_tag(content="#banner { display: none !important }")  # Kafka is away
    assert page.evaluate("document.documentElement.scrollHeight") == height
    ends = page.evaluate(
        "[...document.querySelectorAll('#playlist, #feedback')].map(e => e.getBoundingClientRect().bottom)"
    )
    assert ends[0] == pytest.approx(ends[1], abs=1)
    assert ends[0] > height - 64
