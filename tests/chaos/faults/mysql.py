"""A database that restarts, dies, refuses, locks, freezes, has no room, or whose settings change."""

import signal
import time
from contextlib import suppress
from random import Random

from moodstream.errors import ConfigurationError, TransientError
from tests.chaos.disk import full
from tests.chaos.faults import fault
from tests.chaos.world import RATE, World


@fault()
def restarted(world: World, _: Random) -> None:
    """MySQL restarts cleanly"""
    world.database.stop()
    world.database.start()


@fault()
def killed(world: World, random: Random) -> None:
    """kill -9 of MySQL"""
    world.database.kill()
    world.sleep(random.uniform(0, 5))
    world.database.start()


@fault()
def connections_killed(world: World, _: Random) -> None:
    """KILL of the connections"""
    for _ in range(5):
        world.restart_connections()
        world.sleep(0.5)


@fault()
def commit_unanswered(world: World, _: Random) -> None:
    """the answer to a commit is cut off"""
    lost = world.to_database.lost
    world.to_database.loses = b"\x03commit"
    assert world.until(lambda: world.to_database.lost > lost, 20), "no commit went by"


@fault()
def deadlock(world: World, _: Random) -> None:
    """deadlocks"""
    world.rows("CREATE DATABASE IF NOT EXISTS chaos")
    world.rows("CREATE TABLE IF NOT EXISTS chaos.weight (n INT)")
    before, deadline = _deadlocks(world), time.monotonic() + 20
    while _deadlocks(world) == before and time.monotonic() < deadline:
        _cross(world)
        world.sleep(0.2)
    assert _deadlocks(world) > before, "no deadlock came about"


def _cross(world: World) -> None:
    """Lock songs in another order than the connector does, in a transaction that has more to undo than its own."""
    database = world.administrator
    with suppress(TransientError), database.transaction() as cursor:
        cursor.execute(f"USE `{world.settings.mysql_database}`")
        cursor.execute("INSERT INTO chaos.weight VALUES " + ", ".join(["(1)"] * 5000))
        cursor.execute("SELECT song_id FROM songs WHERE song_id > 'song-8' FOR UPDATE")
        cursor.fetchall()
        time.sleep(0.4)
        cursor.execute("SELECT song_id FROM songs WHERE song_id < 'song-2' FOR UPDATE")
        cursor.fetchall()
        cursor.execute("ROLLBACK")
    database.close()


def _deadlocks(world: World) -> int:
    return int(world.rows("SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'")[0]["Value"])


@fault()
def lock_wait(world: World, _: Random) -> None:
    """lock waits that time out"""
    world.rows("SET GLOBAL innodb_lock_wait_timeout = 1")
    world.restart_connections()
    database = world.administrator
    with database.transaction() as cursor:
        cursor.execute(f"SELECT id FROM `{world.settings.mysql_database}`.rollup_state FOR UPDATE")
        cursor.fetchall()
        world.sleep(5)
    database.close()
    world.rows("SET GLOBAL innodb_lock_wait_timeout = 50")


@fault()
def read_only(world: World, random: Random) -> None:
    """MySQL is read-only"""
    world.rows("SET GLOBAL read_only = 1")
    world.sleep(random.uniform(3, 6))
    world.rows("SET GLOBAL read_only = 0")


@fault()
def killed_while_read_only(world: World, random: Random) -> None:
    """kill -9 while MySQL is read-only"""
    world.rows("SET GLOBAL read_only = 1")
    world.sleep(3)
    world.services["mysql_connector"].send(signal.SIGKILL)
    world.sleep(random.uniform(0, 3))
    world.rows("SET GLOBAL read_only = 0")


@fault(disk=True)
def full_disk(world: World, _: Random) -> None:
    """MySQL's disk is full"""
    world.kafka.send(signal.SIGSTOP)  # on the same disk, and has a fault of its own
    with full(world.folder / "mysql"):
        world.kafka.send(signal.SIGCONT)
        world.sleep(3)
    if not world.kafka.alive():
        world.kafka.start()


@fault()
def slow(world: World, _: Random) -> None:
    """MySQL takes 2 s for each statement"""
    world.to_database.latency = 2.0
    world.sleep(10)
    world.to_database.heal()


@fault()
def frozen(world: World, random: Random) -> None:
    """MySQL is frozen"""
    world.database.send(signal.SIGSTOP)
    world.sleep(random.uniform(5, 12))
    world.database.send(signal.SIGCONT)


@fault()
def password_changed(world: World, _: Random) -> None:
    """the password is changed, and is put right later"""
    connector, user = world.services["mysql_connector"], world.settings.mysql_user
    world.rows("ALTER USER %s IDENTIFIED BY %s", (user, "another"))
    world.restart_connections()
    assert world.until(lambda: connector.ended == ConfigurationError.exit_code, 30), "the connector did not end with 2"
    assert "check MYSQL_USER and MYSQL_PASSWORD" in connector.output
    world.rows("ALTER USER %s IDENTIFIED BY %s", (user, "secret"))
    connector.restart()


@fault()
def small_packets(world: World, _: Random) -> None:
    """batches over max_allowed_packet"""
    world.rows(f"SET GLOBAL max_allowed_packet = {16 * 1024}")
    world.restart_connections()
    world.player.begin(1000)
    world.sleep(4)
    world.player.begin(RATE)
    world.rows(f"SET GLOBAL max_allowed_packet = {64 * 2**20}")
    world.restart_connections()
