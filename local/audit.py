"""`make audit`: are there known faults in what the locks pin? Asks the index that knows, by pip-audit."""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from moodstream.errors import MoodstreamError

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted(ROOT.glob("requirements*.lock"))
PROGRAM = Path(sys.executable).with_name("pip-audit")
OPTIONS = ("--disable-pip", "--require-hashes", "--format=json", "--progress-spinner=off")
SHOWN = 5
"""How many packages that could not be looked up are named."""


def main(program: Path = PROGRAM, locks: Sequence[Path] = LOCKS) -> int:
    """Print what is known; 0 where every package was looked up and none has a fault, else 1."""
    try:
        packages = asked(program, locks)
        faults = [line for package in packages for line in lines(package)]
        print("\n".join(faults or [f"{len(packages)} packages were looked up: none has a known fault."]))
        return 1 if faults else 0
    except MoodstreamError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code


def asked(program: Path, locks: Sequence[Path]) -> list[dict[str, Any]]:
    """What pip-audit says of each package.

    Raises:
        MoodstreamError: it could not look up all of them, which it would itself call having found nothing.
    """
    command = [program, *OPTIONS, *(word for lock in locks for word in ("--requirement", lock))]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    try:
        packages: list[dict[str, Any]] = json.loads(ended.stdout)["dependencies"]
    except ValueError:
        raise MoodstreamError(f"Nothing was looked up: {_last(ended.stderr)}.") from None
    unknown = [package["name"] for package in packages if "vulns" not in package]
    if unknown or not packages:
        raise MoodstreamError(
            f"Whether there are known faults cannot be said: the data on {_named(unknown)} could not be reached; "
            "run make audit where PyPI can be asked."
        )
    return packages


def lines(package: dict[str, Any]) -> Iterable[str]:
    """A line for each known fault of a package."""
    for fault in package["vulns"]:
        mended = f"mended in {', '.join(fault['fix_versions'])}" if fault["fix_versions"] else "not mended yet"
        yield f"{package['name']} {package['version']}: {fault['id']}, {mended}"


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more packages" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN]) or 'any package'}{more}"


def _last(said: str) -> str:
    """The last line, where a program says what stopped it."""
    return next(reversed(said.strip().splitlines()), "pip-audit said nothing")[:500].rstrip(".")


if __name__ == "__main__":
    sys.exit(main())
