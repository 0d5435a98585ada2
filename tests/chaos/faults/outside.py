"""Jobs that are killed half way, and done again: a scan of a folder, a batch job, a migration."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from uuid import UUID

import numpy as np
import soundfile

from moodstream.audio import composer
from moodstream.audio.descriptors import RATE
from moodstream.moods import Mood
from moodstream.settings import ROOT, Settings
from moodstream.store.migrate import read
from moodstream.store.mysql import Database
from tests.chaos.faults import fault
from tests.chaos.world import World
from tests.integration.system import environment

KILLED = -9
PIECES = 6


@fault()
def folder(world: World, random: Random) -> None:
    """kill -9 in the middle of a folder"""
    music = _music(world)
    begin = f"2026-01-{random.randint(1, 28):02}T{random.randint(0, 23):02}:{random.randint(0, 59):02}:00Z"
    command = ("stream_music.py", "folder", str(music), "--once", "--start", begin)
    told = [json.loads(line) for line in _run(world, (*command, "--dry-run")).stdout.splitlines()]
    ids = [UUID(line["event_id"]) for line in told]
    world.ledger.unsure(ids)
    _dies(world, "in the middle of a folder", random.randint(1, len(ids)), command)
    ended = _run(world, command)
    assert ended.returncode == 0, ended.stderr
    world.ledger.sure(ids)


@fault()
def batch(world: World, random: Random) -> None:
    """kill -9 in the middle of a batch job"""
    command = ("batch_processor.py", "--classify")
    _dies(world, "before the database commit", random.randint(3, 5), command)
    ended = _run(world, command)
    assert ended.returncode == 0, ended.stderr
    found = world.rows("SELECT COUNT(*) AS n, COUNT(DISTINCT song_id) AS songs FROM batch_classified")[0]
    songs = world.rows("SELECT COUNT(*) AS n FROM songs")[0]["n"]
    assert found["n"] == found["songs"] <= songs, f"{found} of {songs} songs are classified"


@fault()
def migration(world: World, random: Random) -> None:
    """kill -9 in the middle of a migration"""
    name = "chaos_migrated"
    world.rows(f"DROP DATABASE IF EXISTS {name}")
    settings = world.direct.model_copy(update={"mysql_database": name})
    statements = sum(len(step.statements) for step in read())
    _dies(
        world, "in the middle of a migration", random.randint(1, statements), ("mysql_connector.py", "--init"), settings
    )
    ended = _run(world, ("mysql_connector.py", "--init"), settings)
    assert ended.returncode == 0, ended.stderr
    assert _schema(settings) == _schema(world.direct), "a migration that was cut off gave other tables"


def _schema(settings: Settings) -> list[tuple[str, ...]]:
    database = Database(settings, "admin")
    rows = database.query(
        "SELECT table_name AS t, column_name AS c, column_type AS k FROM information_schema.columns"
        " WHERE table_schema = %s ORDER BY 1, 2",
        (settings.mysql_database,),
    )
    database.close()
    return [(row["t"], row["c"], str(row["k"])) for row in rows]


def _dies(world: World, point: str, times: int, command: Sequence[str], settings: Settings | None = None) -> None:
    ended = _run(world, ("-m", "tests.chaos.launch", "--die", point, str(times), *command), settings)
    assert ended.returncode == KILLED, f"{command} did not die {point}, but ended with {ended.returncode}"


def _run(world: World, command: Sequence[str], settings: Settings | None = None) -> subprocess.CompletedProcess[str]:
    """Run a script to its end, while the services are tended."""
    process = subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(settings or world.direct.model_copy(update={"cache_dir": world.folder / "cache"})),
        cwd=ROOT,
    )
    world.until(lambda: process.poll() is not None, 0.1)
    output, errors = process.communicate(timeout=120)
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


def _music(world: World) -> Path:
    """A folder of music, composed once."""
    music = world.folder / "music"
    music.mkdir(exist_ok=True)
    random = np.random.default_rng(world.seed)
    for number in range(PIECES if not any(music.iterdir()) else 0):
        sound = composer.compose(Mood.CALM, random)
        soundfile.write(music / f"{number}.flac", sound, RATE)
    return music
