"""The page in a browser, on a real database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moodstream.messages import Message, Play, Track
from moodstream.moods import LOOKS, Mood
from moodstream.settings import Settings
from moodstream.web.charts import CARDS
from tests.browser.conftest import Dashboard
from tests.factories import make_classification, make_features, make_feedback, make_play, make_song
from tests.web.history import make_playlist, store, store_batch

Visit = Callable[..., Page]
NO_SHARED_SOCKET = "delete window.SharedWorker"
HOSTILE = [
    "<script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    "<b>bold</b> &amp; <a href='http://example.com'>link</a>",
    "\"quotes' `ticks` \\ {{braces}} %{text}",
    "😀 𝄞 ‮right to left‬ עברית",
    "nul\0and\ttab",
]


@pytest.fixture
def settings(dashboard: Dashboard) -> Settings:
    return dashboard.settings


def just_played(song_id: str = "song-1", ago: int = 5, **more: Any) -> Play:
    return make_play(make_song(song_id, **more), played_at=datetime.now(UTC) - timedelta(seconds=ago))


def heard(play: Play, mood: Mood | None = Mood.HAPPY) -> list[Message]:
    return [play, make_classification(play, mood=mood)]


def a_full_history(settings: Settings) -> None:
    """Every mood and one play without, over the last hour, with feedback, a playlist and a batch run."""
    for number, mood in enumerate([*Mood, None]):
        known = make_features(instrumentalness=0.3, tempo=120.0 if mood else None)
        plays = [just_played(f"song-{number}", ago=60 * n + number, features=known) for n in range(number + 3)]
        store(settings, *(message for play in plays for message in heard(play, mood)))
        answered = {"song_id": f"song-{number}", "reacted_at": plays[0].played_at, "play_id": plays[0].event_id}
        store(settings, *(make_feedback(reaction=reaction, **answered) for reaction in ("like", "skip")))
    store(settings, make_playlist(made_at=datetime.now(UTC)))
    store_batch(settings, {f"song-{number}": mood for number, mood in enumerate(Mood)})


def until_live(page: Page) -> None:
    expect(page.locator("#updated")).to_have_text("live", timeout=20_000)
    expect(page.locator(".card.waiting")).to_have_count(0, timeout=20_000)


def test_an_empty_database_is_no_error_but_says_what_to_start(dashboard: Dashboard, visit: Visit) -> None:
    dashboard.start()
    page = visit(dashboard.url)
    until_live(page)
    expect(page.locator("#now")).to_contain_text("Nothing has played yet. Start python stream_music.py.")
    expect(page.locator(".card.empty")).to_have_count(len(CARDS))
    for card in CARDS:
        expect(page.locator(f"#{card.name} code")).to_have_text(f"python {card.start}")
    expect(page.locator("#banner")).to_be_hidden()
    assert page.title() == "Music mood"


def test_every_card_is_drawn_from_a_full_history(dashboard: Dashboard, settings: Settings, visit: Visit) -> None:
    a_full_history(settings)
    dashboard.start()
    page = visit(dashboard.url)
    until_live(page)
    expect(page.locator(".card.empty")).to_have_count(0)
    expect(page.locator("#distribution .bars .point")).to_have_count(7)
    expect(page.locator("#sound .scatterlayer .trace")).to_have_count(6)
    expect(page.locator("#feedback-said")).to_have_text("50% of 14 reactions are likes or replays")
    expect(page.locator("#agreement-said")).to_contain_text("100% of 6 songs alike")
    expect(page.locator("#movement-said")).to_contain_text("42 plays in the last hour")
    expect(page.locator("#playlist")).to_contain_text("You liked it")
    expect(page.locator("#listener")).to_contain_text("anna")


def test_one_play_is_enough_for_a_page(dashboard: Dashboard, settings: Settings, visit: Visit) -> None:
    store(settings, *heard(just_played(title="Only One"), Mood.SAD))
    dashboard.start()
    page = visit(dashboard.url)
    until_live(page)
    expect(page.locator(".song")).to_have_text("Only One")
    expect(page.locator("#now .verdict")).to_contain_text("Sad")
    expect(page.locator("#now .verdict")).to_contain_text("75% confidence")
    expect(page.locator("#distribution-said")).to_have_text("Sad leads with 100% of 1 play")


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
    assert page.locator(".card b, .card img, .card script, .card a").count() == 0
    assert page.evaluate("window.hacked") is None
    expect(page.locator("#listener")).to_contain_text("<b>anna</b>")


def test_a_play_without_a_mood_is_shown_as_unclassified_with_the_reason(
    dashboard: Dashboard, settings: Settings, visit: Visit
) -> None:
    store(settings, *heard(just_played(), None))
    dashboard.start()
    page = visit(dashboard.url)
    until_live(page)
    expect(page.locator("#now .verdict")).to_have_text("Unclassifiednot known: tempo")
    expect(page.locator("#distribution-said")).to_have_text("Unclassified leads with 100% of 1 play")


def test_another_range_shows_other_plays_and_is_remembered(
    dashboard: Dashboard, settings: Settings, visit: Visit
) -> None:
    store(settings, *heard(just_played()), *heard(just_played("song-2", ago=3 * 86400)))
    dashboard.start()
    page = visit(dashboard.url)
    until_live(page)
    expect(page.locator("#movement-said")).to_contain_text("1 play in the last hour")
    page.get_by_role("option", name="7 d").click()
    expect(page.locator("#movement-said")).to_contain_text("2 plays in the last 7 days")
    page.reload()
    expect(page.locator("#movement-said")).to_contain_text("2 plays in the last 7 days", timeout=20_000)


def test_another_listener_shows_another_playlist(dashboard: Dashboard, settings: Settings, visit: Visit) -> None:
    song = Track(song_id="song-1", title="For Ben Only", artist="x", score=1.0, reason="y")
    store(settings, make_playlist(made_at=datetime.now(UTC)))
    store(settings, make_playlist(song, listener="ben", made_at=datetime.now(UTC)))
    dashboard.start()
    page = visit(dashboard.url)
    until_live(page)
    expect(page.locator("#playlist")).not_to_contain_text("For Ben Only")
    page.locator("#listener").click()
    page.get_by_role("option", name="ben").click()
    expect(page.locator("#playlist")).to_contain_text("For Ben Only")


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
def test_the_page_fits_its_screen(dashboard: Dashboard, settings: Settings, visit: Visit, width: int) -> None:
    a_full_history(settings)
    store(settings, *heard(just_played(ago=1, title="x" * 500, artist="Long and longer " * 30)))
    dashboard.start()
    page = visit(dashboard.url, viewport={"width": width, "height": 900})
    until_live(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
