"""Which private servers `make up` needs, on which ports, and the notes that tell the services about them.

The notes, `.local/kafka.env` and `.local/mysql.env`, are read by `moodstream.settings`.
"""

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from dotenv import dotenv_values

from local import ports
from local.database_server import DatabaseServer, memory_share
from local.kafka_server import KafkaServer
from local.named import named
from local.server import Server
from moodstream.errors import ConfigurationError
from moodstream.settings import LOCAL, LOCAL_FILES

KAFKA_PORT, DATABASE_PORT = 9092, 3306
KAFKA_NOTE, DATABASE_NOTE = LOCAL_FILES["KAFKA_BOOTSTRAP_SERVERS"], LOCAL_FILES["MYSQL_HOST"]
PASSWORDS = ("MYSQL_PASSWORD", "MYSQL_BATCH_PASSWORD", "MYSQL_DASHBOARD_PASSWORD")


def servers() -> list[Server]:
    """The servers to start: those that the user has not named, on the ports of the last time where these are free.

    Raises:
        ConfigurationError: MYSQL_PORT names a port that is taken.
    """
    needed: list[Server] = []
    if not named("KAFKA_BOOTSTRAP_SERVERS"):
        last = read(KAFKA_NOTE).get("KAFKA_BOOTSTRAP_SERVERS", "").rpartition(":")[2]
        needed.append(KafkaServer(LOCAL / "kafka", ports.free_from(int(last or KAFKA_PORT))))
    if not named("MYSQL_HOST"):
        needed.append(DatabaseServer(LOCAL / "mysql", database_port(), memory_share()))
    return needed


def database_port() -> int:
    wish = named("MYSQL_PORT")
    if not wish:
        return ports.free_from(int(read(DATABASE_NOTE).get("MYSQL_PORT") or DATABASE_PORT))
    if not ports.is_free(int(wish)):
        raise ConfigurationError(
            f"Port {wish}, which MYSQL_PORT names, is taken: set MYSQL_HOST as well to use the server there, "
            "or leave MYSQL_PORT out and a free port is found."
        )
    return int(wish)


def note(started: Sequence[Server]) -> None:
    """Write down the servers for the services, which may be started by hand as well; passwords are drawn once."""
    for server in started:
        if isinstance(server, KafkaServer):
            write(KAFKA_NOTE, {"KAFKA_BOOTSTRAP_SERVERS": server.address})
        elif isinstance(server, DatabaseServer):
            last = read(DATABASE_NOTE)
            drawn = {name: last.get(name) or secrets.token_urlsafe(24) for name in PASSWORDS}
            place = {"MYSQL_HOST": server.host, "MYSQL_PORT": str(server.port)}
            write(DATABASE_NOTE, place | drawn | _admin(server))


def administrator() -> dict[str, str]:
    """Who the administrator of the private database is, to be told apart from one named for another server."""
    if named("MYSQL_HOST"):
        return {}
    return {name: value for name, value in read(DATABASE_NOTE).items() if name.startswith("MYSQL_ADMIN_")}


def _admin(server: DatabaseServer) -> dict[str, str]:
    return {"MYSQL_ADMIN_USER": server.user, "MYSQL_ADMIN_PASSWORD": server.password}


def read(file: Path) -> dict[str, str]:
    return {name: value for name, value in dotenv_values(file).items() if value}


def write(file: Path, values: Mapping[str, str]) -> None:
    """Write a note that only its owner can read, whole or not at all."""
    text = "".join(f"{name}={value}\n" for name, value in values.items())
    unfinished = file.with_suffix(".new")
    unfinished.touch(mode=0o600)
    unfinished.write_text(f"# Written by `make up` about the server that it starts.\n{text}", encoding="utf-8")
    unfinished.rename(file)
