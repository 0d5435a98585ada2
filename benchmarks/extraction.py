"""How fast features are told from real music, on one core, beside decoding alone and beside others in the same run."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import soundfile

from benchmarks import music, peers
from benchmarks.figures import REPEATS, Figure
from moodstream.audio.workers import ENVIRONMENT

ROOT = Path(__file__).parent.parent
WINDOW = 30.0
LONG_MINUTES, SHORT_MINUTES = 60, 5
IMPORT = "import time; t = time.perf_counter(); import {}; print(time.perf_counter() - t)"
OURS = "moodstream.audio.listen, moodstream.audio.pyav"
PEAK = """
import pathlib, sys
from moodstream.audio.decode import decode
from moodstream.audio.listen import listen
with decode(pathlib.Path(sys.argv[1])) as sound:
    listen(sound)
# Not ru_maxrss, which a process begins with at what its parent had.
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(int(status["VmHWM"].split()[0]) / 1024)
"""


def figures() -> list[Figure]:
    music.tracks()
    alone = subprocess.run(
        [sys.executable, "-m", "benchmarks.extraction"],
        cwd=ROOT,
        env=os.environ | ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    return [*(Figure(*row) for row in json.loads(alone)), *_processes(), _import(), _memory()]


def on_one_core() -> list[Figure]:
    """What is measured in a process of its own, whose libraries have no more than one thread."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    files = music.tracks()
    one, every = files[:1], music.seconds(files)
    works = {
        "decode": (lambda: _each(_decoded, files), every),
        "ours": (lambda: _each(_heard, files), every),
        "decode by FFmpeg": (lambda: _each(_decoded_by_ffmpeg, files), every),
        "window": (lambda: _each(_heard_in_part, files), every),
        **{name: (lambda by=by: _each(by, one), music.seconds(one)) for name, by in _peers().items()},
    }
    speed = _speeds(works)
    length = f"{every / len(files):.0f} s a track"
    unit, bare = "x real time", "decoding alone, soundfile"
    return [
        Figure("features of whole tracks", speed["ours"], unit, speed["decode"], bare),
        Figure(
            "decoding alone, FFmpeg (which is what ours does)", speed["decode by FFmpeg"], unit, speed["decode"], bare
        ),
        Figure("features of whole tracks", speed["ours"], unit, speed["decode by FFmpeg"], "decoding alone, FFmpeg"),
        Figure(f"features of {WINDOW:.0f} s of each track, {length}", speed["window"], "track s/s", 2500, "aim"),
        *(Figure(f"{name}, for comparison", speed[name], unit, speed["ours"], "ours") for name in list(works)[4:]),
    ]


def _speeds(works: dict[str, tuple[Callable[[], object], float]]) -> dict[str, float]:
    """Seconds of music a second: medians of a few rounds, in each of which every work has its turn."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for work, _seconds in works.values():  # librosa compiles at its first call, and files are read into memory
        work()
    for _ in range(REPEATS):
        for name, (work, _seconds) in works.items():
            started = time.perf_counter()
            work()
            taken[name].append(time.perf_counter() - started)
    return {name: seconds / statistics.median(taken[name]) for name, (_work, seconds) in works.items()}


def _each(by: Callable[[Path], object], files: list[Path]) -> None:
    for file in files:
        by(file)


def _decoded(path: Path) -> None:
    """All that decoding takes: blocks of floats, as they are."""
    with soundfile.SoundFile(path) as file:
        room = np.empty((1 << 16, file.channels), np.float32)
        while len(file.read(len(room), dtype="float32", always_2d=True, out=room)) == len(room):
            pass


def _decoded_by_ffmpeg(path: Path) -> None:
    from moodstream.audio.pyav import Stream

    with path.open("rb") as file:
        stream = Stream(file)
        for _block in stream.blocks(0, None, 1 << 16):
            pass
        stream.close()


def _heard(path: Path, window: float | None = None) -> None:
    from moodstream.audio.decode import decode
    from moodstream.audio.listen import listen

    with decode(path, window) as sound:
        listen(sound)


def _heard_in_part(path: Path) -> None:
    _heard(path, WINDOW)


def _librosa() -> Callable[[Path], object]:
    import librosa.feature.spectral  # noqa: F401

    return _by_librosa


def _by_librosa(path: Path) -> None:
    """The same descriptors as one would write them down first: each from the samples, with librosa's defaults."""
    import librosa

    samples, rate = librosa.load(path, sr=None)
    feature = librosa.feature
    for of in (feature.chroma_stft, feature.mfcc, feature.spectral_contrast, feature.spectral_centroid):
        of(y=samples, sr=rate)
    for of in (feature.spectral_bandwidth, feature.spectral_rolloff):
        of(y=samples, sr=rate)
    half = librosa.resample(samples, orig_sr=rate, target_sr=rate / 2)
    for of in (feature.rms, feature.spectral_flatness, feature.zero_crossing_rate):
        of(y=half)
    feature.spectral_centroid(y=half, sr=rate / 2)
    librosa.beat.beat_track(onset_envelope=librosa.onset.onset_strength(y=half, sr=rate / 2), sr=rate / 2)


def _peers() -> dict[str, Callable[[Path], object]]:
    """The specialised extractors that are installed here; of the others a line says that they are not."""
    peers.provide()
    found = {
        "librosa, naively": _librosa,
        "bliss-audio": _bliss,
        "essentia, MusicExtractor": _essentia,
        "aubio, onsets and tempo": _aubio,
    }
    able = {}
    for name, make in found.items():
        try:
            able[name] = make()
        except ImportError:
            print(f"{name.partition(',')[0]} is not installed, so it is not measured.", file=sys.stderr)
    return able


def _bliss() -> Callable[[Path], object]:
    import bliss_audio

    return lambda path: bliss_audio.Song(str(path))


def _essentia() -> Callable[[Path], object]:
    import essentia
    import essentia.standard

    essentia.log.infoActive = essentia.log.warningActive = False
    return lambda path: essentia.standard.MusicExtractor()(str(path))


def _aubio() -> Callable[[Path], object]:
    import aubio

    def work(path: Path) -> None:
        with soundfile.SoundFile(path) as file:
            onset, tempo = (kind(samplerate=file.samplerate) for kind in (aubio.onset, aubio.tempo))
            for block in file.blocks(512, dtype="float32", always_2d=True, fill_value=0):
                mono = block.mean(axis=1)
                onset(mono)
                tempo(mono)

    return work


def _processes() -> list[Figure]:
    files = music.tracks() * 2
    one, two = (_shared(files, processes) for processes in (1, 2))
    return [Figure("two worker processes", two, "x real time", one, "one")]


def _shared(files: list[Path], processes: int) -> float:
    os.environ.update(ENVIRONMENT)
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        list(pool.map(_heard, files[: 4 * processes]))  # what is imported once is not what is measured
        taken = []
        for _ in range(REPEATS):
            started = time.perf_counter()
            list(pool.map(_heard, files))
            taken.append(time.perf_counter() - started)
    return music.seconds(files) / statistics.median(taken)


def _import() -> Figure:
    ours = statistics.median(_run(IMPORT.format(OURS)) for _ in range(5))
    return Figure("import of all that extraction needs", ours, "s", 0.5, "at most")


def _memory() -> Figure:
    """How much more an hour takes than five minutes."""
    with tempfile.TemporaryDirectory() as folder:
        long, short = (_run(PEAK, _noise(Path(folder), minutes)) for minutes in (LONG_MINUTES, SHORT_MINUTES))
    return Figure(f"peak memory, {LONG_MINUTES} minutes", long, "MB", short, f"{SHORT_MINUTES} minutes")


def _noise(folder: Path, minutes: int) -> Path:
    path = folder / f"{minutes}.flac"
    minute = np.random.default_rng(1).normal(0, 0.1, 60 * 8000)
    with soundfile.SoundFile(path, "w", 8000, 1) as file:
        for _ in range(minutes):
            file.write(minute)
    return path


def _run(program: str, *arguments: object) -> float:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    ended = subprocess.run(  # noqa: S603
        command, cwd=ROOT, env=os.environ | ENVIRONMENT, capture_output=True, text=True, check=True
    )
    return float(ended.stdout)


if __name__ == "__main__":
    print(json.dumps([list(figure) for figure in on_one_core()]))
