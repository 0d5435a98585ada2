"""The house stays as docs/architecture.md draws it: who may import whom, and who alone may import a client."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GROUND = {"messages", "moods", "errors", "settings", "tls", "records", "identity"}
MAY_IMPORT = {
    "moods": set(),
    "errors": set(),
    "backoff": set(),
    "identity": set(),
    "messages": {"moods", "errors"},
    "records": {"messages", "moods", "errors"},
    "settings": {"errors"},
    "tls": {"errors", "settings"},
    "printable": set(),
    "terminal": {"printable"},
    "rules": {"messages", "moods", "errors"},
    "parts": {"rules"},
    "model": {"parts", "rules", "errors"},
    "keeping": {"errors", "model"},
    "classifiers": {"rules", "model", "messages", "errors"},
    "preview": {"messages", "moods", "printable"},
    "recommend": {"messages", "moods", "errors"},
    "playlists": GROUND,
    "bus": GROUND,
    "store": GROUND,
    "audio": GROUND,
    "sources": GROUND | {"audio", "backoff"},
    "health": set(),
    "watchdog": {"health"},
    "telemetry": GROUND | {"health"},
    "cli": GROUND | {"printable"},
    "lifecycle": GROUND | {"health", "backoff"},
    "service": GROUND | {"backoff", "bus", "health", "telemetry", "lifecycle", "watchdog"},
    "outbox": GROUND | {"bus", "health", "telemetry", "lifecycle"},
    "batch": GROUND | {"rules", "classifiers", "terminal"},
    "training": GROUND | {"rules", "parts", "model", "keeping", "audio", "printable", "terminal"},
    "letters": GROUND | {"batch", "bus", "printable", "store", "terminal"},
    "jobs": GROUND | {"batch", "classifiers", "health", "lifecycle", "store", "telemetry", "training"},
    "trends": {"errors"},
    "faces": {"errors", "moods"},
    "web": GROUND
    | {"backoff", "batch", "bus", "classifiers", "faces", "keeping", "lifecycle", "model", "playlists", "recommend"}
    | {"rules", "store", "telemetry", "trends"},
}
ONLY_IMPORTER = {"kafka": "moodstream/bus/", "mysql": "moodstream/store/mysql.py", "dash": "moodstream/web/"}


def imports(file: Path) -> set[str]:
    """The full names of the modules that a file imports, at any depth."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


MODULES = sorted((ROOT / "moodstream").rglob("*.py"))


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(ROOT)))
def test_imports_go_one_way(file: Path) -> None:
    part = file.relative_to(ROOT / "moodstream").parts[0].removesuffix(".py")
    ours = {name.split(".")[1] for name in imports(file) if name.startswith("moodstream.")}
    allowed = MAY_IMPORT.get(part, set()) | {part} if part != "__init__" else set()
    assert ours <= allowed, f"{file.relative_to(ROOT)} may not import {sorted(ours - allowed)}"


@pytest.mark.parametrize(("client", "place"), ONLY_IMPORTER.items())
def test_a_client_library_is_imported_in_one_place(client: str, place: str) -> None:
    importers = {
        str(file.relative_to(ROOT))
        for file in (*MODULES, *ROOT.glob("*.py"))
        if any(name.split(".")[0] == client for name in imports(file))
    }
    assert importers, f"nothing imports {client}"
    assert all(importer.startswith(place) for importer in importers), importers


def test_web_asks_the_database_only_through_its_queries() -> None:
    asked = {name for file in (ROOT / "moodstream/web").rglob("*.py") for name in imports(file) if ".store" in name}
    allowed = ("moodstream.store.queries", "moodstream.store.history", "moodstream.store.mysql.Database")
    assert {name for name in asked if not name.startswith(allowed)} == set()


def test_web_takes_no_more_of_the_others_than_it_must() -> None:
    taken = {name for file in (ROOT / "moodstream/web").rglob("*.py") for name in imports(file)}
    assert {name for name in taken if name.startswith("moodstream.bus")} <= {
        "moodstream.bus.Producer",
        "moodstream.bus.greet",
    }
    assert {name for name in taken if name.startswith("moodstream.batch")} <= {
        f"moodstream.batch.statistics.{name}" for name in ("Confusion", "Interval", "wilson")
    }


def test_no_module_is_too_long_to_read() -> None:
    files = [*MODULES, *ROOT.glob("*.py"), *(ROOT / "local").rglob("*.py")]
    long = {str(file.relative_to(ROOT)) for file in files if len(file.read_text(encoding="utf-8").splitlines()) > 250}
    assert long == set()


def test_models_are_never_pickled() -> None:
    assert not {
        file for file in MODULES for name in imports(file) if name.split(".")[0] in {"pickle", "joblib", "dill"}
    }
