"""MySQL, then Kafka, then the dashboard itself are killed and started again under one open page."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from local.database_server import DatabaseServer
from local.kafka_server import KafkaServer
from moodstream.settings import Settings
from moodstream.store.accounts import initialise
from tests.browser.conftest import Made
from tests.browser.history import heard, just_played, until_live
from tests.web.history import store

PASSWORDS = ("mysql_password", "mysql_batch_password", "mysql_dashboard_password")


def test_the_page_says_what_is_away_and_recovers_by_itself(
    database: DatabaseServer, kafka: KafkaServer, dashboard_on: Made, visit: Callable[..., Page]
) -> None:
    place = database.settings | dict.fromkeys(PASSWORDS, "secret")
    settings = Settings(_env_file=None, kafka_bootstrap_servers=kafka.address, **place)
    initialise(settings)
    store(settings, *heard(just_played(title="Before All")))
    dashboard = dashboard_on(settings)
    dashboard.start()
    page = visit(dashboard.url, may_fail=True)
    until_live(page)
    banner, song = page.locator("#banner"), page.locator(".song")
    expect(banner).to_be_hidden()

    database.kill()
    expect(banner).to_contain_text("MySQL is away since", timeout=15_000)
    expect(song).to_have_text("Before All")
    database.start()
    expect(banner).to_be_hidden(timeout=30_000)
    store(settings, *heard(just_played("song-2", ago=3, title="After MySQL")))
    expect(song).to_have_text("After MySQL", timeout=10_000)

    kafka.kill()
    expect(banner).to_contain_text("Kafka is away since", timeout=15_000)
    kafka.start()
    expect(banner).to_be_hidden(timeout=30_000)

    dashboard.close()
    expect(page.locator("#silence")).to_contain_text("The dashboard has not answered since", timeout=20_000)
    dashboard.start()
    store(settings, *heard(just_played("song-3", ago=1, title="After All")))
    expect(song).to_have_text("After All", timeout=20_000)
    expect(page.locator("#silence")).to_be_hidden()
