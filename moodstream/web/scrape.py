"""What running services say of themselves on `/healthz` and `/metrics`: asked side by side, each for a second."""

import asyncio
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, NamedTuple

import msgspec
from prometheus_client.parser import text_string_to_metric_families

from moodstream.errors import ConfigurationError
from moodstream.settings import Settings
from moodstream.telemetry import PORTS

SECONDS = 1.0
LARGEST = 2**20
ANYWHERE = ("0.0.0.0", "::")  # noqa: S104  what to listen on, and not what to connect to
LAG, CONSUMED = "moodstream_lag_messages", "moodstream_consumed_total"


class Target(NamedTuple):
    """An instance of a service, and where it answers."""

    service: str
    host: str
    port: int

    @property
    def place(self) -> str:
        """Where it answers, for a reader."""
        return f"{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


class State(StrEnum):
    """How a service is, in words."""

    ASKED = "Being asked"
    WELL = "Running"
    RETRYING = "Trying again"
    SILENT = "No answer"
    STRANGE = "Not understood"
    AWAY = "Not running"


class Reply(NamedTuple):
    """What an instance says, or what is the matter with its answer. Counts are of messages, by topic."""

    target: Target
    state: State
    fault: str | None = None
    started_at: datetime | None = None
    progress_at: datetime | None = None
    lag: Mapping[str, float] = {}
    consumed: Mapping[str, float] = {}


Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class _Health(msgspec.Struct):
    """The body of `/healthz`, as `moodstream.telemetry` writes it."""

    service: str
    started_at: Moment
    last_progress_at: Moment | None
    fault: str | None


def targets(settings: Settings) -> Iterator[Target]:
    """Whom to ask: as TELEMETRY_TARGETS says, or else one of each service on this machine.

    Raises:
        ConfigurationError: it cannot be read.
    """
    if not settings.telemetry_targets.strip():
        host = "127.0.0.1" if settings.telemetry_host in ANYWHERE else settings.telemetry_host
        yield from (Target(service, host, port) for service, port in PORTS.items())
        return
    for text in settings.telemetry_targets.split(","):
        service, _, place = text.strip().partition("=")
        host, _, port = place.rpartition(":")
        if service not in PORTS or not host or not port.isdecimal() or not 0 < int(port) < 2**16:
            raise ConfigurationError(
                f"TELEMETRY_TARGETS has {text.strip()!r}: write it as name=host:port, by commas, "
                f"where name is one of {', '.join(PORTS)}."
            )
        yield Target(service, host.strip("[]"), int(port))


def scrape(targets: Sequence[Target]) -> list[Reply]:
    """Ask all instances at once; one that is away, hangs or talks nonsense is an answer too."""
    return asyncio.run(_all(targets))


async def _all(targets: Sequence[Target]) -> list[Reply]:
    return await asyncio.gather(*map(_reply, targets))


async def _reply(target: Target) -> Reply:
    try:
        async with asyncio.timeout(SECONDS):
            health = msgspec.json.decode(await _get(target, "/healthz"), type=_Health)
            counts = _counts((await _get(target, "/metrics")).decode())
    except TimeoutError:
        return Reply(target, State.SILENT, f"It does not answer within {SECONDS:g} s at {target.place}.")
    except OSError as error:
        return Reply(target, State.AWAY, f"Nobody answers at {target.place}: {_why(error)}.")
    except (ValueError, msgspec.MsgspecError):
        return Reply(target, State.STRANGE, f"What answers at {target.place} does not speak as a service does.")
    if health.service != target.service:
        return Reply(target, State.STRANGE, f"What answers at {target.place} is {health.service}.")
    state = State.RETRYING if health.fault else State.WELL
    return Reply(target, state, health.fault, health.started_at, health.last_progress_at, counts[LAG], counts[CONSUMED])


def _why(error: OSError) -> str:
    """What the system says of it; the text of asyncio is one for programmers."""
    return (
        os.strerror(error.errno) if isinstance(error, ConnectionError) and error.errno else error.strerror or str(error)
    )


async def _get(target: Target, path: str) -> bytes:
    """The body of a page, whatever its status.

    Raises:
        ValueError: this is not HTTP, or too long.
        OSError: nobody is there.
    """
    reader, writer = await asyncio.open_connection(target.host, target.port)
    try:
        # In HTTP/1.0 the end of the connection is the end of the body.
        writer.write(f"GET {path} HTTP/1.0\r\nHost: {target.place}\r\n\r\n".encode())
        answer = bytearray()
        while (part := await reader.read(LARGEST)) and len(answer) <= LARGEST:
            answer += part
    finally:
        writer.close()
    head, blank, body = bytes(answer).partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/") or not blank or part:
        raise ValueError(f"no answer in HTTP at {target.place}")
    return body


def _counts(text: str) -> dict[str, dict[str, float]]:
    """The metrics that matter here, by topic.

    Raises:
        ValueError: these are no metrics.
    """
    found: dict[str, dict[str, float]] = {LAG: {}, CONSUMED: {}}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name in found and "topic" in sample.labels and math.isfinite(sample.value):
                found[sample.name][sample.labels["topic"]] = sample.value
    return found
