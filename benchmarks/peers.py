"""The specialised extractors that ours is set beside: fetched once into `.local/peers`, which nothing else sees."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent.parent / ".local" / "peers"
PACKAGES = {
    "bliss-audio": ("bliss-audio==0.2.0",),
    "essentia": ("essentia==2.1b6.dev1389", "pyyaml", "six"),
    "aubio": ("aubio==0.4.9",),
}


def provide() -> None:
    """Make what can be installed here importable; an `ImportError` later tells what cannot."""
    for name, requirements in PACKAGES.items():
        target = FOLDER / name
        if not target.exists():
            command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target)]
            subprocess.run([*command, *requirements], check=False, capture_output=True)  # noqa: S603
        sys.path.append(str(target))
