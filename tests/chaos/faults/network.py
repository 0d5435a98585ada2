"""A network between the services and their servers that is slow, cut, silent, or ends in the middle of an answer."""

from random import Random

from tests.chaos.faults import fault
from tests.chaos.world import World
from tests.proxy import Proxy


def _way(world: World, random: Random) -> Proxy:
    return random.choice([world.to_kafka, world.to_database])


@fault()
def late(world: World, random: Random) -> None:
    """each answer comes 300 ms late"""
    way = _way(world, random)
    way.latency = 0.3
    world.sleep(6)
    way.heal()


@fault()
def reset(world: World, random: Random) -> None:
    """connections are reset"""
    for _ in range(6):
        _way(world, random).cut()
        world.sleep(random.uniform(0.1, 1))


@fault()
def refused(world: World, random: Random) -> None:
    """connections are cut and refused"""
    way = _way(world, random)
    way.refuse()
    world.sleep(random.uniform(3, 6))
    way.heal()


@fault()
def silent(world: World, random: Random) -> None:
    """a black hole: connections stay, and nothing comes through"""
    way = _way(world, random)
    way.silent = True
    world.sleep(random.uniform(4, 8))
    way.heal()


@fault()
def torn(world: World, random: Random) -> None:
    """answers are cut off after some bytes"""
    way = _way(world, random)
    for _ in range(5):
        way.budget = random.randint(1, 3000)
        world.sleep(0.7)
    way.heal()
