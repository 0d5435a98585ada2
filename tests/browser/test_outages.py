"""Servers that go away under an open page, and come back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from moodstream.moods import Mood
from moodstream.settings import Settings
from moodstream.store.accounts import initialise
from moodstream.store.mysql import Database
from tests.browser.conftest import Dashboard, Made
from tests.browser.history import heard, just_played, until_live
from tests.integration.system import until
from tests.proxy import Proxy
from tests.web.history import store

Visit = Callable[..., Page]


@pytest.fixture
def distant(dashboard_on: Made, database_settings: Settings, relay: Proxy) -> Dashboard:
    """A dashboard that reaches its database by the relay."""
    return dashboard_on(database_settings.model_copy(update={"mysql_port": relay.port}))


def test_while_mysql_is_away_the_page_shows_what_was_known_and_recovers(
    distant: Dashboard, database_settings: Settings, relay: Proxy, visit: Visit
) -> None:
    store(database_settings, *heard(just_played(title="Known"), Mood.CALM))
    running = distant.start()
    page = visit(distant.url)
    until_live(page)
    relay.refuse()
    expect(page.locator("#banner")).to_contain_text("MySQL is away since", timeout=10_000)
    expect(page.locator("#banner")).to_contain_text("showing what was known")
    expect(page.locator(".song")).to_have_text("Known")
    expect(page.locator("#updated")).to_contain_text("s ago", timeout=10_000)
    assert running.health()[0] == 503
    store(database_settings, *heard(just_played(title="Missed", ago=1)))
    relay.heal()
    expect(page.locator("#banner")).not_to_contain_text("MySQL", timeout=10_000)
    expect(page.locator(".song")).to_have_text("Missed", timeout=10_000)
    assert running.health()[0] == 200
    assert running.output.count("showing what was known, and trying again") == 1


def test_the_page_comes_up_without_mysql_and_fills_when_it_is_there(
    distant: Dashboard, database_settings: Settings, relay: Proxy, visit: Visit
) -> None:
    relay.refuse()
    store(database_settings, *heard(just_played(title="There All Along")))
    running = distant.start()
    page = visit(distant.url)
    expect(page.locator("#banner")).to_contain_text("the page fills as soon as it answers", timeout=20_000)
    assert running.health()[0] == 503
    relay.heal()
    expect(page.locator(".song")).to_have_text("There All Along", timeout=20_000)
    expect(page.locator("#banner")).not_to_contain_text("MySQL")


def test_a_database_that_is_not_set_up_says_what_to_start(
    dashboard: Dashboard, database_settings: Settings, visit: Visit
) -> None:
    admin = Database(database_settings, "admin")
    with admin.transaction() as cursor:
        cursor.execute("DROP TABLE song_stream, mood_classified, schema_migrations")
    dashboard.start()
    page = visit(dashboard.url)
    expect(page.locator("#banner")).to_contain_text("start `python mysql_connector.py`", timeout=20_000)
    initialise(database_settings)
    expect(page.locator("#banner")).not_to_contain_text("mysql_connector.py", timeout=20_000)
    until_live(page)
    admin.close()


@pytest.mark.parametrize("init", ["", "delete window.SharedWorker"], ids=["by socket", "without a socket"])
def test_a_page_outlives_a_restart_of_the_dashboard(dashboard: Dashboard, visit: Visit, init: str) -> None:
    dashboard.start()
    page = visit(dashboard.url, init=init, may_fail=True)
    until_live(page)
    dashboard.close()
    expect(page.locator("#silence")).to_contain_text("The dashboard has not answered since", timeout=20_000)
    running = dashboard.start()
    store(dashboard.settings, *heard(just_played(title="After All")))
    expect(page.locator(".song")).to_have_text("After All", timeout=20_000)
    expect(page.locator("#silence")).to_be_hidden(timeout=10_000)
    if not init:
        until(lambda: "moodstream_dashboard_pages 1.0" in running.get("/metrics")[1], 60, "the socket")


def test_pages_that_are_closed_are_forgotten_though_they_shared_a_socket(dashboard: Dashboard, visit: Visit) -> None:
    running = dashboard.start()
    first = visit(dashboard.url)
    until_live(first)
    second = first.context.new_page()
    second.goto(dashboard.url)
    until(lambda: "moodstream_dashboard_pages 2.0" in running.get("/metrics")[1], what="two pages")
    second.close()
    until(lambda: "moodstream_dashboard_pages 1.0" in running.get("/metrics")[1], 90, "one page")
