"""API keys: made by command, kept as hashes, taken by a running dashboard, and good for what they are for."""

import json
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from fastapi import Depends, FastAPI, Request
from starlette.testclient import TestClient

from moodstream.errors import ConfigurationError
from moodstream.settings import ROOT, Settings
from moodstream.web import problems
from moodstream.web.keyring import PREFIX, Keyring
from moodstream.web.keys import Keys
from tests.factories import NOON
from tests.integration.system import environment
from tests.web.doors import HERE


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "new" / "api-keys.json"


@pytest.fixture
def keyring(file: Path) -> Keyring:
    return Keyring(file, lambda: NOON)


def test_a_key_is_found_by_what_was_told_once(keyring: Keyring) -> None:
    token = keyring.add("phone", "anna")
    assert len(token) - len(PREFIX) == 43  # 256 bits in base64
    key = keyring.find(token)
    assert key is not None
    assert (key.name, key.listener, key.created_at) == ("phone", "anna", NOON)
    assert keyring.add("other") != token


@pytest.mark.parametrize("token", ["", "mood_", "é", "\ud800", "x" * 100_000, "phone"])
def test_nothing_else_is_a_key(keyring: Keyring, token: str) -> None:
    real = keyring.add("phone")
    assert keyring.find(token) is None
    assert keyring.find(real + " ") is None
    assert keyring.find(real[:-1]) is None


def test_the_file_holds_no_key_and_is_for_us_alone(keyring: Keyring, file: Path) -> None:
    token = keyring.add("phone", "anna")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert token not in file.read_text()
    assert token.removeprefix(PREFIX) not in file.read_text()
    assert keyring.find(json.loads(file.read_text())[0]["digest"]) is None
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_key_that_was_removed_opens_nothing(keyring: Keyring) -> None:
    token, other = keyring.add("phone"), keyring.add("tablet")
    keyring.remove("phone")
    assert keyring.find(token) is None
    assert keyring.find(other)
    assert [key.name for key in keyring.all()] == ["tablet"]


def test_whoever_has_the_file_open_takes_what_changes(keyring: Keyring, file: Path) -> None:
    running = Keyring(file)
    token = keyring.add("phone")
    assert running.find(token)
    keyring.remove("phone")
    assert running.find(token) is None
    again = keyring.add("phone")
    file.unlink()
    assert running.find(again) is None


def test_no_key_is_lost_where_several_are_made_at_once(file: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        tokens = list(threads.map(lambda number: Keyring(file).add(f"key {number}"), range(40)))
    assert all(map(Keyring(file).find, tokens))


@pytest.mark.parametrize("name", ["", " phone", "a\nb", "a\tb", "x" * 129, "\udcff", "\x1b[31m"])
def test_what_can_be_no_name_is_refused(keyring: Keyring, file: Path, name: str) -> None:
    for refused in ((name,), ("phone", name)) if name not in ("a\tb", "\x1b[31m") else ((name,),):
        with pytest.raises(ConfigurationError, match="There can be no key"):
            keyring.add(*refused)
    assert not file.exists()


def test_a_name_is_given_once(keyring: Keyring) -> None:
    token = keyring.add("phone")
    with pytest.raises(ConfigurationError, match="There is a key 'phone' already"):
        keyring.add("phone", "anna")
    assert keyring.find(token)
    with pytest.raises(ConfigurationError, match="no key 'fone'; there are: 'phone'"):
        keyring.remove("fone")


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'[{"name": "x"}]', b"[1]", b'[{"name": "", "digest": ""}]'])
def test_a_damaged_file_is_named_and_opens_nothing(keyring: Keyring, file: Path, content: bytes) -> None:
    token = keyring.add("phone")
    file.write_bytes(content)
    for use in (lambda: keyring.find(token), lambda: Keyring(file), lambda: keyring.add("other")):
        with pytest.raises(ConfigurationError, match=r"API keys in .*api-keys.json cannot be read .*API_KEYS_FILE"):
            use()
    assert file.read_bytes() == content


def test_where_nothing_can_be_kept_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="set API_KEYS_FILE"):
        Keyring(tmp_path / "file" / "keys.json").add("phone")


@pytest.fixture
def client(file: Path) -> TestClient:
    keys, server = Keys(file), FastAPI()
    problems.install(server)

    @server.post("/train", dependencies=[Depends(keys.administrator)])
    def train() -> dict[str, str]:
        return {}

    @server.post("/plays/{listener}")
    def plays(request: Request, listener: str) -> str:
        return keys.for_listener(request, listener).name

    return TestClient(server, HERE)


def shows(token: str, scheme: str = "Bearer") -> dict[str, str]:
    return {"Authorization": f"{scheme} {token}"}


def test_a_key_of_a_listener_may_write_for_this_one_alone(client: TestClient, keyring: Keyring) -> None:
    key = shows(keyring.add("phone", "anna"))
    assert client.post("/plays/anna", headers=key).status_code == 200
    for path in ("/plays/ben", "/plays/Anna", "/train"):
        refused = client.post(path, headers=key)
        assert (refused.status_code, refused.headers["Content-Type"]) == (403, "application/problem+json")
        assert "'anna'" in refused.json()["detail"]


def test_a_key_of_nobody_may_everything(client: TestClient, keyring: Keyring) -> None:
    key = shows(keyring.add("all"))
    for path in ("/plays/anna", "/plays/ben", "/train"):
        assert client.post(path, headers=key).status_code == 200


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Token", "TOKEN"])
def test_a_key_is_shown_as_programs_and_scrobblers_do(client: TestClient, keyring: Keyring, scheme: str) -> None:
    assert client.post("/train", headers=shows(keyring.add("all"), scheme)).status_code == 200


@pytest.mark.parametrize(
    "headers", [{}, shows("wrong"), shows(""), shows("x", "Basic"), {"Authorization": "Bearer"}, shows("x" * 60_000)]
)
def test_without_a_key_one_is_asked_for(client: TestClient, keyring: Keyring, headers: dict[str, str]) -> None:
    keyring.add("all")
    for path in ("/plays/anna", "/train"):
        refused = client.post(path, headers=headers)
        assert (refused.status_code, refused.headers["Content-Type"]) == (401, "application/problem+json")
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_description_says_which_routes_need_a_key(client: TestClient) -> None:
    told = client.get("/openapi.json").json()
    assert told["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert told["paths"]["/train"]["post"]["security"] == [{"key": []}]


def run(file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = environment(Settings(_env_file=None, api_keys_file=file))
    command = [sys.executable, "dashboard.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=env, cwd=ROOT, timeout=60, check=False)


def test_keys_are_made_listed_and_removed_by_command(file: Path) -> None:
    made = run(file, "--add-key", "phone", "--listener", "anna")
    assert made.returncode == 0
    assert len(made.stdout.splitlines()) == 1
    key = Keyring(file).find(made.stdout.strip())
    assert key is not None
    assert "shown this once" in made.stderr
    listed = run(file, "--keys").stdout.splitlines()
    assert listed == [f"phone\tanna\t{key.created_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"]
    assert run(file, "--remove-key", "phone").returncode == 0
    assert Keyring(file).all() == ()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--listener", "anna"], "--listener goes with --add-key"),
        (["--keys", "--add-key", "x"], "not allowed with"),
        (["--remove-key", "x"], "error: There is no key 'x'; there are: none."),
    ],
)
def test_wrong_usage_is_refused(file: Path, arguments: list[Any], said: str) -> None:
    refused = run(file, *arguments)
    assert refused.returncode == 2
    assert said in refused.stderr
