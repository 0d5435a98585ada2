"""The dashboard as a process: how it starts, refuses to, and ends."""

import base64
import os
import signal
import socket
import time
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pydantic import SecretStr

from local import ports
from moodstream.settings import Settings
from moodstream.web.guard import MOST_BYTES
from tests.browser.conftest import Dashboard, Made
from tests.browser.history import until_live
from tests.browser.test_access import barriers
from tests.integration.system import System, until

Visit = Callable[..., Page]
PASSWORD = "correct horse é"


@pytest.fixture
def system(database_settings: Settings, tmp_path: object) -> System:
    return System(database_settings, tmp_path)  # type: ignore[arg-type]


def test_a_port_that_is_taken_is_one_sentence_that_names_the_setting(system: System) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        ended = system.run("dashboard.py", dashboard_port=other.getsockname()[1])
    assert ended.returncode == 2
    assert "DASHBOARD_PORT" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_wrong_password_is_one_sentence_that_names_the_setting(dashboard: Dashboard, system: System) -> None:
    ended = system.run(
        "dashboard.py",
        dashboard_port=dashboard.settings.dashboard_port,
        mysql_dashboard_password=SecretStr("wrong"),
    )
    assert ended.returncode == 2
    assert "MYSQL_DASHBOARD_PASSWORD" in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])  # noqa: S104  that is what is refused
def test_it_does_not_start_for_others_without_a_password(system: System, host: str) -> None:
    ended = system.run("dashboard.py", dashboard_host=host, dashboard_port=ports.free())
    assert ended.returncode == 2
    assert ended.stderr == (
        f"error: DASHBOARD_HOST is {host}, so others can reach the dashboard: "
        "set DASHBOARD_PASSWORD, or listen on 127.0.0.1 alone.\n"
    )


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host", "x" * 70, "127.0.0.1:8051", "[::1]"])
def test_an_address_that_is_not_ours_is_one_sentence(system: System, host: str) -> None:
    ended = system.run("dashboard.py", dashboard_host=host, dashboard_port=ports.free())
    assert ended.returncode == 2
    assert "DASHBOARD_HOST" in ended.stderr
    assert "None" not in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.fixture
def locked(dashboard_on: Made, database_settings: Settings) -> Dashboard:
    """A dashboard for everybody who knows the password, not started yet."""
    settings = {"dashboard_host": "0.0.0.0", "dashboard_password": SecretStr(PASSWORD)}  # noqa: S104
    return dashboard_on(database_settings.model_copy(update=settings))


def log_in(page: Page) -> None:
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")


def metrics(dashboard: Dashboard) -> str:
    """What the dashboard tells a program that says the password."""
    token = base64.b64encode(f":{PASSWORD}".encode()).decode()
    request = urllib.request.Request(f"{dashboard.url}/metrics", headers={"Authorization": f"Basic {token}"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
        return str(answer.read().decode())


def test_behind_a_password_the_page_is_live_by_socket_after_the_login(locked: Dashboard, visit: Visit) -> None:
    running = locked.start()
    assert running.health() == (200, '{"status":"ok"}')
    page = visit(f"{locked.url}/?range=24h")
    expect(page.get_by_label("Password")).to_be_focused()
    log_in(page)
    page.wait_for_url(f"{locked.url}/?range=24h")
    until_live(page)
    until(lambda: "moodstream_dashboard_pages 1.0" in metrics(locked), 10, "the socket")
    assert PASSWORD not in running.output


def test_a_page_behind_a_password_outlives_a_restart_of_the_dashboard(locked: Dashboard, visit: Visit) -> None:
    locked.start()
    page = visit(locked.url, may_fail=True)
    log_in(page)
    until_live(page)
    locked.close()
    expect(page.locator("#silence")).to_be_visible(timeout=20_000)
    locked.start()
    expect(page.locator("#silence")).to_be_hidden(timeout=20_000)
    until_live(page)


@pytest.mark.parametrize("look", [{}, {"color_scheme": "dark"}, {"viewport": {"width": 360, "height": 640}}], ids=repr)
def test_the_login_works_without_scripts_and_says_what_is_wrong(
    locked: Dashboard, visit: Visit, look: dict[str, object]
) -> None:
    locked.start()
    page = visit(locked.url, may_fail=True, java_script_enabled=False, **look)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_have_text("That is not the password.")
    log_in(page)
    page.wait_for_url(f"{locked.url}/")


def test_the_login_has_no_barrier(locked: Dashboard, visit: Visit) -> None:
    locked.start()
    for scheme in ("light", "dark"):
        page = visit(f"{locked.url}/login", color_scheme=scheme)
        assert barriers(page) == []


def test_the_reference_of_the_api_works_under_our_policy(dashboard: Dashboard, visit: Visit) -> None:
    dashboard.start()
    page = visit(f"{dashboard.url}/docs")
    page.locator(".opblock-summary-path", has_text="/api/v1/now").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table .response-col_status").last).to_contain_text("200", timeout=10_000)


def test_a_body_that_is_too_large_is_refused_before_it_is_read(dashboard: Dashboard) -> None:
    dashboard.start()
    with socket.create_connection(("127.0.0.1", dashboard.settings.dashboard_port), timeout=5) as connection:
        place = f"POST /api/v1/feedback HTTP/1.1\r\nHost: localhost\r\nContent-Length: {MOST_BYTES + 1}\r\n\r\n"
        connection.sendall(place.encode())
        assert b" 413 " in connection.recv(1000)
    with socket.create_connection(("127.0.0.1", dashboard.settings.dashboard_port), timeout=5) as connection:
        connection.sendall(b"POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        for _ in range(MOST_BYTES // 65536 + 1):
            connection.sendall(chunk)
        assert b" 413 " in connection.recv(1000)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_it_ends_in_time_with_a_page_open(dashboard: Dashboard, visit: Visit, number: signal.Signals) -> None:
    running = dashboard.start()
    until_live(visit(dashboard.url, may_fail=True))
    assert running.stop(number, seconds=10) == 0
    assert "Traceback" not in running.output


def test_a_second_ctrl_c_ends_it_at_once(dashboard: Dashboard, visit: Visit) -> None:
    running = dashboard.start()
    until_live(visit(dashboard.url, may_fail=True))
    started = time.monotonic()
    os.kill(running.process.pid, signal.SIGSTOP)  # so that both are there before the first is dealt with
    running.process.send_signal(signal.SIGINT)
    time.sleep(0.1)
    os.kill(running.process.pid, signal.SIGCONT)
    running.process.send_signal(signal.SIGINT)
    running.process.wait(5)
    assert time.monotonic() - started < 5
