"""docker-compose.yml runs what `make up` runs."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from local import jars
from local.kafka_server import PROPERTIES
from local.services import SERVICES
from local.up import INITIALISE
from moodstream.settings import Settings
from moodstream.telemetry import PORTS

ROOT = Path(__file__).parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
PARTS: dict[str, Any] = COMPOSE["services"]
SERVERS = {"kafka", "mysql"}
# What follows from Kafka having a container to itself.
OF_THE_PLACE = {"listeners", "advertised.listeners", "controller.quorum.voters", "log.dirs"}


def test_the_same_services_run_with_the_same_commands() -> None:
    ours = {name: " ".join(("python", *command)) for name, command in SERVICES.items()}
    theirs = {name: part["command"] for name, part in PARTS.items() if name not in SERVERS | {"database-setup"}}
    assert theirs == ours


def test_the_database_is_prepared_by_the_same_command() -> None:
    assert PARTS["database-setup"]["command"] == " ".join(("python", *INITIALISE))


def test_kafka_is_of_the_same_version() -> None:
    assert PARTS["kafka"]["image"] == f"apache/kafka:{jars.version()}"


def test_kafka_has_the_same_settings_as_the_private_one() -> None:
    ours = dict(line.split("=", 1) for line in PROPERTIES.splitlines())
    given = {
        name.removeprefix("KAFKA_").replace("_", ".").lower(): str(value)
        for name, value in PARTS["kafka"]["environment"].items()
    }
    assert {name: ours.get(name) for name in given if name not in OF_THE_PLACE} == {
        name: value for name, value in given.items() if name not in OF_THE_PLACE
    }


def test_ports_are_published_on_loopback_alone() -> None:
    published = [port for part in PARTS.values() for port in part.get("ports", [])]
    assert published
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []


def test_the_page_gets_the_users_own_password_or_the_start_says_what_to_write_where() -> None:
    given = PARTS["dashboard"]["environment"]["DASHBOARD_PASSWORD"]
    message = re.fullmatch(r"\$\{DASHBOARD_PASSWORD:\?(.+)\}", given)
    assert message
    assert "DASHBOARD_PASSWORD=... in .env" in message[1]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_healthy_when_its_own_health_page_says_so(name: str) -> None:
    port = PORTS.get(name) or Settings.model_fields["dashboard_port"].default
    assert f"http://127.0.0.1:{port}/healthz" in PARTS[name]["healthcheck"]["test"][-1]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_waits_for_its_servers_and_is_started_again(name: str) -> None:
    conditions = {other: needed["condition"] for other, needed in PARTS[name]["depends_on"].items()}
    assert conditions == {"kafka": "service_healthy", "database-setup": "service_completed_successfully"}
    assert PARTS[name]["restart"] == "unless-stopped"


def test_every_setting_given_to_a_service_exists() -> None:
    given = {key for name in (*SERVICES, "database-setup") for key in PARTS[name]["environment"]}
    assert given - {name.upper() for name in Settings.model_fields} == set()


def test_every_volume_is_declared_and_used() -> None:
    used = {volume.split(":")[0] for part in PARTS.values() for volume in part.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])


def test_the_image_has_every_file_that_its_services_run_and_runs_as_nobody_special() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = {source for line in re.findall(r"^COPY (.+)$", dockerfile, re.MULTILINE) for source in line.split()[:-1]}
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"}
    assert copied == kept == {"requirements.lock", "*.py", "moodstream", "sql"}
    assert re.findall(r"^USER (.+)$", dockerfile, re.MULTILINE) == ["moodstream"]
    assert "--require-hashes" in dockerfile
