"""Fetches axe-core, which looks for barriers on the page, with npm: it is published nowhere else by its makers."""

import shutil
import subprocess

from moodstream.errors import MoodstreamError
from moodstream.settings import LOCAL

VERSION = "4.14.1"
FOLDER = LOCAL / "npm"
AXE = FOLDER / "node_modules" / "axe-core" / "axe.min.js"
STAMP = FOLDER / VERSION


def fetch() -> None:
    """Have `AXE` in place.

    Raises:
        MoodstreamError: npm failed; it has said why.
    """
    if STAMP.exists() and AXE.exists():
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    print(f"Fetching axe-core {VERSION} with npm, for the tests of the page.", flush=True)
    quiet = ("--no-save", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error", "--ignore-scripts")
    command = ["npm", "install", "--prefix", str(FOLDER), *quiet, f"axe-core@{VERSION}"]
    if subprocess.run(command, check=False).returncode:  # noqa: S603
        raise MoodstreamError("npm could not fetch axe-core: see above, put it right, and run make again.")
    STAMP.touch()
