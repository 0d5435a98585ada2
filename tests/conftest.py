"""The servers that the tests run against: started once, on free ports, with data that goes away."""

import compileall
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kafka import KafkaAdminClient

from local.database_server import DatabaseServer
from local.kafka_server import KafkaServer
from moodstream.settings import ROOT, Role, Settings
from moodstream.store.accounts import RIGHTS, initialise
from moodstream.store.mysql import Database
from tests.integration.system import System, until

MEMORY = Path("/dev/shm")  # noqa: S108  servers make folders there that nobody else may enter
ENOUGH = 4 * 2**30
# A broker here lives for minutes: a second compiler would cost more than it gains.
os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")


def pytest_configure(config: pytest.Config) -> None:
    """Compile the package once: every service that a test starts would do so anew where Python writes no bytecode."""
    if not hasattr(config, "workerinput"):
        compileall.compile_dir(ROOT / "moodstream", quiet=2)


@pytest.fixture(scope="session")
def room() -> Path | None:
    """Where servers keep data that go away: in memory where there is enough, for a disk takes most of their time."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH else None


@pytest.fixture(scope="session")
def kafka_server(room: Path | None) -> Iterator[KafkaServer]:
    with KafkaServer.temporary(room) as server:
        yield server


@pytest.fixture(scope="session")
def database_admin(room: Path | None) -> Iterator[Settings]:
    """How to reach a database server as its administrator: the user's own, where MYSQL_HOST names one."""
    if os.environ.get("MYSQL_HOST"):
        yield Settings(_env_file=None)
        return
    with DatabaseServer.temporary(room) as server:
        yield Settings(
            _env_file=None,
            **server.settings,
        )


@pytest.fixture
def kafka(room: Path | None) -> Iterator[KafkaServer]:
    """A broker of a test's own, to be killed."""
    with KafkaServer.temporary(room) as server:
        yield server


@pytest.fixture
def database(room: Path | None) -> Iterator[DatabaseServer]:
    """A database server of a test's own, to be killed."""
    with DatabaseServer.temporary(room) as server:
        yield server


@pytest.fixture
def database_settings(database_admin: Settings) -> Iterator[Settings]:
    """A new, migrated database with accounts of its own; gone afterwards."""
    with _migrated(database_admin) as settings:
        yield settings


@pytest.fixture(scope="module")
def shared_settings(database_admin: Settings) -> Iterator[Settings]:
    """The same for all tests of a file, which only read what its fixtures stored."""
    with _migrated(database_admin) as settings:
        yield settings


@contextmanager
def _migrated(database_admin: Settings) -> Iterator[Settings]:
    name = f"music_test_{secrets.token_hex(4)}"
    accounts: dict[Role, str] = {role: f"{name[-8:]}_{role}" for role in RIGHTS}
    settings = Settings(
        _env_file=None,
        **database_admin.model_dump(include={"mysql_host", "mysql_port", "mysql_admin_user", "mysql_admin_password"}),
        mysql_database=name,
        mysql_user=accounts["connector"],
        mysql_batch_user=accounts["batch"],
        mysql_dashboard_user=accounts["dashboard"],
        **dict.fromkeys(("mysql_password", "mysql_batch_password", "mysql_dashboard_password"), secrets.token_hex(8)),
    )
    initialise(settings)
    yield settings
    admin = Database(settings, "admin")
    with admin.transaction() as cursor:
        cursor.execute(f"DROP DATABASE `{name}`")
        for user in accounts.values():
            cursor.execute("DROP USER %s", (user,))
    admin.close()


@pytest.fixture
def kafka_settings(kafka_server: KafkaServer) -> Iterator[str]:
    """The address of a broker that has no topics and no consumer groups."""
    yield kafka_server.address
    admin = KafkaAdminClient(bootstrap_servers=kafka_server.address)
    until(lambda: _emptied(admin), what="a broker without topics and groups")
    admin.close()


def _emptied(admin: KafkaAdminClient) -> bool:
    topics = [topic for topic in admin.list_topics() if not topic.startswith("__")]
    groups = [group["group_id"] for group in admin.list_groups()]
    if topics:
        admin.delete_topics(topics)
    if groups:
        admin.delete_groups(groups)
    return not topics and not groups


@pytest.fixture
def system(kafka_settings: str, database_settings: Settings, tmp_path: Path) -> Iterator[System]:
    """The services' settings, on a broker and a database that nothing else uses."""
    settings = database_settings.model_copy(
        update={
            "kafka_bootstrap_servers": kafka_settings,
            "cache_dir": tmp_path / "cache",
            "model_dir": tmp_path / "models",
            "api_keys_file": tmp_path / "api-keys.json",
        }
    )
    running = System(settings, tmp_path)
    yield running
    running.close()
