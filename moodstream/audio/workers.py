"""Processes that listen to files, so that every core is used and no file can take the program down with it."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import cache
from multiprocessing.connection import wait
from pathlib import Path
from types import TracebackType
from typing import Self

from moodstream.audio.library import File, Heard, Library
from moodstream.errors import AudioError

# There is a process for each core: threads of their own would only be in each other's way. And memory that is given
# back to the system between two blocks of sound, only to be asked for again, costs a twentieth of the time (glibc).
# Said before a process starts: numpy asks when it is imported, which the main script may do before anything else.
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": str(1 << 27),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 28),
}

ONE, MANY = 1, max(2, len(os.sched_getaffinity(0)))

Hear = Callable[[File, Path, Path, float | None], Heard]
"""Of a file, the folder that it is below, where the library is, and the seconds of it to hear (None: all)."""


class Workers:
    """Listens to files below `root`, or to `window` seconds of each, in processes that end with the block."""

    def __init__(self, root: Path, cache_dir: Path, window: float | None = None, hear: Hear | None = None) -> None:
        self._root, self._cache_dir, self._window = root, cache_dir, window
        self._hear = hear or _hear
        self._pools: dict[int, ProcessPoolExecutor] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            for process in multiprocessing.active_children():
                process.terminate()
        for pool in self._pools.values():
            pool.shutdown(cancel_futures=True)

    def submit(self, file: File) -> Future[Heard]:
        """Have a file listened to."""
        return self._submit(file, MANY)

    def result(self, file: File, future: Future[Heard]) -> Heard:
        """What was heard in a file.

        Raises:
            AudioError: the file cannot be read, or its decoder crashes.
            ConfigurationError: as `Library`.
        """
        try:
            return future.result()
        except BrokenProcessPool:
            return self._alone(file)

    def _alone(self, file: File) -> Heard:
        """A file took its process down, and with it what all had in hand: alone, each shows whether it was the one."""
        try:
            return self._submit(file, ONE).result()
        except BrokenProcessPool as error:
            raise AudioError(f"{file.path} is damaged: decoding it crashes.") from error

    def _submit(self, file: File, processes: int) -> Future[Heard]:
        with _inherited():
            with suppress(BrokenProcessPool):
                return self._pool(processes).submit(self._hear, file, self._root, self._cache_dir, self._window)
            self._pools.pop(processes).shutdown()
            return self._pool(processes).submit(self._hear, file, self._root, self._cache_dir, self._window)

    def _pool(self, processes: int) -> ProcessPoolExecutor:
        if processes not in self._pools:
            # Spawned, not forked: this process has threads.
            spawn = multiprocessing.get_context("spawn")
            self._pools[processes] = ProcessPoolExecutor(processes, spawn, initializer=_begin)
        return self._pools[processes]


@contextmanager
def _inherited() -> Iterator[None]:
    """What processes that start meanwhile begin with."""
    # Ctrl-C reaches every process of the terminal, and the end of these is ours to decide.
    unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    before = {name: os.environ.get(name) for name in ENVIRONMENT}
    os.environ.update(ENVIRONMENT)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)


def _hear(file: File, root: Path, cache_dir: Path, window: float | None) -> Heard:
    from moodstream.audio.listen import hear  # what decodes and computes, which the parent never does

    return hear(file, root, _library(cache_dir, window))


@cache
def _library(cache_dir: Path, window: float | None) -> Library:
    """One for each process that listens, for as long as it lives."""
    return Library(cache_dir, window)


def _begin() -> None:
    # The decoders' own remarks; what they come to is in the report, with the name of the file.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    if parent := multiprocessing.parent_process():
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
