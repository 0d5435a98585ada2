"""`/moods/predict` under load: requests come when they come, whether or not those before them are answered."""

import asyncio
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from benchmarks.figures import Figure
from benchmarks.page import Size, history
from tests.browser.conftest import Dashboard

SMALL = Size(plays=20_000, songs=2_000)
CONNECTIONS = 64
SHARES = ("valence", "energy", "danceability", "acousticness", "instrumentalness", "speechiness", "liveness")


class Load(NamedTuple):
    """So many requests a second, for so long."""

    a_second: int = 500
    seconds: float = 20.0


def figures(load: Load = Load()) -> list[Figure]:  # noqa: B008  it cannot be changed
    """Start the dashboard on a small history, and ask it."""
    with history(SMALL) as settings, tempfile.TemporaryDirectory() as folder:
        dashboard = Dashboard(settings, Path(folder))
        dashboard.start()
        try:
            asyncio.run(_asked(dashboard.url, Load(load.a_second, 2.0)))  # what is asked first is asked cold
            waits = sorted(asyncio.run(_asked(dashboard.url, load)))
        finally:
            dashboard.close()
    told = f"/moods/predict, {load.a_second} requests a second"
    return [
        Figure(f"{told}, median", 1000 * statistics.median(waits), "ms", 50, "at most, 99th percentile"),
        Figure(f"{told}, 99th percentile", 1000 * waits[int(0.99 * len(waits))], "ms", 50, "at most"),
    ]


async def _asked(url: str, load: Load) -> list[float]:
    """Seconds from when each request was due to its answer: waiting for those before it counts."""
    chance = random.Random(5)
    number = round(load.a_second * load.seconds)
    start = time.perf_counter() + 0.1
    due = accumulate((chance.expovariate(load.a_second) for _ in range(number)), initial=start)
    requests = iter([(at, _request(url, chance)) for at, _ in zip(due, range(number), strict=False)])
    waits: list[float] = []
    async with asyncio.TaskGroup() as connections:
        for _ in range(CONNECTIONS):
            connections.create_task(_connection(url, requests, waits))
    return waits


async def _connection(url: str, requests: Iterator[tuple[float, bytes]], waits: list[float]) -> None:
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    for due, request in requests:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        waits.append(time.perf_counter() - due)
    writer.close()


def _request(url: str, chance: random.Random) -> bytes:
    song = {name: round(chance.random(), 3) for name in SHARES}
    body = json.dumps({"songs": [song | {"tempo": chance.uniform(60, 190), "loudness": chance.uniform(-30, 0)}]})
    head = f"POST /api/v1/moods/predict HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()
