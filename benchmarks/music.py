"""Real music to measure on: fetched once from Debian into `.local/music`, or composed where that cannot be had."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import soundfile

from moodstream.audio.composer import compose
from moodstream.audio.descriptors import RATE
from moodstream.moods import Mood

FOLDER = Path(__file__).parent.parent / ".local" / "music"
PACKAGES = ("fretsonfire-songs-muldjord", "fretsonfire-songs-sectoid", "lincity-ng-data")
"""Metal, rock, blues and electronic music of the usual length: Ogg Vorbis, 44,100 Hz, stereo; 100 MB."""

LEAST_SECONDS, TRACKS = 60, 8


def tracks() -> list[Path]:
    """A few tracks of a minute and more, the same at every call."""
    found = [file for package in PACKAGES for file in _of(package)] or _composed()
    return found[:: max(1, len(found) // TRACKS)][:TRACKS]


def seconds(files: list[Path]) -> float:
    return sum(soundfile.info(file).duration for file in files)


def _long(folder: Path) -> list[Path]:
    return [file for file in sorted(folder.rglob("*.ogg")) if soundfile.info(file).duration >= LEAST_SECONDS]


def _of(package: str) -> list[Path]:
    folder = FOLDER / package
    if not folder.exists():
        _fetch(package)
    return _long(folder)


def _fetch(package: str) -> None:
    """Download and unpack a package, without installing it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    print(f"Fetching {package} from Debian into .local/music", file=sys.stderr)
    download = ("apt-get", "-qq", "download", package)
    if shutil.which("apt-get") and (_ran(*download) or (_ran("apt-get", "-qq", "update") and _ran(*download))):
        archive = next(FOLDER.glob(f"{package}_*.deb"))
        _ran("dpkg", "-x", str(archive), package)
        archive.unlink()


def _ran(*command: str) -> bool:
    return subprocess.run(command, cwd=FOLDER, capture_output=True, check=False).returncode == 0  # noqa: S603


def _composed() -> list[Path]:
    print("No music can be had from Debian here: measuring on composed pieces.", file=sys.stderr)
    folder = FOLDER / "composed"
    folder.mkdir(parents=True, exist_ok=True)
    for mood in Mood:
        path = folder / f"{mood.value}.ogg"
        if not path.exists():
            pieces = [compose(mood, np.random.default_rng(seed)) for seed in range(8)]
            with soundfile.SoundFile(path, "w", RATE, 2) as file:
                for piece in pieces:
                    file.write(np.stack([piece, np.roll(piece, 100)], axis=1))
    return _long(folder)
