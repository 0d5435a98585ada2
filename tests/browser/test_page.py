"""The page in a browser, on a real database."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from moodstream.messages import Track
from moodstream.moods import LOOKS, Mood
from moodstream.settings import Settings
from moodstream.web.charts import CARDS
from moodstream.web.charts.card import Card
from tests.browser.conftest import Dashboard
from tests.browser.history import HOSTILE, NO_SHARED_SOCKET, a_full_history, each_view, heard, just_played, until_live
from tests.factories import make_feedback
from tests.web.history import make_playlist, store, store_batch

Visit = Callable[..., Page]


@pytest.fixture
def settings(dashboard: Dashboard) -> Settings:
    return dashboard.settings


def cards(view: str) -> list[Card]:
    return [card for card in CARDS if card.view == view]


def test_an_empty_database_is_no_error_but_says_what_to_start(dashboard: Dashboard, visit: Visit) -> None:
    dashboard.start()
    page = visit(dashboard.url)
    until_live(page)
    expect(page.locator("#now")).to_contain_text("Nothing has played yet. Start python stream_music.py.")
    for view in ("live", "batch"):
        page.locator(f"nav [data-view={view}]").click()
        until_live(page)
        for card in cards(view):
            expect(page.locator(f"#{card.name}.empty code")).to_have_text(f"python {card.start}")
    page.locator("nav [data-view=system]").click()
    until_live(page)
    expect(page.locator("#health")).to_contain_text("Start python mysql_connector.py", timeout=10_000)
    expect(page.locator("#letters")).to_contain_text("Every message could be used.")
    page.locator("nav [data-view=library]").click()
    expect(page.locator("#view-library")).to_contain_text("There are no songs yet. Start python stream_music.py.")
    expect(page.locator("#banner")).to_contain_text("Kafka is away")
    assert page.title() == "Music mood"


def test_every_card_is_drawn_from_a_full_history(dashboard: Dashboard, settings: Settings, visit: Visit) -> None:
    a_full_history(settings)
    dashboard.start()
    page = visit(dashboard.url)
    until_live(page)
    expect(page.locator("#view-live .card.empty")).to_have_count(0)
    expect(page.locator("#movement-said")).to_contain_text("42 plays in the last hour")
    expect(page.locator("#plane-said")).to_contain_text("plays")
    expect(page.locator("#hours-said")).to_contain_text("of the week")
    expect(page.locator("#sound .scatterlayer .trace")).to_have_count(6)
    expect(page.locator("#feedback-said")).to_contain_text("50% of 14 reactions")
    expect(page.locator("#playlist")).to_contain_text("You liked it")
    page.locator("nav [data-view=batch]").click()
    until_live(page)
    expect(page.locator("#agreement-said")).to_contain_text("100% of 6 songs alike")
    for card in (card for card in (*cards("live"), *cards("batch")) if card.figure and card.name != "drift"):
        expect(page.locator(f"#{card.name} .js-plotly-plot .main-svg").first).to_be_attached()


def test_one_play_is_enough_for_every_picture(dashboard: Dashboard, settings: Settings, visit: Visit) -> None:
    play = just_played(title="Only One")
    store(settings, *heard(play, Mood.SAD), make_feedback(reacted_at=play.played_at, play_id=play.event_id))
    store_batch(settings, {"song-1": Mood.CALM})
    dashboard.start()
    page = visit(dashboard.url)
    until_live(page)
    expect(page.locator(".song")).to_have_text("Only One")
    expect(page.locator("#now .verdict")).to_contain_text("Sad")
    expect(page.locator("#now .verdict")).to_contain_text("75% confidence")
    expect(page.locator("#view-live .card.empty")).to_have_count(1)  # nobody has made a playlist
    expect(page.locator("#movement-said")).to_contain_text("1 play in the last hour, Sad")
    page.locator("nav [data-view=batch]").click()
    until_live(page)
    expect(page.locator("#disputes")).to_contain_text("Only One")


def test_probabilities_are_shown_as_bars(dashboard: Dashboard, settings: Settings, visit: Visit) -> None:
    shares = dict(zip(Mood, (0.1, 0.1, 0.6, 0.1, 0.1), strict=False))
    store(settings, *heard(just_played(), Mood.CALM, probabilities=shares))
    dashboard.start()
    page = visit(dashboard.url)
    until_live(page)
    expect(page.locator("#now .bars li")).to_have_count(5)
    expect(page.locator("#now .bars li.told")).to_contain_text("60%")


def test_a_cards_numbers_can_be_saved_as_they_are_shown(dashboard: Dashboard, settings: Settings, visit: Visit) -> None:
    a_full_history(settings)
    dashboard.start()
    page = visit(dashboard.url + "/?range=24h&mood=Sad")
    until_live(page)
    with page.expect_download() as saving:
        page.locator("#movement .csv").click()
    head, *lines = saving.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert "Sad" in head + lines[0]
    assert "Happy" not in head + "".join(lines)
    with page.expect_download() as saving:
        page.get_by_role("link", name="M3U8").click()
    assert "#EXTM3U" in saving.value.path().read_text(encoding="utf-8")


@pytest.mark.parametrize("init", ["", NO_SHARED_SOCKET], ids=["by socket", "without a socket"])
def test_a_new_play_appears_on_the_open_page(dashboard: Dashboard, settings: Settings, visit: Visit, init: str) -> None:
    running = dashboard.start()
    page = visit(dashboard.url, init=init)
    until_live(page)
    open_sockets = "moodstream_dashboard_pages 0.0" if init else "moodstream_dashboard_pages 1.0"
    assert open_sockets in running.get("/metrics")[1]
    store(settings, *heard(just_played(title="Brand New")))
    expect(page.locator(".song")).to_have_text("Brand New", timeout=5_000)
    expect(page.locator("#movement-said")).to_contain_text("1 play in the last hour", timeout=5_000)


def test_what_songs_and_listeners_are_called_is_shown_as_text(
    dashboard: Dashboard, settings: Settings, visit: Visit
) -> None:
    for number, name in enumerate(HOSTILE):
        store(settings, *heard(just_played(f"song-{number}", ago=60 - number, title=name, artist=name)))
    tracks = [
        Track(song_id=f"song-{number}", title=name, artist=name, score=1.0, reason=name)
        for number, name in enumerate(HOSTILE)
    ]
    store(settings, make_playlist(*tracks, listener="<b>anna</b>", made_at=datetime.now(UTC)))
    dashboard.start()
    page = visit(dashboard.url)
    until_live(page)
    shown = page.evaluate("[...document.querySelectorAll('.song, .earlier bdi, .songs bdi')].map(e => e.textContent)")
    assert set(HOSTILE) <= set(shown)
    assert page.locator("#playlist li").count() == len(HOSTILE)
    assert page.locator(".card b, .card img, .card script, .card a:not(.csv, .songs-csv, [download])").count() == 0
    assert page.evaluate("window.hacked") is None
    expect(page.locator("#playlist-said")).to_contain_text("<b>anna</b>")


def test_a_play_without_a_mood_is_shown_as_unclassified_with_the_reason(
    dashboard: Dashboard, settings: Settings, visit: Visit
) -> None:
    store(settings, *heard(just_played(), None))
    dashboard.start()
    page = visit(dashboard.url)
    until_live(page)
    expect(page.locator("#now .verdict")).to_have_text("Unclassifiednot known: tempo")
    expect(page.locator("#movement-said")).to_contain_text("Unclassified")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_colours_are_those_of_the_systems_preference(
    dashboard: Dashboard, settings: Settings, visit: Visit, scheme: str
) -> None:
    store(settings, *heard(just_played(), Mood.CALM))
    dashboard.start()
    page = visit(dashboard.url, color_scheme=scheme)
    until_live(page)
    for look in (scheme, "dark" if scheme == "light" else "light"):
        page.emulate_media(color_scheme=look)
        colour = getattr(LOOKS[Mood.CALM], look)
        expect(page.locator("#movement .bars path").first).to_have_css("fill", rgb(colour), timeout=5_000)
        expect(page.locator("#now .fill")).to_have_css("background-color", rgb(colour))


def rgb(colour: str) -> str:
    return "rgb({}, {}, {})".format(*(int(colour[n : n + 2], 16) for n in (1, 3, 5)))


@pytest.mark.parametrize("width", [360, 1440, 3840])
def test_every_page_fits_its_screen(dashboard: Dashboard, settings: Settings, visit: Visit, width: int) -> None:
    a_full_history(settings)
    store(settings, *heard(just_played(ago=1, title="x" * 500, artist="Long and longer " * 30)))
    dashboard.start()
    page = visit(dashboard.url, viewport={"width": width, "height": 900})
    for view in each_view(page):
        assert page.evaluate("document.documentElement.scrollWidth") <= width, view
        page.reload()  # opened directly
        until_live(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, view
