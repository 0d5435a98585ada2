"""Encrypted connections to real servers, and what is said where one of the two sides is not trusted."""

import gc
import secrets
import socket
import ssl
import struct
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from kafka import errors as kafka_errors

from local import ports
from local.database_server import DatabaseServer
from local.kafka_server import KafkaServer
from moodstream.bus import Consumer, ensure_topics, greet
from moodstream.bus.client import translated
from moodstream.errors import ConfigurationError, TransientError
from moodstream.settings import Settings
from moodstream.store.accounts import initialise
from moodstream.store.mysql import Database
from tests.certificates import HOST, LONG_AGO, Authority
from tests.integration.session import cipher
from tests.integration.system import System
from tests.integration.test_pipeline import plays

# The driver, and the client, leave sockets that failed in a handshake to the collector of garbage, which says so.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <(socket|ssl):ResourceWarning")


@pytest.fixture(scope="module", autouse=True)
def collected() -> Iterator[None]:
    """Nothing is left for the collector to find, and to speak of, in the tests of another file."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


Ask = Callable[[Settings], str]
CANARY = secrets.token_hex(8)
PROMPTLY = 10.0
PROPERTIES = """
listeners=BROKER://{{host}}:{{port}},CONTROLLER://{{host}}:{{controller}},{listeners}
listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL,MUTUAL:SSL,LOGIN:SASL_PLAINTEXT
ssl.keystore.type=PEM
ssl.keystore.location={server}.pem
ssl.truststore.type=PEM
ssl.truststore.location={ca}
listener.name.mutual.ssl.client.auth=required
sasl.enabled.mechanisms=SCRAM-SHA-512,PLAIN
"""
# A line that ends in a backslash goes on in the next one.
LOGIN = """
listener.name.{listener}.scram-sha-512.sasl.jaas.config=\\
  org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.{listener}.plain.sasl.jaas.config=\\
  org.apache.kafka.common.security.plain.PlainLoginModule required user_services="{password}";
"""


class Files(NamedTuple):
    """The authorities, and what they issued before the servers started, as paths without an extension."""

    authority: Authority
    stranger: Authority
    server: Path
    client: Path
    impostor: Path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("tls")
    ours, theirs = Authority(folder / "ours"), Authority(folder / "theirs")
    return Files(ours, theirs, ours.issue("server"), ours.issue("client"), theirs.issue("client"))


class Broker(NamedTuple):
    """A broker's listeners, by how they are spoken to."""

    plain: str
    secure: str
    mutual: str
    login: str


@pytest.fixture(scope="module")
def broker(files: Files) -> Iterator[Broker]:
    free = {name: ports.free() for name in ("secure", "mutual", "login")}
    listeners = ",".join(f"{name.upper()}://{HOST}:{port}" for name, port in free.items())
    text = PROPERTIES.format(listeners=listeners, server=files.server, ca=files.authority.file)
    text += "".join(LOGIN.format(listener=listener, password=CANARY) for listener in ("secure", "login"))
    account = ("--add-scram", f"SCRAM-SHA-512=[name=services,password={CANARY}]")
    with KafkaServer.temporary(properties=text, formatting=account) as server:
        yield Broker(server.address, **{name: f"{HOST}:{port}" for name, port in free.items()})


@pytest.fixture(scope="module")
def server(files: Files) -> Iterator[DatabaseServer]:
    options = (f"--ssl-cert={files.server}.crt", f"--ssl-key={files.server}.key", f"--ssl-ca={files.authority.file}")
    with DatabaseServer.temporary(options=(*options, "--loose-require-secure-transport=ON")) as running:
        yield running


@pytest.fixture(scope="module")
def secured(files: Files, broker: Broker, server: DatabaseServer) -> Settings:
    """The settings of services that trust both servers, and are let in."""
    settings = Settings(
        _env_file=None,
        kafka_bootstrap_servers=broker.secure,
        kafka_security_protocol="SASL_SSL",
        kafka_tls_ca=files.authority.file,
        kafka_sasl_username="services",
        kafka_sasl_password=CANARY,
        mysql_tls_ca=files.authority.file,
        log_level="DEBUG",
        **server.settings,
        **dict.fromkeys(("mysql_password", "mysql_batch_password", "mysql_dashboard_password"), CANARY),
    )
    initialise(settings)
    return settings


def changed(settings: Settings, **changes: Any) -> Settings:
    """The settings with some of them read anew; None leaves one out."""
    kept = {name: getattr(settings, name) for name in settings.model_fields_set}
    return Settings(_env_file=None, **{k: v for k, v in (kept | changes).items() if v is not None})


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of something that deals with each connection so, and then cuts it off."""
    with socket.create_server((HOST, 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_plays_become_moods_over_encrypted_connections_and_no_log_has_a_password(
    secured: Settings, tmp_path: Path
) -> None:
    ensure_topics(secured)
    system = System(secured, tmp_path)
    try:
        running = [
            system.start("mysql_connector.py"),
            system.start("mood_classifier.py", settings=changed(secured, kafka_sasl_mechanism="PLAIN")),
        ]
        system.publish(*plays(300))
        system.until_stored("mood_classified", 300)
        assert system.count("dead_letters") == 0
        assert [service.stop() for service in running] == [0, 0]
    finally:
        system.close()
    assert all("DEBUG" in service.output and CANARY not in service.output for service in running)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"kafka_tls_ca": "stranger"}, "KAFKA_TLS_CA"),
        ({"kafka_bootstrap_servers": "localhost"}, "the host in KAFKA_BOOTSTRAP_SERVERS"),
        ({"kafka_sasl_password": "guessed"}, "KAFKA_SASL_PASSWORD"),
        ({"kafka_sasl_password": "guessed", "kafka_sasl_mechanism": "PLAIN"}, "KAFKA_SASL_PASSWORD"),
        ({"kafka_sasl_username": "nobody"}, "KAFKA_SASL_USERNAME"),
        ({"kafka_sasl_mechanism": "SCRAM-SHA-256"}, "correct KAFKA_SASL_MECHANISM"),
        ({"kafka_security_protocol": "SSL"}, "wants a log-in by SASL, but KAFKA_SECURITY_PROTOCOL is SSL"),
        ({"kafka_security_protocol": "PLAINTEXT"}, "speaks TLS, but KAFKA_SECURITY_PROTOCOL is PLAINTEXT"),
        ({"kafka_bootstrap_servers": "login"}, "does not speak TLS, but KAFKA_SECURITY_PROTOCOL is SASL_SSL"),
        (
            {"kafka_bootstrap_servers": "plain", "kafka_security_protocol": "SASL_PLAINTEXT"},
            "wants no log-in by SASL, but KAFKA_SECURITY_PROTOCOL is SASL_PLAINTEXT",
        ),
        ({"kafka_bootstrap_servers": "mutual", "kafka_security_protocol": "SSL"}, "KAFKA_TLS_CERTIFICATE"),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else "",
)
def test_what_does_not_let_us_in_is_one_sentence_that_names_the_setting(
    secured: Settings, files: Files, broker: Broker, changes: dict[str, str], named: str
) -> None:
    places = {"stranger": files.stranger.file, "localhost": broker.secure.replace(HOST, "localhost")}
    places |= broker._asdict()
    settings = changed(secured, **{name: places.get(value, value) for name, value in changes.items()})
    started = time.monotonic()
    with pytest.raises(ConfigurationError) as refusal:
        greet(settings, doubting=True)
    assert time.monotonic() - started < PROMPTLY
    assert named in str(refusal.value)
    assert str(refusal.value).startswith("Kafka at ")
    assert len(str(refusal.value).splitlines()) == 1


def test_a_broker_that_demands_a_certificate_takes_ours_and_no_strangers(
    secured: Settings, files: Files, broker: Broker
) -> None:
    def introduced(path: Path) -> Settings:
        certificate = {"kafka_tls_certificate": f"{path}.crt", "kafka_tls_key": f"{path}.key"}
        return changed(secured, kafka_bootstrap_servers=broker.mutual, kafka_security_protocol="SSL", **certificate)

    ensure_topics(introduced(files.client))
    with pytest.raises(ConfigurationError, match="KAFKA_TLS_CERTIFICATE"):
        ensure_topics(introduced(files.impostor))


def test_a_password_that_was_changed_under_a_running_client_is_found_out(secured: Settings) -> None:
    ensure_topics(secured)
    with Consumer(secured, "group", ["song_stream"]) as consumer:
        assert consumer.poll(0.1) == []
    with pytest.raises(TransientError), translated(secured):
        raise kafka_errors.KafkaTimeoutError  # all that the client says of it
    with (
        pytest.raises(ConfigurationError, match="KAFKA_SASL_PASSWORD"),
        translated(changed(secured, kafka_sasl_password="old")),
    ):
        raise kafka_errors.KafkaTimeoutError


def test_a_service_that_is_refused_ends_with_two_and_one_sentence(secured: Settings, tmp_path: Path) -> None:
    for changes in ({"kafka_sasl_password": "guessed"}, {"kafka_tls_key": "no-such.key"}):
        ended = System(changed(secured, log_level="INFO"), tmp_path).run("mood_classifier.py", **changes)
        (error,) = [line for line in ended.stderr.splitlines() if line.startswith("error: ")]
        assert (ended.returncode, ended.stderr.splitlines()[-1]) == (2, error)
        assert next(iter(changes)).upper() in error


def test_a_certificate_of_a_broker_that_ran_out_is_for_a_person_and_a_handshake_cut_short_is_not(
    secured: Settings, files: Files
) -> None:
    old = files.authority.issue("old", **LONG_AGO)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(f"{old}.crt", f"{old}.key")

    def expired(connection: socket.socket) -> None:
        with pytest.raises(ssl.SSLError):
            context.wrap_socket(connection, server_side=True)

    with (
        answering(expired) as port,
        pytest.raises(ConfigurationError, match=r"cannot be trusted \(certificate has expired\)"),
    ):
        greet(changed(secured, kafka_bootstrap_servers=f"{HOST}:{port}"))
    with answering(socket.socket.close) as port, pytest.raises(TransientError, match=r"^Kafka at "):
        greet(changed(secured, kafka_bootstrap_servers=f"{HOST}:{port}"))


@pytest.fixture(scope="module", params=["C extension", "pure Python"])
def ask(request: pytest.FixtureRequest) -> Iterator[Ask]:
    """How a session with the database is encrypted, by each implementation of the driver.

    The C extension loads in a new process alone: pytest has loaded Python's `ssl` by now.
    """

    def checked(found: tuple[str, str]) -> str:
        assert found[0].startswith(request.param)
        return found[1]

    if request.param == "pure Python":
        yield lambda settings: checked(cipher(settings))
        return
    with ProcessPoolExecutor(1, get_context("spawn")) as another:
        yield lambda settings: checked(another.submit(cipher, settings).result())


def test_a_session_with_the_database_is_encrypted(ask: Ask, secured: Settings, files: Files) -> None:
    assert ask(secured).startswith("TLS_")
    certificate = {"mysql_tls_certificate": f"{files.client}.crt", "mysql_tls_key": f"{files.client}.key"}
    assert ask(changed(secured, **certificate)).startswith("TLS_")


@pytest.mark.parametrize("wrong", ["CA", "host", "certificate", "password"])
def test_a_database_that_does_not_let_us_in_is_one_sentence_that_names_the_setting(
    ask: Ask, secured: Settings, files: Files, wrong: str
) -> None:
    impostor = {"mysql_tls_certificate": f"{files.impostor}.crt", "mysql_tls_key": f"{files.impostor}.key"}
    changes, named = {
        "CA": ({"mysql_tls_ca": files.stranger.file}, "check MYSQL_TLS_CA"),
        "host": ({"mysql_host": "localhost"}, "MYSQL_HOST"),
        "certificate": (impostor, "check MYSQL_TLS_CERTIFICATE"),
        "password": ({"mysql_dashboard_password": "guessed"}, "MYSQL_DASHBOARD_PASSWORD"),
    }[wrong]
    with pytest.raises(ConfigurationError) as refusal:
        ask(changed(secured, **changes))
    assert named in str(refusal.value)
    assert str(refusal.value).startswith("MySQL at ")
    assert len(str(refusal.value).splitlines()) == 1


def test_a_database_without_tls_is_refused_before_a_password_is_sent(
    ask: Ask, secured: Settings, server: DatabaseServer
) -> None:
    heard: list[bytes] = []

    def plain(connection: socket.socket) -> None:
        connection.sendall(greeting(server, encrypted=False))
        heard.append(connection.recv(1000))

    with answering(plain) as port, pytest.raises(ConfigurationError, match="offers no TLS, which MYSQL_TLS_CA demands"):
        ask(changed(secured, mysql_port=port))
    assert set(heard) == {b""}


@pytest.mark.parametrize("demanded", [True, False], ids=["demanded", "offered"])
@pytest.mark.parametrize("end", ["in order", "reset"])
def test_a_handshake_that_a_restart_cuts_is_tried_again(
    ask: Ask, secured: Settings, server: DatabaseServer, end: str, demanded: bool
) -> None:
    def cut(connection: socket.socket) -> None:
        connection.sendall(greeting(server, encrypted=True))
        connection.recv(1000)
        if end == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    settings = changed(secured) if demanded else changed(secured, mysql_tls_ca=None)
    with answering(cut) as port, pytest.raises(TransientError):
        ask(changed(settings, mysql_port=port))


def greeting(server: DatabaseServer, *, encrypted: bool) -> bytes:
    """What a server says first, with or without the flag that it has TLS."""
    with socket.create_connection((server.host, server.port)) as connection, connection.makefile("rb") as stream:
        said = bytearray(stream.read(4))
        said += stream.read(int.from_bytes(said[:3], "little"))
    flags = said.index(b"\0", 5) + 15  # behind the version: the connection's id, random bytes, and a zero
    assert said[flags] & 0x08
    said[flags] = said[flags] & ~0x08 | (0x08 if encrypted else 0)
    return bytes(said)


def test_a_certificate_that_ran_out_at_a_rotation_is_for_a_person_to_renew(
    ask: Ask, secured: Settings, files: Files
) -> None:
    admin = Database(secured, "admin")
    good = {extension: Path(f"{files.server}{extension}").read_bytes() for extension in (".crt", ".key")}
    try:
        files.authority.issue("server", **LONG_AGO)
        admin.query("FLUSH SSL")
        with pytest.raises(ConfigurationError, match=r"cannot be trusted \(certificate has expired\)"):
            ask(secured)
    finally:
        for extension, content in good.items():
            Path(f"{files.server}{extension}").write_bytes(content)
        admin.query("FLUSH SSL")
        admin.close()
    assert ask(secured).startswith("TLS_")
