"""The table of songs in a browser, on a real database with some thousand songs."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from moodstream.moods import Mood
from moodstream.settings import Settings
from moodstream.store.mysql import Database
from moodstream.store.queries.library_sql import COLUMNS
from tests.browser.conftest import Dashboard, Made
from tests.browser.history import HOSTILE, heard, just_played, until_live
from tests.browser.test_access import PHONE, barriers
from tests.integration.system import until
from tests.proxy import Proxy
from tests.web.history import store

Visit = Callable[..., Page]
SONGS = 3_000
PLAYED = "INSERT INTO songs_played VALUES (%s, %s, '2026-01-02 03:04:05', %s, '0123456789abcdef')"
SONG = (
    "INSERT INTO songs (song_id, title, artist, energy, tempo, named_at)"
    " VALUES (%s, %s, %s, %s, %s, '2026-01-02 03:04:05')"
)


@pytest.fixture
def shelf(database_settings: Settings) -> Settings:
    """Songs of which the first were played most; every fifth is calm, and the first three have names of their own."""
    names = {0: ("100%_", "Percent"), 1: (HOSTILE[0], "Scripted"), 2: ("Jóga", "Björk")}
    numbers = range(SONGS)
    with Database(database_settings, "admin").transaction() as cursor:
        songs = [(f"{n:04}", *names.get(n, (f"Song {n:04}", f"Band-{n % 50:02}")), n / SONGS, 60 + n) for n in numbers]
        cursor.executemany(SONG, songs)
        cursor.executemany(PLAYED, [(f"{n:04}", SONGS - n, "Sad" if n % 5 else "Calm") for n in numbers])
    return database_settings


@pytest.fixture
def library(dashboard_on: Made, shelf: Settings, relay: Proxy, port: int) -> Dashboard:
    """A running dashboard that reaches these songs by the relay."""
    dashboard = dashboard_on(shelf.model_copy(update={"mysql_port": relay.port}), port)
    dashboard.start()
    return dashboard


def row(page: Page, number: int = 0) -> Locator:
    """A row of the table: what of it moves sideways."""
    return page.locator(f".ag-center-cols-container [row-index='{number}']")


def title(page: Page, number: int = 0) -> Locator:
    return page.locator(f".ag-pinned-left-cols-container [row-index='{number}'] [col-id=title]")


def head(page: Page, column: str) -> Locator:
    return page.locator(f".ag-header-cell[col-id={column}]")


def shown(page: Page, column: str) -> Locator:
    """The head of a column, once one has gone there by keyboard; what is far aside is not in the page at all."""
    head(page, "title").focus()
    for _ in range(len(COLUMNS)):
        if page.evaluate("document.activeElement.getAttribute('col-id')") == column:
            break
        page.keyboard.press("ArrowRight")
    expect(head(page, column)).to_be_focused()
    expect(head(page, column)).to_be_in_viewport()
    return head(page, column)


def search(page: Page, text: str) -> None:
    page.get_by_role("searchbox", name="Title or artist").fill(text)


def says(page: Page, text: str) -> None:
    expect(page.locator("#library-said")).to_contain_text(text, timeout=10_000)


def test_songs_are_sorted_and_scrolled_with_mouse_and_keyboard(library: Dashboard, visit: Visit) -> None:
    page = visit(library.url)
    until_live(page)
    page.get_by_role("link", name="Library").click()  # coming from another page
    says(page, "3,000 songs")
    expect(title(page)).to_have_text("100%_")
    page.reload()  # opened directly
    expect(title(page)).to_have_text("100%_", timeout=20_000)
    assert page.url.endswith("/library")
    head(page, "energy").locator(".ag-header-cell-text").click()
    expect(head(page, "energy")).to_have_attribute("aria-sort", "descending")
    expect(title(page)).to_have_text("Song 2999")
    head(page, "title").focus()
    page.keyboard.press("Enter")
    expect(head(page, "title")).to_have_attribute("aria-sort", "ascending")
    expect(head(page, "energy")).to_have_attribute("aria-sort", "none")
    expect(title(page, 3)).to_have_text("Song 0003")
    page.keyboard.press("Enter")
    expect(title(page)).to_have_text("Song 2999")
    page.keyboard.press("ArrowDown")
    expect(title(page)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(title(page, 1)).to_be_focused()
    for part, song in {1: HOSTILE[0], 2: "Song 1499"}.items():
        page.locator(".ag-body-viewport").evaluate(f"rows => rows.scrollTop = rows.scrollHeight / {part}")
        expect(title(page, SONGS // part - (part == 1))).to_have_text(song)


def test_songs_come_though_the_table_asked_just_before_one_went_to_it(library: Dashboard, visit: Visit) -> None:
    page = visit("about:blank")
    held: list[Route] = []

    def hold(route: Route) -> None:
        asks_for_rows = not held and "library-grid.getRowsResponse" in (route.request.post_data or "")
        held.append(route) if asks_for_rows else route.continue_()

    page.route("**/_dash-update-component*", hold)
    page.goto(library.url)
    until_live(page)
    until(lambda: page.wait_for_timeout(50) or held, what="a table that asks")
    with page.expect_request(lambda request: '"view":"library"' in (request.post_data or "")):
        page.get_by_role("link", name="Library").click()
    held[0].continue_()
    says(page, "3,000 songs")
    expect(title(page)).to_have_text("100%_")


def test_songs_are_searched_and_filtered_here_and_everywhere(library: Dashboard, visit: Visit) -> None:
    page = visit(library.url + "/library")
    says(page, "3,000 songs")
    for text, found in {"100%_": "100%_", "bjork JOGA": "Jóga", "<script>": HOSTILE[0]}.items():
        search(page, text)
        says(page, "1 song")
        expect(title(page)).to_have_text(found)
    assert page.evaluate("window.hacked") is None
    search(page, "nothing of the kind")
    says(page, "No song is called “nothing of the kind”.")
    expect(title(page)).to_have_count(0)
    search(page, "")
    page.locator("#filters [data-mood=Calm]").click()
    says(page, "600 Calm songs")
    expect(title(page, 1)).to_have_text("Song 0005")
    page.locator("#filters [data-mood=Calm]").click()
    says(page, "3,000 songs")
    row(page, 1).locator("[data-mood=Sad]").click()
    says(page, "2,400 Sad songs")
    assert page.url.endswith("/library?mood=Sad")
    page.get_by_role("link", name="Live", exact=True).click()
    expect(page.locator("#filters [data-mood=Sad]")).to_have_attribute("aria-pressed", "true")
    page.go_back()
    head(page, "energy").locator(".ag-header-cell-filter-button").click()
    page.locator(".ag-filter input[type=number]:visible").first.fill("0.99")
    says(page, "24 Sad songs")
    page.keyboard.press("Escape")
    shown(page, "tempo").locator(".ag-header-cell-text").click()
    expect(title(page)).to_have_text("Song 2999")
    with page.expect_download() as saving:
        page.locator("#library").get_by_role("link", name="CSV").click()
    head_, first, *others = saving.value.path().read_text(encoding="utf-8").splitlines()
    assert head_.startswith("song_id,title,artist,mood,plays")
    assert first.startswith("2999,Song 2999,Band-49,Sad,1,2026-01-02T03:04:05+00:00")
    assert len(others) == 23


def test_the_table_fits_desks_and_phones_and_every_column_can_be_reached(library: Dashboard, visit: Visit) -> None:
    page = visit(library.url + "/library", color_scheme="dark")
    says(page, "3,000 songs")
    expect(page.locator("#banner")).to_contain_text("Kafka is away", timeout=10_000)
    until(lambda: page.evaluate("document.documentElement.scrollHeight") == 1000, 5, "the height of the screen")
    assert 940 < bottom(page.locator(".songs-grid")) < 1000
    shown(page, "origin")
    page.close()
    page = visit(library.url + "/library", **PHONE | {"viewport": {"width": 360, "height": 740}})
    says(page, "3,000 songs")
    expect(row(page).locator("[data-mood]")).to_be_in_viewport(ratio=1)
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert bottom(page.locator(".songs-grid")) - top(page.locator(".songs-grid")) < 740
    for touched in (page.get_by_role("searchbox"), shown(page, "origin"), row(page)):
        assert bottom(touched) - top(touched) >= 44


def top(place: Locator) -> float:
    box = place.bounding_box()
    assert box is not None
    return box["y"]


def bottom(place: Locator) -> float:
    box = place.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def test_while_the_database_is_away_what_is_shown_stays_and_the_rest_comes_afterwards(
    library: Dashboard, shelf: Settings, relay: Proxy, visit: Visit
) -> None:
    page = visit(library.url + "/library")
    says(page, "3,000 songs")
    relay.refuse()
    search(page, "Band-07")
    says(page, "The songs come as soon as the database answers.")
    relay.heal()
    says(page, "60 songs")
    expect(title(page)).to_have_text("Song 0007")
    store(shelf, *heard(just_played("new", title="Quite New", artist="Band-07"), Mood.HAPPY))
    page.get_by_role("link", name="Live", exact=True).click()
    page.get_by_role("link", name="Library").click()  # whoever comes back sees what is new
    says(page, "61 songs")
    search(page, "quite new")
    says(page, "1 song")
    expect(row(page).locator("[data-mood=Happy]")).to_be_visible()
