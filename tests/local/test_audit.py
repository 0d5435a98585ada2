"""Known faults in what is pinned: told where they were looked up, and never denied where they were not."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from local import audit

ROOT = Path(__file__).parent.parent.parent

CLEAN = {"name": "clean", "version": "1.0", "vulns": []}
OTHER = {"name": "other", "version": "2.0", "vulns": []}
FAULTY = {
    "name": "faulty",
    "version": "3.0",
    "vulns": [
        {"id": "PYSEC-1", "fix_versions": ["3.1", "4.0"], "aliases": [], "description": "bad"},
        {"id": "PYSEC-2", "fix_versions": [], "aliases": [], "description": "worse"},
    ],
}
SKIPPED = {"name": "skipped", "skip_reason": "Dependency not found on PyPI and could not be audited: skipped (1.0)"}


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """What stands in for pip-audit, and keeps a record of how it was called."""
    return tmp_path / "pip-audit"


def answering(program: Path, *packages: dict[str, Any], status: int = 0, said: str = "") -> int:
    """The exit code of the audit where pip-audit answers so; no answer is printed where there are no packages."""
    answer = json.dumps({"dependencies": packages, "fixes": []}) if packages else ""
    (program.parent / "answer").write_text(answer)
    (program.parent / "said").write_text(said)
    program.write_text(f'#!/bin/sh\ncd {program.parent}\necho "$@" > called\ncat said >&2\ncat answer\nexit {status}\n')
    program.chmod(0o755)
    return audit.main(program)


def test_what_is_clean_is_called_so(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answering(program, CLEAN, OTHER) == 0
    assert capsys.readouterr() == ("2 packages were looked up: none has a known fault.\n", "")


def test_known_faults_are_named_with_what_mends_them(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answering(program, CLEAN, FAULTY, status=1) == 1
    assert capsys.readouterr().out == ("faulty 3.0: PYSEC-1, mended in 3.1, 4.0\nfaulty 3.0: PYSEC-2, not mended yet\n")


def test_what_was_not_looked_up_is_not_called_clean(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answering(program, CLEAN, SKIPPED, said="No known vulnerabilities found") == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == (
        "error: Whether there are known faults cannot be said: the data on skipped could not be reached; "
        "run make audit where PyPI can be asked.\n"
    )


def test_many_that_were_not_looked_up_are_counted(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answering(program, *[SKIPPED] * 136) == 1
    assert "skipped and 131 more packages could not be reached" in capsys.readouterr().err


def test_a_network_that_is_away_is_told_in_a_sentence(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    traceback = "Traceback (most recent call last):\n  File ...\nrequests.exceptions.ConnectionError: refused"
    assert answering(program, status=1, said=traceback) == 1
    assert capsys.readouterr().err == ("error: Nothing was looked up: requests.exceptions.ConnectionError: refused.\n")


def test_every_lock_is_looked_up(program: Path) -> None:
    answering(program, CLEAN)
    called = (program.parent / "called").read_text()
    assert set(re.findall(r"\S+\.lock", called)) == {str(lock) for lock in ROOT.glob("requirements*.lock")}
    assert "--require-hashes" in called


def test_a_line_of_a_lock_is_a_pin_a_hash_or_a_comment() -> None:
    pin = r"[\w.-]+(?:\[[\w,-]+\])?==[\w.!+]+(?: ; [^\\]+)? \\"
    allowed = re.compile(rf"{pin}| +--hash=sha256:[0-9a-f]{{64}}(?: \\)?| *#.*|")
    for lock in audit.LOCKS:
        lines = lock.read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if not allowed.fullmatch(line)] == []


def test_packages_are_installed_by_their_hashes_alone() -> None:
    """In the image, and by `make`; the measurements of peers are in environments of their own."""
    texts = {
        place: (ROOT / place).read_text(encoding="utf-8") for place in ("Dockerfile", "local/setup.py", "Makefile")
    }
    texts |= {f".ci/{file.name}": file.read_text(encoding="utf-8") for file in (ROOT / ".ci").iterdir()}
    installing = re.compile(r"^.*\bpip\W+install\b.*$", re.MULTILINE)
    found = {place: installing.findall(text) for place, text in texts.items() if installing.search(text)}
    assert {*found} >= {"Dockerfile", "local/setup.py"}
    assert [line for lines in found.values() for line in lines if "--require-hashes" not in line] == []


def test_the_audit_is_no_part_of_tests_and_checks() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    using = [
        name
        for name, commands in re.findall(r"^(\w+):.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
        if "audit" in commands
    ]
    assert using == ["audit"]
