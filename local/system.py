"""What the system itself must have: Java and Maven for Kafka, a database server, Chromium and npm for tests."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from local import apt, jars, npm
from local.database_server import find_binary
from local.named import named
from moodstream.errors import ConfigurationError, MoodstreamError
from moodstream.settings import load

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
JAVA = 17


@dataclass(frozen=True)
class Need:
    """Something that the system must have: in words, as Debian's packages, and how to tell whether it is there."""

    what: str
    packages: str
    found: Callable[[], bool]


KAFKA = (
    Need(f"Java {JAVA} or newer", "default-jre-headless", lambda: java_version() >= JAVA),
    Need("Maven", "maven", lambda: jars.directory(load().cache_dir).exists() or shutil.which("mvn") is not None),
)
DATABASE = (
    Need("a MariaDB or MySQL server", "mariadb-server-core mariadb-client-core", lambda: find_binary() is not None),
)
BROWSER = (
    Need("Chromium", "chromium", lambda: any(map(shutil.which, BROWSERS))),
    Need("npm", "npm", lambda: shutil.which("npm") is not None),
)


def java_version() -> int:
    """The major version of `java`, 0 where there is none."""
    java = shutil.which("java")
    if java is None:
        return 0
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0


def wanted(tests: bool) -> tuple[Need, ...]:
    """What is needed here: a server that the user has named replaces the private one, except in tests."""
    kafka = KAFKA if tests or not named("KAFKA_BOOTSTRAP_SERVERS") else ()
    database = DATABASE if tests or not named("MYSQL_HOST") else ()
    return (*kafka, *database, *(BROWSER if tests else ()))


def provide(needs: tuple[Need, ...]) -> None:
    """Install what is missing.

    Raises:
        MoodstreamError: it cannot be installed here, or is not there even so.
    """
    missing = [need for need in needs if not need.found()]
    if missing:
        apt.install({need.packages: need.what for need in missing})
    for need in missing:
        if not need.found():
            raise ConfigurationError(
                f"{need.what} is still not found after installing {need.packages}: install it by hand, "
                "or use Docker Compose: docker compose up."
            )


def main() -> int:
    needs = wanted(tests="--test" in sys.argv)
    try:
        provide(needs)
        if KAFKA[0] in needs:
            jars.fetch(load().cache_dir)
        if "--test" in sys.argv:
            npm.fetch()
    except MoodstreamError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
