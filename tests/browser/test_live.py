"""The page at the end of the whole way: what is played comes in by Kafka, and what is said goes out by it."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from local.kafka_server import KafkaServer
from moodstream.settings import Settings
from tests.browser.conftest import Dashboard, Made
from tests.browser.history import heard, just_played, until_live
from tests.integration.system import System, until
from tests.web.history import store

Visit = Callable[..., Page]


@pytest.fixture
def page_of(dashboard_on: Made, system: System) -> Dashboard:
    """The dashboard of a whole system."""
    return dashboard_on(system.settings)


def test_a_play_published_to_kafka_appears_with_its_mood(system: System, page_of: Dashboard, visit: Visit) -> None:
    page_of.start()
    page = visit(page_of.url)
    until_live(page)
    connector, classifier = system.start("mysql_connector.py"), system.start("mood_classifier.py", "--model", "rules")
    connector.says("health and metrics at")
    classifier.says("health and metrics at")
    system.publish(just_played(title="From Kafka", ago=0))
    expect(page.locator(".song")).to_have_text("From Kafka", timeout=60_000)
    expect(page.locator("#now .verdict")).to_contain_text("Happy", timeout=30_000)
    expect(page.locator("#movement-said")).to_contain_text("1 play", timeout=10_000)


def test_a_like_arrives_in_kafka_and_mysql_and_is_seen_to_have_done_so(
    system: System, page_of: Dashboard, visit: Visit
) -> None:
    play = just_played(title="Good One")
    store(system.settings, *heard(play))
    system.start("mysql_connector.py").says("health and metrics at")
    collector = system.start("user_feedback.py", "collect")
    page_of.start()
    page = visit(page_of.url)
    until_live(page)
    collector.says("following")
    page.get_by_role("button", name="Like", exact=True).click()
    expect(page.locator("#notice")).to_contain_text("Sent", timeout=30_000)
    expect(page.locator("[data-say='like']")).to_have_attribute("aria-pressed", "true", timeout=60_000)
    collector.says("anna likes song-1")
    page.locator("#now summary").click()
    page.locator("[data-say='Calm']").click()
    system.until_stored("user_feedback", 2)
    rows = system.rows("SELECT play_id, listener, song_id, reaction, mood FROM user_feedback ORDER BY reacted_at")
    assert [(bytes(row["play_id"]), row["listener"], row["reaction"], row["mood"]) for row in rows] == [
        (play.event_id.bytes, "anna", "like", None),
        (play.event_id.bytes, "anna", None, "Calm"),
    ]


def test_while_kafka_is_away_the_page_says_so_and_sends_nothing_in_silence(
    kafka: KafkaServer, database_settings: Settings, dashboard_on: Made, visit: Visit
) -> None:
    settings = database_settings.model_copy(update={"kafka_bootstrap_servers": kafka.address})
    store(settings, *heard(just_played(title="Still Here")))
    dashboard = dashboard_on(settings)
    dashboard.start()
    page = visit(dashboard.url, may_fail=True)
    until_live(page)
    expect(page.locator("#banner")).to_be_hidden()
    kafka.kill()
    expect(page.locator("#banner")).to_contain_text("Kafka is away since", timeout=30_000)
    page.get_by_role("button", name="Like", exact=True).click()
    expect(page.locator("#notice")).to_contain_text("Kafka", timeout=15_000)
    expect(page.locator(".song")).to_have_text("Still Here")
    kafka.start()
    expect(page.locator("#banner")).to_be_hidden(timeout=60_000)
    page.get_by_role("button", name="Like", exact=True).click()
    expect(page.locator("#notice")).to_contain_text("Sent", timeout=15_000)


def test_a_play_is_on_the_open_page_within_a_second_of_being_in_mysql(dashboard: Dashboard, visit: Visit) -> None:
    dashboard.start()
    page = visit(dashboard.url)
    until_live(page)
    waits = []
    for number in range(5):
        title = f"Number {number}"
        store(dashboard.settings, *heard(just_played(f"song-{number}", ago=1 - number / 10, title=title)))
        stored = time.monotonic()
        until(lambda title=title: page.locator(".song").text_content(timeout=10_000) == title, 10, title)  # type: ignore[misc]
        waits.append(time.monotonic() - stored)
    assert sorted(waits)[2] < 1, waits
