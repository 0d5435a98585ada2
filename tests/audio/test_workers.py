"""No file takes the program down, and no process outlives it."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from moodstream.audio.library import Analysis, File, Heard
from moodstream.audio.tags import Tags
from moodstream.audio.workers import Workers
from moodstream.errors import AudioError

NAMES = ("a", "crash", "b", "c", "damaged", "d")


def hear(file: File, root: Path, cache_dir: Path, window: float | None) -> Heard:
    if file.path.name == "crash":
        os._exit(1)
    if file.path.name == "damaged":
        raise AudioError(f"{file.path} is damaged.")
    if file.path.name == "threads":
        return Heard(os.environ["OPENBLAS_NUM_THREADS"], Tags("", ""), Analysis())
    if file.path.name == "endless":
        (cache_dir / "pid").write_text(str(os.getpid()))
        time.sleep(60)
    return Heard(file.path.name, Tags("", str(root)), Analysis(window=window))


def test_a_file_that_crashes_its_decoder_harms_no_other(tmp_path: Path) -> None:
    files = [File(Path(name), 0, 0) for name in NAMES]
    said = []
    with Workers(tmp_path, tmp_path, hear=hear) as workers:
        for file, future in [(file, workers.submit(file)) for file in files]:
            try:
                said.append(workers.result(file, future).content)
            except AudioError as error:
                said.append(str(error))
        after = workers.submit(File(Path("after"), 0, 0))
        assert workers.result(files[0], after).content == "after"
    assert said == ["a", "crash is damaged: decoding it crashes.", "b", "c", "damaged is damaged.", "d"]
    assert multiprocessing.active_children() == []


def test_workers_hear_as_much_of_a_file_as_they_are_told(tmp_path: Path) -> None:
    file = File(Path("a"), 0, 0)
    with Workers(tmp_path, tmp_path, 30.0, hear) as workers:
        assert workers.result(file, workers.submit(file)).analysis.window == 30.0


def test_each_worker_computes_in_one_thread(tmp_path: Path) -> None:
    before, file = dict(os.environ), File(Path("threads"), 0, 0)
    with Workers(tmp_path, tmp_path, hear=hear) as workers:
        assert workers.result(file, workers.submit(file)).content == "1"
    assert dict(os.environ) == before


def test_an_interrupted_block_leaves_no_process(tmp_path: Path) -> None:
    workers = Workers(tmp_path, tmp_path, hear=hear)
    workers.submit(File(Path("endless"), 0, 0))
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt), workers:
        raise KeyboardInterrupt
    assert time.monotonic() - started < 30
    assert multiprocessing.active_children() == []


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    program = (
        "import pathlib, tests.audio.test_workers as t\n"
        "if __name__ == '__main__':\n"
        f"    root = pathlib.Path({str(tmp_path)!r})\n"
        "    with t.Workers(root, root, hear=t.hear) as workers:\n"
        "        workers.submit(t.File(pathlib.Path('endless'), 0, 0)).result()\n"
    )
    (tmp_path / "program.py").write_text(program)
    root = Path(__file__).parent.parent.parent
    parent = subprocess.Popen(
        [sys.executable, tmp_path / "program.py"],
        env={**os.environ, "PYTHONPATH": str(root)},
        stderr=subprocess.DEVNULL,
    )
    pid = int(_waited_for(tmp_path / "pid"))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 10
    while _runs(pid):
        assert time.monotonic() < deadline, "a worker outlives its parent"
        time.sleep(0.05)


def _waited_for(path: Path) -> str:
    deadline = time.monotonic() + 30
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return path.read_text()


def _runs(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()
