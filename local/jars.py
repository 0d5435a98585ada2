"""Kafka's own files: fetched once by Maven into the cache, which outlives `make clean` and other clones."""

import hashlib
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from moodstream.errors import MoodstreamError

POM = Path(__file__).parent / "kafka" / "pom.xml"


def version() -> str:
    """The version of Kafka that `local/kafka/pom.xml` pins."""
    return POM.read_text(encoding="utf-8").partition("<kafka.version>")[2].partition("</kafka.version>")[0]


def directory(cache: Path) -> Path:
    """Where in the cache the files of this `pom.xml` are; it exists only when they are complete."""
    return cache.expanduser() / "kafka" / f"{version()}-{hashlib.sha256(POM.read_bytes()).hexdigest()[:8]}"


def fetch(cache: Path) -> Path:
    """Fetch Kafka, unless it is in the cache; the directory of its jars.

    Raises:
        MoodstreamError: Maven failed; it has said why.
    """
    target = directory(cache)
    if target.exists():
        return target
    print(f"Fetching Apache Kafka {version()} with Maven, about 45 MB, into {target}.", flush=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent) as unfinished:
        _copy(Path(unfinished) / "jars")
        if not target.exists():  # another `make` may have been quicker
            (Path(unfinished) / "jars").rename(target)
    return target


def _copy(output: Path) -> None:
    command = ("mvn", "--batch-mode", "--quiet", "-f", POM, "dependency:copy-dependencies")
    try:
        ended = subprocess.run((*command, f"-DoutputDirectory={output}"), capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError as error:
        raise MoodstreamError("Maven (mvn) is needed to fetch Kafka, and is not found: run make setup.") from error
    if ended.returncode or not output.exists():
        print(ended.stdout, ended.stderr, sep="", end="")
        raise MoodstreamError("Maven could not fetch Kafka: see above; it needs to reach Maven Central, once.")
