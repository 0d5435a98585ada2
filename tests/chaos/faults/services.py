"""Services that are killed, stopped, started again and again, or that take too long."""

import signal
from random import Random

from tests.chaos.faults import fault
from tests.chaos.services import SERVICES
from tests.chaos.world import World

SESSION_SECONDS = 6.0
"""After so long without a heartbeat a member is put out of its group, as `bus/consumer.py` says."""


def _dies(world: World, random: Random, name: str, point: str, most: int) -> None:
    """Have a service die at a point, once it comes there."""
    instance = world.services[name]
    starts = instance.starts + 1
    instance.restart(("--die", point, str(random.randint(1, most))))
    assert world.until(lambda: instance.starts > starts, 60), f"{name} did not die {point}"


@fault()
def killed(world: World, random: Random) -> None:
    """kill -9 of a service, at any moment"""
    name = random.choice(list(SERVICES))
    world.services[name].send(signal.SIGKILL)


@fault()
def all_killed(world: World, _: Random) -> None:
    """kill -9 of all services at once"""
    for instance in world.services.values():
        instance.send(signal.SIGKILL)


@fault()
def before_database_commit(world: World, random: Random) -> None:
    """kill -9 before the database commit"""
    _dies(world, random, "mysql_connector", "before the database commit", 6)


@fault()
def after_database_commit(world: World, random: Random) -> None:
    """kill -9 after the database commit, before the offset commit"""
    # Its first commits are those of the migrations.
    _dies(world, random, "mysql_connector", "between produce and commit", 4)


@fault()
def between_produce_and_commit(world: World, random: Random) -> None:
    """kill -9 between produce and commit"""
    _dies(world, random, random.choice(["mood_classifier", "user_feedback"]), "between produce and commit", 4)


@fault()
def while_sending(world: World, random: Random) -> None:
    """kill -9 while records are sent"""
    _dies(world, random, random.choice(["mood_classifier", "user_feedback"]), "while records are sent", 4)


@fault()
def terminated(world: World, random: Random) -> None:
    """SIGTERM under load"""
    name = random.choice(list(SERVICES))
    instance = world.services[name]
    world.player.begin(600)
    world.sleep(1)
    code = instance.stop()
    instance.restart()
    assert code == 0, f"{name} ended with {code} on SIGTERM"


@fault()
def stopped(world: World, random: Random) -> None:
    """SIGSTOP for longer than the session, while a second instance takes over"""
    name = random.choice(["mysql_connector", "mood_classifier"])
    first, second = world.services[name], world.instance(name)
    assert world.until(lambda: "assigned " in second.output, 30), f"a second {name} got no part"
    first.send(signal.SIGSTOP)
    world.sleep(SESSION_SECONDS + 2)
    first.send(signal.SIGCONT)
    world.sleep(1)
    code = second.stop()
    assert code == 0, f"the second {name} ended with {code} on SIGTERM"


@fault(long=True)
def storm(world: World, random: Random) -> None:
    """a restart storm: twenty joins in a minute"""
    name = random.choice(["mysql_connector", "mood_classifier"])
    for _ in range(10):
        guest = world.instance(name)
        world.sleep(random.uniform(2, 4))
        guest.process.send_signal(random.choice([signal.SIGTERM, signal.SIGKILL]))
        world.services[random.choice(["mysql_connector", "mood_classifier"])].send(signal.SIGTERM)
        world.sleep(2)


@fault()
def slow(world: World, random: Random) -> None:
    """a handler slower than the poll interval"""
    name = random.choice(["mysql_connector", "mood_classifier"])
    instance = world.services[name]
    instance.restart(("--dawdle", "7", "6"))
    world.sleep(12)
    instance.restart()


@fault()
def hanging(world: World, random: Random) -> None:
    """a service that hangs, and is ended by its watchdog"""
    name = random.choice(["mysql_connector", "mood_classifier"])
    instance = world.services[name]
    starts = instance.starts + 1
    instance.restart(("--hang", str(random.randint(1, 3)), "3"))
    assert world.until(lambda: instance.starts > starts, 60), f"the hanging {name} was not ended"
    assert f"{name} hangs" in instance.output
