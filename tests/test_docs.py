"""The documentation says what the code does, or the test fails."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs import generate
from moodstream.web import discover, header
from moodstream.web.charts import CARDS
from tests.web.doors import visiting

ROOT = Path(__file__).parent.parent
SCRIPTS = sorted(file.name for file in ROOT.glob("*.py"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_generated_pages_are_fresh() -> None:
    assert generate.stale() == [], "run `make docs`"


def test_every_link_within_the_documentation_leads_somewhere() -> None:
    dead = [
        f"{page.name}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert dead == []


def test_every_card_and_view_of_the_page_is_explained() -> None:
    page = (ROOT / "docs" / "dashboard.md").read_text(encoding="utf-8")
    titles = [card.title for card in CARDS] + re.findall(r"<h2[^>]*>(.+?)</h2>", discover.body())
    assert [title for title in titles if f"| {title} |" not in page] == []
    assert [name for name in header.VIEWS.values() if f"| {name} |" not in page] == []


def test_every_endpoint_is_in_the_page_about_the_api() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    with visiting() as client:
        paths = client.get("/openapi.json").json()["paths"]
    there = [f"`{method.upper()} {path}`" for path, methods in paths.items() for method in methods]
    assert [each for each in there if "/api/" in each and each not in page] == []


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_is_in_the_readme_and_has_help_with_examples(script: str) -> None:
    assert f"python {script}" in (ROOT / "README.md").read_text(encoding="utf-8")
    shown = subprocess.run(
        [sys.executable, script, "--help"], capture_output=True, text=True, cwd=ROOT, check=True
    ).stdout
    assert f"python {script}" in shown.split("examples:")[1]


def test_every_make_target_is_explained_by_make_help() -> None:
    targets = set(
        re.findall(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[0].split()
    )
    shown = subprocess.run(["make", "help"], capture_output=True, text=True, cwd=ROOT, check=True).stdout
    assert {target for target in targets if target not in shown} == set()


def test_no_machine_and_no_registry_is_named() -> None:
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=True).stdout.split()
    texts = [ROOT / name for name in listed if (ROOT / name).suffix not in {".png"} and (ROOT / name).exists()]
    pattern = re.compile(r"/" + r"(?:root|home/\w+|work)/|--(?:extra-)?index-url|://[^ ]*/(?:simple|maven2)(?:/| |$)")
    assert [file.name for file in texts if pattern.search(file.read_text(encoding="utf-8"))] == []
