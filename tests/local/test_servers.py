"""The private servers: on loopback alone, back with their data after whatever ended them, gone with their parent."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import mysql.connector
import psutil
import pytest
from kafka import KafkaAdminClient

from local import ports
from local.database_server import DatabaseServer
from local.kafka_server import KafkaServer
from local.server import Server
from moodstream.errors import MoodstreamError

ROOT = Path(__file__).parent.parent.parent


def run(database: DatabaseServer, *statements: str) -> list[tuple[object, ...]]:
    """The rows that the last of some statements gives, to the administrator."""
    connection = mysql.connector.connect(
        host=database.host, port=database.port, user=database.user, password=database.password, autocommit=True
    )
    cursor = connection.cursor()
    for statement in statements:
        cursor.execute(statement)
    rows = list(cursor.fetchall()) if cursor.with_rows else []
    connection.close()
    return rows


def listening(server: Server) -> set[str]:
    """The addresses that a server listens on."""
    process = psutil.Process(server.pid)
    return {c.laddr.ip for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN}


def test_a_database_has_its_data_and_its_password_after_a_clean_and_an_unclean_end(database: DatabaseServer) -> None:
    run(database, "CREATE DATABASE kept", "CREATE TABLE kept.numbers (n INT)", "INSERT INTO kept.numbers VALUES (1)")
    address, password = database.address, database.password
    database.kill()
    database.start()
    run(database, "INSERT INTO kept.numbers VALUES (2)")
    database.stop()
    database.start()
    assert run(database, "SELECT n FROM kept.numbers ORDER BY n") == [(1,), (2,)]
    assert (database.address, database.password) == (address, password)


def test_a_database_lets_nobody_in_without_a_password(database: DatabaseServer) -> None:
    for user in ("root", "", "mariadb.sys"):
        with pytest.raises(mysql.connector.Error) as refused:
            mysql.connector.connect(host=database.host, port=database.port, user=user, password="")
        assert refused.value.errno in (1045, 4151)  # wrong password; account locked


def test_a_database_speaks_utf8_and_utc_and_takes_large_messages(database: DatabaseServer) -> None:
    asked = "SELECT @@character_set_server, @@global.time_zone, @@max_allowed_packet"
    assert run(database, asked) == [("utf8mb4", "+00:00", 64 * 2**20)]


def test_another_server_on_its_port_is_not_taken_for_a_broker(database: DatabaseServer, tmp_path: Path) -> None:
    with pytest.raises(MoodstreamError, match="Kafka did not start on"):
        KafkaServer(tmp_path, database.port).wait()


def test_a_broker_has_its_topics_after_a_clean_and_an_unclean_end(kafka: KafkaServer) -> None:
    topics(kafka, "first")
    kafka.kill()
    kafka.start()
    topics(kafka, "second")
    kafka.stop()
    kafka.start()
    assert topics(kafka) >= {"first", "second"}


def topics(kafka: KafkaServer, new: str = "") -> set[str]:
    """The topics of a broker, once a new one has been made."""
    admin = KafkaAdminClient(bootstrap_servers=kafka.address)
    try:
        if new:
            admin.create_topics([new])
        return set(admin.list_topics())
    finally:
        admin.close()


def test_servers_listen_on_loopback_alone(kafka_server: KafkaServer, database: DatabaseServer) -> None:
    addresses = listening(kafka_server) | listening(database)
    assert {address.removeprefix("::ffff:") for address in addresses} == {"127.0.0.1"}


def test_a_server_that_cannot_start_says_where_to_look(kafka: KafkaServer) -> None:
    kafka.stop()
    (kafka.directory / "data" / "meta.properties").write_text("version=1\n")
    with pytest.raises(MoodstreamError, match=r"Kafka did not start on .*see .*server\.log, which ends with: .*meta"):
        kafka.start()
    assert not kafka.alive()


def test_a_server_is_not_mistaken_for_another_on_its_port(database: DatabaseServer, tmp_path: Path) -> None:
    with pytest.raises(MoodstreamError, match=rf"port {database.port} .*is taken"):
        DatabaseServer(tmp_path, database.port).start()


def test_a_temporary_server_leaves_nothing() -> None:
    with DatabaseServer.temporary() as server:
        directory, process = server.directory, psutil.Process(server.pid)
    assert not directory.exists()
    assert not process.is_running()


def test_a_server_does_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    source = (
        "import sys, time; from pathlib import Path; from local.database_server import DatabaseServer\n"
        "server = DatabaseServer(Path(sys.argv[1]), int(sys.argv[2])); server.start()\n"
        "print(server.pid, flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", source, str(tmp_path), str(ports.free())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        assert parent.stdout is not None
        server = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    deadline = time.monotonic() + 5
    while server.is_running() and server.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE


def test_a_taken_port_is_passed_over() -> None:
    with socket.create_server((ports.HOST, 0)) as taken:
        port = taken.getsockname()[1]
        assert not ports.is_free(port)
        assert ports.free_from(port) > port
    assert ports.free_from(port) == port
