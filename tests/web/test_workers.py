"""Threads for what would hold up the event loop."""

import asyncio
import subprocess
import sys
import threading
import time

import pytest

from moodstream.errors import DataError, TransientError
from moodstream.settings import ROOT
from moodstream.web.workers import WAITING, Workers

HANGS = """
import asyncio, threading
from moodstream.web.workers import Workers

async def ask():
    workers = Workers("workers", 1)
    waiting = asyncio.ensure_future(workers.run(threading.Event().wait, 60))
    await asyncio.sleep(0.1)
    workers.close()
    waiting.cancel()

asyncio.run(ask())
"""


def refuse() -> None:
    raise DataError("no")


def test_the_result_or_the_error_is_told_to_whoever_asked() -> None:
    async def ask() -> None:
        workers = Workers("workers", 2)
        assert await asyncio.gather(*(workers.run(pow, number, 2) for number in range(20))) == [n**2 for n in range(20)]
        with pytest.raises(DataError, match="no"):
            await workers.run(refuse)
        assert (await workers.run(threading.current_thread)).name.startswith("workers-")
        workers.close()

    asyncio.run(ask())


def test_whoever_comes_when_too_many_wait_is_asked_to_come_back() -> None:
    async def ask() -> None:
        workers, held = Workers("workers", 1), threading.Event()
        waiting = [asyncio.ensure_future(workers.run(held.wait)) for _ in range(WAITING + 1)]
        await asyncio.sleep(0)
        with pytest.raises(TransientError, match="more than it can do at once"):
            await workers.run(pow, 2, 2)
        held.set()
        assert all(await asyncio.gather(*waiting))
        assert await workers.run(pow, 2, 2) == 4
        workers.close()

    asyncio.run(ask())


def test_who_gives_up_waiting_leaves_their_place_and_nothing_is_done_for_them() -> None:
    async def ask() -> None:
        workers, held, done = Workers("workers", 1), threading.Event(), list[int]()
        first = asyncio.ensure_future(workers.run(held.wait))
        second = asyncio.ensure_future(workers.run(done.append, 1))
        await asyncio.sleep(0.05)
        second.cancel()
        await asyncio.sleep(0)  # or it would be the thread that comes first
        held.set()
        await first
        await workers.run(done.append, 2)
        assert done == [2]
        workers.close()

    asyncio.run(ask())


def test_a_process_ends_without_what_is_still_being_done() -> None:
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", HANGS], cwd=ROOT, check=True, timeout=30)
    assert time.monotonic() - started < 20


def test_its_threads_end_when_it_is_closed() -> None:
    workers = Workers("closing", 3)
    workers.close()
    deadline = time.monotonic() + 5
    while any(thread.name.startswith("closing-") for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
