"""`make setup`: the virtual environment and its packages, then what the system lacks. Quick when nothing is to do.

Run by the machine's own Python; `--lint` and `--test` add what these need, `--face` alone what reads faces.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from local import apt
from moodstream.errors import MoodstreamError

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = [ROOT / "requirements.lock", ROOT / "requirements-dev.lock"]  # each has all of the one before it
FACE = ROOT / "requirements-face.lock"  # what comes on top of either


def main(options: list[str]) -> int:
    try:
        install(LOCKS[1] if {"--lint", "--test"} & {*options} else LOCKS[0])
        if options:
            add(FACE)
        if {"--lint", "--face"} & {*options}:
            return 0
        return subprocess.run([PYTHON, "-m", "local.system", *options], cwd=ROOT, check=False).returncode  # noqa: S603
    except MoodstreamError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 1


def install(lock: Path) -> None:
    """Bring `.venv` to what a lock says, unless it is there already.

    Raises:
        MoodstreamError: pip or the virtual environment failed; pip has said why.
    """
    if is_installed(lock):
        return
    make_venv()
    print(f"Installing the Python packages of {lock.name} into .venv, about a minute the first time.", flush=True)
    for each in LOCKS:  # before the installation, so that an interrupted one is not taken for done
        stamp(each).unlink(missing_ok=True)
    pip(lock)
    for each in LOCKS[: LOCKS.index(lock) + 1]:
        stamp(each).write_text(digest(each))


def add(lock: Path) -> None:
    """Add a lock that leaves out some of what its packages ask for, to what is installed, unless it is there already.

    Raises:
        MoodstreamError: pip failed; it has said why.
    """
    if is_installed(lock):
        return
    print(f"Installing the Python packages of {lock.name} into .venv.", flush=True)
    pip(lock, "--no-deps")
    stamp(lock).write_text(digest(lock))


def is_installed(lock: Path) -> bool:
    return PYTHON.exists() and stamp(lock).exists() and stamp(lock).read_text() == digest(lock)


def pip(lock: Path, *options: str) -> None:
    quiet = ("--quiet", "--disable-pip-version-check")
    run(PYTHON, "-m", "pip", "install", *quiet, *options, "--require-hashes", "-r", lock)


def stamp(lock: Path) -> Path:
    """Where it is noted which state of a lock is installed."""
    return VENV / lock.name


def digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def make_venv() -> None:
    """Make `.venv`, unless a usable one is there; Debian keeps what that takes in a package of its own."""
    if PYTHON.exists() and (VENV / "bin" / "pip").exists():
        return
    if importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        apt.install({f"python{version}-venv": f"the venv module of Python {version}"})
    run(sys.executable, "-m", "venv", "--clear", VENV)


def run(*command: str | os.PathLike[str]) -> None:
    if subprocess.run(command, cwd=ROOT, check=False).returncode:  # noqa: S603
        raise MoodstreamError(f"{' '.join(map(str, command[:4]))} failed: see above, put it right, and run make again.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
