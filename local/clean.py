"""`make clean`: removes what the other targets made in this directory, and says so. The cache of Kafka stays."""

import fcntl
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MADE = {
    ".local": "the data of Kafka and of the database",
    ".venv": "the Python packages",
    ".pytest_cache": "a cache",
    ".mypy_cache": "a cache",
    ".ruff_cache": "a cache",
    ".hypothesis": "a cache",
}


def main() -> int:
    if running():
        print("error: make up is running here: stop it with Ctrl-C in its terminal first.", file=sys.stderr)
        return 2
    for name, what in MADE.items():
        if (ROOT / name).exists():
            print(f"Removing {name}: {what}.")
            shutil.rmtree(ROOT / name)
    for package in ROOT.rglob("__pycache__"):
        shutil.rmtree(package, ignore_errors=True)
    return 0


def running() -> bool:
    lock = ROOT / ".local" / "up.lock"
    if not lock.exists():
        return False
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


if __name__ == "__main__":
    sys.exit(main())
