"""Installs what the system lacks with apt-get, each said on a line first."""

import os
import shutil
import subprocess
from collections.abc import Mapping

from moodstream.errors import ConfigurationError, MoodstreamError


def install(wanted: Mapping[str, str]) -> None:
    """Install packages as root, or by sudo.

    Args:
        wanted: what each package is for, by its name; several names are separated by spaces.

    Raises:
        ConfigurationError: there is no apt-get here, or no right to use it.
        MoodstreamError: apt-get failed.
    """
    packages = [name for names in wanted for name in names.split()]
    become = _root()
    if shutil.which("apt-get") is None or become is None:
        raise ConfigurationError(
            f"This machine lacks {', '.join(wanted.values())}: install it (Debian and Ubuntu have it as "
            f"{' '.join(packages)}), or use Docker Compose: docker compose up."
        )
    for names, purpose in wanted.items():
        print(f"Installing {names} with apt-get: this machine lacks {purpose}.", flush=True)
    _apt(become, "update")
    _apt(become, "install", "--yes", "--no-install-recommends", *packages)


def _root() -> list[str] | None:
    """What to put before a command that needs root; None where root is out of reach."""
    if os.geteuid() == 0:
        return []
    return ["sudo"] if shutil.which("sudo") else None


def _apt(become: list[str], *arguments: str) -> None:
    command = [*become, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", *arguments]
    # Standard error stays the terminal's: sudo asks for the password there.
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if ended.returncode:
        print(ended.stdout, end="")
        raise MoodstreamError(f"apt-get {arguments[0]} failed: see above, put it right, and run make again.")
