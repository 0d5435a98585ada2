"""Writes the pages that follow from the code: `make docs`. A test fails where one of them is stale.

docs/configuration.md and .env.example come from `Settings`, docs/topics.md from the messages.
"""

import inspect
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from moodstream import messages
from moodstream.settings import ROOT, Settings
from moodstream.telemetry import PORTS

GENERATED = "<!-- Written by `make docs`; change the code instead. -->"

CONFIGURATION = f"""{GENERATED}

# Configuration

Every setting has a default that suits one machine. A service reads a setting from its environment, then from
`.env` in the repository's folder (start from `.env.example`), then from what `make up` wrote about the servers
that it started. An empty value counts as not set.

| setting | default | what it is |
|---|---|---|
{{rows}}

Where `KAFKA_BOOTSTRAP_SERVERS` or `MYSQL_HOST` is set, `make up` uses that server and starts none. The accounts of the
database are made by `python mysql_connector.py --init`, which logs in as `MYSQL_ADMIN_USER`.

`/healthz` and `/metrics` of each service, unless `TELEMETRY_PORT` is set (the dashboard has them on its own port):

{{ports}}
"""

TOPICS = f"""{GENERATED}

# Topics

One topic, one message type, one table, and the three bear the same name. Messages are JSON in UTF-8, keyed by the
listener, so that a listener's plays stay in order. Times are ISO 8601 with an offset. Ids are UUIDs that follow from
what they identify: the same play always has the same `event_id`, so a message that comes twice is one row.

A message that is not what this page says goes to the topic `{messages.DEAD_LETTERS}`, with its original key and bytes
and with headers that say why and where it came from (`reason`, `service`, `topic`, `partition`, `offset`, `timestamp`,
`id`), and from there to the table of the same name.
"""


def configuration() -> str:
    """docs/configuration.md."""
    rows = "\n".join(
        f"| `{name.upper()}` | {_default(field)} | {field.description}{_choices(field)} |"
        for name, field in Settings.model_fields.items()
    )
    ports = "\n".join(f"- `{service}`: {port}" for service, port in PORTS.items())
    return CONFIGURATION.format(rows=rows, ports=ports)


def env_example() -> str:
    """.env.example: every setting, as a comment with its default."""
    lines = ["# Copy to .env and take away the # where you want another value. See docs/configuration.md."]
    for name, field in Settings.model_fields.items():
        lines += ["", f"# {field.description}{_choices(field)}", f"#{name.upper()}={_plain(field)}"]
    return "\n".join(lines) + "\n"


def topics() -> str:
    """docs/topics.md."""
    kinds = [*messages.TOPICS.values(), messages.Song, messages.Features, messages.Track]
    return TOPICS + "".join(_struct(kind) for kind in kinds)


def _struct(kind: type[msgspec.Struct]) -> str:
    topic = {struct: name for name, struct in messages.TOPICS.items()}.get(kind)
    title = f"`{topic}`: {kind.__name__}" if topic else kind.__name__
    fields = msgspec.structs.fields(kind)
    rows = "\n".join(
        f"| `{field.name}` | {_type(field.type)} | {'yes' if field.required else 'no'} |" for field in fields
    )
    return f"\n## {title}\n\n{inspect.getdoc(kind)}\n\n| field | type | needed |\n|---|---|---|\n{rows}\n"


def _type(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(kind))
    arguments = get_args(kind)
    metas = [argument for argument in arguments if isinstance(argument, msgspec.Meta)]
    if metas:
        return f"{_type(arguments[0])} {_limits(metas[0])}"
    if arguments:
        name = "list of " if get_origin(kind) is tuple else ""
        return name + " or ".join(_type(argument) for argument in arguments if argument is not ...)
    return {"NoneType": "null", "str": "text", "float": "number", "int": "whole number"}.get(
        kind.__name__, kind.__name__
    )


def _limits(meta: msgspec.Meta) -> str:
    signs = {
        "ge": ">= {}",
        "gt": "> {}",
        "le": "<= {}",
        "lt": "< {}",
        "min_length": "length >= {}",
        "max_length": "length <= {}",
    }
    parts = [sign.format(value) for name, sign in signs.items() if (value := getattr(meta, name)) is not None]
    return f"({', '.join(parts)})"


def _plain(field: FieldInfo) -> str:
    default = field.default
    return default.get_secret_value() if isinstance(default, SecretStr) else "" if default is None else str(default)


def _default(field: FieldInfo) -> str:
    return f"`{_plain(field)}`" if _plain(field) else "none"


def _choices(field: FieldInfo) -> str:
    choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    return f": {', '.join(choices)}" if choices else ""


PAGES = {
    ROOT / "docs" / "configuration.md": configuration,
    ROOT / "docs" / "topics.md": topics,
    ROOT / ".env.example": env_example,
}


def stale() -> list[Path]:
    """The pages that are not what the code says."""
    return [page for page, text in PAGES.items() if not page.exists() or page.read_text(encoding="utf-8") != text()]


if __name__ == "__main__":
    for page, text in PAGES.items():
        page.write_text(text(), encoding="utf-8")
