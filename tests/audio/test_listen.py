"""Listening takes little to import and little room, however long the sound; what it says of a file is whole."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from moodstream.audio.library import Analysis, File, Library
from moodstream.audio.listen import hear
from moodstream.audio.workers import ENVIRONMENT
from tests.audio import sounds

ROOT = Path(__file__).parent.parent.parent

IMPORT = """
import sys, time
started = time.perf_counter()
import moodstream.audio.listen, moodstream.audio.pyav, moodstream.audio.workers
seconds = time.perf_counter() - started
print(seconds, *(name for name in ("librosa", "numba", "sklearn", "pandas", "scipy.signal") if name in sys.modules))
"""

PEAK = """
import sys
from pathlib import Path
from moodstream.audio.decode import decode
from moodstream.audio.listen import listen
with decode(Path(sys.argv[1])) as sound:
    print(listen(sound).features.tempo is None)
# Not ru_maxrss, which a process begins with at what its parent had.
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(status["VmHWM"].split()[0])
"""


def run(program: str, *arguments: object) -> list[str]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    environment = os.environ | ENVIRONMENT
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout.split()


def test_what_listening_needs_is_imported_at_once() -> None:
    seconds, *slow = run(IMPORT)
    assert slow == []
    assert float(seconds) < 2  # a busy machine; the benchmark has the figure


def test_half_an_hour_takes_hardly_more_room_than_five_minutes(tmp_path: Path) -> None:
    peaks = {}
    for minutes in (5, 30):
        path = tmp_path / f"{minutes}.flac"
        with soundfile.SoundFile(path, "w", 8000, 1, "PCM_16") as file:
            minute = np.tile(sounds.noise(1)[:8000], 60)
            for _ in range(minutes):
                file.write(minute)
        peaks[minutes] = int(run(PEAK, path)[-1]) / 1024
    # Half an hour keeps 78,000 floats of each of two onset strengths, and the loudness of as many frames: 1 MB.
    assert peaks[30] - peaks[5] < 20


def at(path: Path) -> File:
    return File(path, path.stat().st_size, path.stat().st_mtime_ns)


def analysis(path: Path, window: float | None = None) -> Analysis:
    return hear(at(path), path.parent, Library(path.parent / "cache", window)).analysis


@pytest.mark.parametrize("window", [None, 5.0])
def test_an_analysis_says_how_each_feature_is_known_and_how_much_was_heard(
    tmp_path: Path, window: float | None
) -> None:
    heard = analysis(sounds.write(tmp_path / "a.ogg", sounds.clicks(120)), window)
    assert heard.features is not None
    assert heard.features.energy is not None
    assert "energy" in heard.modelled
    assert not set(heard.modelled) & set(heard.estimates)
    assert (heard.window, heard.fault, heard.flaw) == (window, None, None)


def test_a_file_that_is_cut_off_has_features_and_says_so(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "a.mp3", sounds.clicks(120))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    heard = analysis(path)
    assert heard.features is not None
    assert (heard.flaw or "").startswith("is cut off")


def test_a_file_that_is_no_sound_has_a_fault_instead(tmp_path: Path) -> None:
    (tmp_path / "a.ogg").write_text("no song")
    heard = analysis(tmp_path / "a.ogg")
    assert heard.features is None
    assert (heard.fault or "").startswith("is damaged or no audio file")
