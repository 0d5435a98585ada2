"""What the machine lacks is installed, each said first, or asked for in one sentence; nothing is left half done."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local import apt, jars
from local.system import Need, java_version, provide
from moodstream.errors import ConfigurationError, MoodstreamError

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole PATH: no program is there but those that a test puts into it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def put(folder: Path, name: str, script: str) -> None:
    """Put a program into a folder, as a script of the shell."""
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def with_apt(folder: Path, installing: str) -> Path:
    """Put an apt-get into a folder that keeps a record of its calls, which is given; and what runs it as root."""
    record = folder / "record"
    put(folder, "apt-get", f'echo "$@" >> {record}\n[ "$2" = update ] || {installing}')
    put(folder, "sudo", 'exec "$@"')
    (folder / "env").symlink_to("/usr/bin/env")
    return record


def test_what_is_missing_is_announced_and_installed(programs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    record = with_apt(programs, f"/bin/cp /bin/true {programs}/thing")
    provide((Need("a thing", "thing thing-extra", lambda: shutil.which("thing") is not None),))
    assert capfd.readouterr().out == "Installing thing thing-extra with apt-get: this machine lacks a thing.\n"
    assert record.read_text() == "-qq update\n-qq install --yes --no-install-recommends thing thing-extra\n"


def test_nothing_is_installed_where_nothing_is_missing(programs: Path) -> None:
    record = with_apt(programs, "false")
    provide((Need("a thing", "thing", lambda: True),))
    assert not record.exists()


def test_what_is_not_there_even_after_installing_is_told(programs: Path) -> None:
    with_apt(programs, "true")
    with pytest.raises(ConfigurationError, match="a thing is still not found after installing thing: "):
        provide((Need("a thing", "thing", lambda: False),))


def test_a_failure_of_apt_get_is_shown_and_told(programs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with_apt(programs, "{ echo 'E: Unable to locate package thing'; exit 100; }")
    with pytest.raises(MoodstreamError, match="apt-get install failed"):
        provide((Need("a thing", "thing", lambda: False),))
    assert "E: Unable to locate package thing" in capfd.readouterr().out


@pytest.mark.usefixtures("programs")
def test_without_apt_get_one_sentence_says_what_to_install() -> None:
    with pytest.raises(ConfigurationError) as told:
        apt.install({"maven": "Maven", "thing": "a thing"})
    assert str(told.value) == (
        "This machine lacks Maven, a thing: install it (Debian and Ubuntu have it as maven thing), "
        "or use Docker Compose: docker compose up."
    )


@pytest.mark.parametrize(
    ("said", "version"),
    [('openjdk version "17.0.15" 2025-04-15', 17), ('java version "1.8.0_301"', 1), ("no version", 0)],
)
def test_the_version_of_java_is_read(programs: Path, said: str, version: int) -> None:
    put(programs, "java", f"echo '{said}' >&2")
    assert java_version() == version


@pytest.mark.usefixtures("programs")
def test_no_java_is_version_zero() -> None:
    assert java_version() == 0


def test_a_fetch_that_fails_leaves_no_half_cache(
    programs: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    put(programs, "mvn", 'for last; do :; done; /bin/mkdir -p "${last#*=}"; echo unreachable; exit 1')
    with pytest.raises(MoodstreamError, match="Maven could not fetch Kafka"):
        jars.fetch(tmp_path / "cache")
    assert list((tmp_path / "cache" / "kafka").iterdir()) == []
    assert "unreachable" in capfd.readouterr().out


def test_kafka_is_fetched_once(programs: Path, tmp_path: Path) -> None:
    put(programs, "mvn", 'for last; do :; done; /bin/mkdir -p "${last#*=}"; echo x > "${last#*=}/kafka.jar"')
    first = jars.fetch(tmp_path / "cache")
    assert [file.name for file in first.iterdir()] == ["kafka.jar"]
    put(programs, "mvn", "exit 1")
    assert jars.fetch(tmp_path / "cache") == first


def test_a_machine_without_a_new_python_is_told_so(tmp_path: Path) -> None:
    put(tmp_path, "python3", "exit 1")
    for program in ("sh", "dirname"):
        (tmp_path / program).symlink_to(str(shutil.which(program)))
    ended = subprocess.run(
        ["sh", str(ROOT / "local" / "python.sh"), "-V"], env={"PATH": str(tmp_path)}, capture_output=True, text=True
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("error: Python 3.11 or newer is needed")
    assert ended.stderr.count("\n") == 1


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """A copy of the repository in which `make` has been busy."""
    for package in ("local", "moodstream"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    for made in (".local", ".venv", "moodstream/__pycache__"):
        (tmp_path / made).mkdir()
    (tmp_path / ".local" / "up.lock").touch()
    return tmp_path


def clean(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-m", "local.clean"], cwd=folder, env=environment, capture_output=True, text=True
    )


def test_clean_removes_what_was_made_and_says_so(used: Path) -> None:
    ended = clean(used)
    assert ended.stdout == (
        "Removing .local: the data of Kafka and of the database.\nRemoving .venv: the Python packages.\n"
    )
    assert sorted(path.name for path in used.iterdir()) == ["local", "moodstream"]
    assert list(used.rglob("__pycache__")) == []


def test_clean_keeps_its_hands_off_what_runs(used: Path) -> None:
    with (used / ".local" / "up.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ended = clean(used)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "make up is running here" in ended.stderr
    assert (used / ".venv").exists()


def test_the_checks_of_a_change_are_lint_and_tests_and_nothing_else() -> None:
    commands = [line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line.startswith("make")]
    assert commands == ["make lint", "make test"]
