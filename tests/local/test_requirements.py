"""What is imported is pinned, what is pinned is locked, and a lock says nothing of where it was made."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
OURS = {"moodstream", "local", "tests", "docs", "benchmarks"} | {script.stem for script in ROOT.glob("*.py")}

FACE = "requirements-face.txt"


def normal(name: str) -> str:
    """A distribution's name as PyPI compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(file: str) -> dict[str, str]:
    """The versions that a file pins, by name."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return {normal(name): version for name, version in re.findall(r"^([\w.-]+)(?:\[\w+\])?==(\S+)", text, re.MULTILINE)}


def distributions(*places: str) -> set[str]:
    """Which distributions the Python files in some places import."""
    providers = packages_distributions()
    names = {name for place in places for file in ROOT.glob(place) for name in imported(file)}
    foreign = names - OURS - set(sys.stdlib_module_names)
    return {normal(providers[name][0]) for name in foreign if name in providers}


def imported(file: Path) -> set[str]:
    """The top-level names that a file imports, at any depth."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev", "requirements-face"])
def test_every_direct_pin_is_in_its_lock(name: str) -> None:
    direct, locked = pins(f"{name}.txt"), pins(f"{name}.lock")
    assert direct
    assert {package: locked.get(package) for package in direct} == direct


def test_a_requirement_is_an_exact_version() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-face.txt"):
        lines = [line.split("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
        loose = [line for line in lines if line and not line.startswith("-r ") and "==" not in line]
        assert loose == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-face.lock"])
def test_a_lock_has_a_hash_for_everything_and_the_address_of_nothing(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)[1:]
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert re.findall(r"\w+://\S*|--(?:extra-)?index-url.*|--find-links.*", text) == []


def test_the_locks_agree() -> None:
    running, development, faces = (pins(f"requirements{which}.lock") for which in ("", "-dev", "-face"))
    assert {name: development.get(name) for name in running} == running
    assert {name: development.get(name, version) for name, version in faces.items()} == faces


def test_what_runs_imports_nothing_that_is_only_there_by_way_of_another_package() -> None:
    # tornado is circus's loop, starlette is FastAPI: to pin them apart could only break the pair.
    running = distributions("*.py", "moodstream/**/*.py", "local/**/*.py") - {"tornado", "starlette"}
    assert running
    assert running - set(pins("requirements.txt")) == distributions("moodstream/faces/*.py") & set(pins(FACE))


def test_what_tests_imports_nothing_that_is_only_there_by_way_of_another_package() -> None:
    testing = distributions("tests/**/*.py", "benchmarks/**/*.py", "docs/**/*.py") - {"tornado", "starlette"}
    assert testing - set(pins("requirements.txt")) - set(pins("requirements-dev.txt")) - set(pins(FACE)) == set()


def test_nothing_is_pinned_that_is_not_used() -> None:
    # plotly draws what Dash is given; it is pinned here so that the two are upgraded together.
    # librosa is what tests and benchmarks hold the extractor to, at the version that users may compare it with.
    used = {"plotly", "librosa"} | distributions("*.py", "moodstream/**/*.py", "local/**/*.py")
    assert set(pins("requirements.txt")) - used == set()
