"""The dashboard as a process: how it starts, refuses to, and ends."""

import os
import signal
import socket
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from pydantic import SecretStr

from moodstream.settings import Settings
from tests.browser.conftest import Dashboard
from tests.browser.test_page import until_live
from tests.integration.system import System

Visit = Callable[..., Page]


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
