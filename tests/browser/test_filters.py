"""What a reader chooses: everywhere at once, in the address, and still there afterwards."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from moodstream.moods import Mood
from moodstream.settings import Settings
from tests.browser.conftest import Dashboard
from tests.browser.history import NO_SHARED_SOCKET, a_full_history, heard, just_played, until_live
from tests.integration.system import until
from tests.web.history import store

Visit = Callable[..., Page]
CAN_HIDE = "Object.defineProperty(document, 'hidden', {get: () => window.away})"


@pytest.fixture
def settings(dashboard: Dashboard) -> Settings:
    return dashboard.settings


def said(page: Page, card: str) -> object:
    return expect(page.locator(f"#{card}-said"))


def choose(page: Page, range_: str) -> None:
    page.locator(f"#filters label:has([value='{range_}'])").click()


def test_another_range_shows_other_plays_and_the_address_keeps_it(
    dashboard: Dashboard, settings: Settings, visit: Visit
) -> None:
    store(settings, *heard(just_played()), *heard(just_played("song-2", ago=3 * 86400)))
    dashboard.start()
    page = visit(dashboard.url)
    until_live(page)
    expect(page.locator("#movement-said")).to_contain_text("1 play")
    choose(page, "7d")
    expect(page.locator("#movement-said")).to_contain_text("2 plays")
    assert page.url.endswith("/?range=7d")
    page.reload()
    expect(page.locator("#movement-said")).to_contain_text("2 plays", timeout=20_000)
    page.go_back()
    expect(page.locator("#movement-said")).to_contain_text("1 play")
    expect(page.locator("#filters [value='1h']")).to_be_checked()


def test_the_filters_of_an_address_restore_the_view(dashboard: Dashboard, settings: Settings, visit: Visit) -> None:
    a_full_history(settings)
    store(settings, *heard(just_played("mine", listener="ben", title="Only Ben", source="folder"), Mood.SAD))
    dashboard.start()
    page = visit(dashboard.url + "/?range=24h&listener=ben&source=folder&mood=Sad")
    until_live(page)
    expect(page.locator(".song")).to_have_text("Only Ben")
    expect(page.locator("#movement-said")).to_contain_text("1 play")
    expect(page.locator("#filters [value='24h']")).to_be_checked()
    expect(page.locator("[name=listener]")).to_have_value("ben")
    expect(page.locator("[name=source]")).to_have_value("folder")
    expect(page.locator("#filters [data-mood='Sad']")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Clear filters").click()
    expect(page.locator("#movement-said")).to_contain_text("43 plays")
    assert page.url == dashboard.url + "/"


def test_a_custom_range_is_in_the_address_as_utc_and_shown_in_the_readers_time(
    dashboard: Dashboard, settings: Settings, visit: Visit
) -> None:
    store(settings, *heard(just_played()))
    dashboard.start()
    page = visit(dashboard.url + "/?range=custom&since=2026-01-01T12:00Z", timezone_id="Asia/Tokyo")
    until_live(page)
    expect(page.locator("[name=since]")).to_have_value("2026-01-01T21:00")
    expect(page.locator("#movement-said")).to_contain_text("1 play")
    page.locator("[name=until]").fill("2026-02-01T00:00")
    expect(page.locator("#movement .nothing")).to_contain_text("in the chosen time")
    assert "until=2026-01-31T15%3A00Z" in page.url


@pytest.mark.parametrize(
    "mood",
    ["#filters [data-mood='Dark']", "#now .earlier [data-mood='Dark']", "#movement .nsewdrag"],
    ids=["a chip", "a name", "a picture"],
)
def test_a_click_on_a_mood_filters_everywhere_and_another_click_no_more(
    dashboard: Dashboard, settings: Settings, visit: Visit, mood: str
) -> None:
    store(settings, *heard(just_played("song-2", ago=1)), *heard(just_played("song-1", ago=2), Mood.DARK))
    if "nsewdrag" in mood:
        store(settings, *heard(just_played("song-3", ago=1), Mood.DARK))
    dashboard.start()
    page = visit(dashboard.url + "/?range=15m")
    until_live(page)
    if "nsewdrag" in mood:
        page.locator("#movement .js-plotly-plot").evaluate(
            "g => g.emit('plotly_click', {points: [{data: g.data.find(d => d.meta && d.meta.mood === 'Dark')}]})"
        )
    else:
        page.locator(mood).first.click()
    chip = page.locator("#filters [data-mood='Dark']")
    expect(chip).to_have_attribute("aria-pressed", "true")
    assert "mood=Dark" in page.url
    expect(page.locator("#movement-said")).to_contain_text("Dark")
    page.get_by_role("link", name="Library").click()
    assert page.url.endswith("/library?range=15m&mood=Dark")
    page.get_by_role("link", name="Live", exact=True).click()
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "false")
    assert page.url.endswith("/?range=15m")


def test_a_paused_page_stands_still_and_says_since_when(dashboard: Dashboard, settings: Settings, visit: Visit) -> None:
    store(settings, *heard(just_played(title="Before")))
    dashboard.start()
    page = visit(dashboard.url)
    until_live(page)
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#updated")).to_contain_text("paused at")
    store(settings, *heard(just_played(title="Meanwhile", ago=1)))
    page.wait_for_timeout(3000)
    expect(page.locator(".song")).to_have_text("Before")
    page.get_by_role("button", name="Resume").click()
    expect(page.locator(".song")).to_have_text("Meanwhile", timeout=3000)


def test_what_one_zoomed_into_stays_while_plays_come_in(dashboard: Dashboard, settings: Settings, visit: Visit) -> None:
    store(settings, *(message for ago in (60, 1200, 2400) for message in heard(just_played(ago=ago))))
    dashboard.start()
    page = visit(dashboard.url)
    until_live(page)
    box = page.locator("#movement .nsewdrag").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 32, steps=5)
    page.mouse.up()
    zoomed = "document.querySelector('#movement .js-plotly-plot').layout.xaxis.range.map(String)"
    before = page.evaluate(zoomed)
    store(settings, *heard(just_played("song-9", ago=1, title="Another")))
    expect(page.locator("#movement-said")).to_contain_text("4 plays")
    assert page.evaluate(zoomed) == before
    choose(page, "24h")
    expect(page.locator("#movement-said")).to_contain_text("24 hours")
    until(lambda: page.evaluate(zoomed) != before, 10, "the whole range")


def test_what_is_paused_without_a_socket_is_not_taken_for_silence(dashboard: Dashboard, visit: Visit) -> None:
    dashboard.start()
    page = visit(dashboard.url, init=NO_SHARED_SOCKET)
    until_live(page)
    page.get_by_role("button", name="Pause").click()
    page.wait_for_timeout(9000)  # longer than an answer may take
    expect(page.locator("#silence")).to_be_hidden()
    page.get_by_role("button", name="Resume").click()
    until_live(page)


def test_a_page_that_is_shown_again_is_fresh_at_once_and_does_not_call_anybody_silent(
    dashboard: Dashboard, settings: Settings, visit: Visit
) -> None:
    dashboard.start()
    page = visit(dashboard.url, init=f"{NO_SHARED_SOCKET}; window.away = false; {CAN_HIDE}")
    until_live(page)
    page.evaluate("window.away = true")
    page.wait_for_timeout(9000)
    store(settings, *heard(just_played(title="Meanwhile")))
    page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    assert page.locator("#silence").is_hidden()
    expect(page.locator(".song")).to_have_text("Meanwhile", timeout=3000)


def test_a_date_that_is_being_typed_is_not_asked_for_and_leaves_no_trace_in_the_history(
    dashboard: Dashboard, visit: Visit
) -> None:
    dashboard.start()
    page = visit(dashboard.url + "/?range=custom&since=2026-01-01T12:00Z", timezone_id="UTC")
    until_live(page)
    before = page.evaluate("history.length")
    page.locator("[name=until]").focus()
    for key in ("0", "2", "0", "1", "2", "0"):  # 1 February of the year 20, so far
        page.keyboard.press(key)
    page.keyboard.type("1200A")
    assert "until" not in page.url
    page.locator("[name=listener]").focus()
    assert page.evaluate("history.length") == before
    expect(page.locator("[name=until]")).to_have_value("")


def test_what_an_address_cannot_mean_is_left_out(dashboard: Dashboard, visit: Visit) -> None:
    dashboard.start()
    page = visit(dashboard.url + '/?range="x&mood=]Angry&since=%00&source=gone%20%22%5D&listener=%22%27%5D%3Cb%3E')
    until_live(page)
    expect(page.locator("#filters [value='1h']")).to_be_checked()
    expect(page.locator("#filters [aria-pressed=true]")).to_have_count(0)
    expect(page.locator("[name=source]")).to_have_value('gone "]')
    expect(page.locator("[name=listener]")).to_have_value("\"']<b>")
    page.get_by_role("link", name="Library").click()
    assert "mood=" not in page.url


def test_the_listeners_that_are_offered_stay_while_nothing_changes(
    dashboard: Dashboard, settings: Settings, visit: Visit
) -> None:
    store(settings, *heard(just_played()))
    dashboard.start()
    page = visit(dashboard.url)
    expect(page.locator("#listeners option")).to_have_count(1, timeout=20_000)
    page.evaluate("document.querySelector('#listeners option').kept = true")
    store(settings, *heard(just_played("song-2", ago=1, title="Next")))
    expect(page.locator(".song")).to_have_text("Next")
    assert page.evaluate("document.querySelector('#listeners option').kept")


def test_a_hidden_page_asks_for_nothing(dashboard: Dashboard, settings: Settings, visit: Visit) -> None:
    dashboard.start()
    page = visit(dashboard.url)
    until_live(page)
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true})")
    page.wait_for_timeout(1000)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    store(settings, *heard(just_played()))
    page.wait_for_timeout(4000)
    assert asked == []
