"""A broker that restarts, dies, is away, has no room, or whose topics change."""

from random import Random

import psutil

from tests.chaos.disk import full
from tests.chaos.faults import fault
from tests.chaos.world import RATE, World

GATHERED_MEGABYTES = 40.0


def _megabytes(world: World) -> float:
    """What the services hold in memory together."""
    processes = (psutil.Process(instance.process.pid) for instance in world.services.values())
    return sum(process.memory_info().rss for process in processes) / 2**20


@fault()
def restarted(world: World, _: Random) -> None:
    """Kafka restarts cleanly"""
    world.kafka.stop()
    world.kafka.start()


@fault()
def killed(world: World, _: Random) -> None:
    """kill -9 of Kafka"""
    world.kafka.kill()
    world.kafka.start()


@fault()
def away(world: World, random: Random) -> None:
    """Kafka is away for a while"""
    world.kafka.kill()
    world.sleep(random.uniform(5, 12))
    world.kafka.start()


@fault(long=True)
def away_for_minutes(world: World, _: Random) -> None:
    """Kafka is away for a minute and a half, and nobody gathers what cannot be sent"""
    before = _megabytes(world)
    world.kafka.kill()
    world.sleep(90)
    grown = _megabytes(world) - before
    world.kafka.start()
    assert grown < GATHERED_MEGABYTES, f"the services grew by {grown:.0f} MB while Kafka was away"


@fault()
def away_at_start(world: World, _: Random) -> None:
    """Kafka is away while services start"""
    world.kafka.kill()
    for instance in world.services.values():
        instance.restart()
    world.sleep(5)
    world.kafka.start()


@fault(disk=True)
def full_disk(world: World, _: Random) -> None:
    """Kafka's disk is full"""
    with full(world.folder):
        world.player.begin(2000)
        world.until(lambda: not world.kafka.alive(), 8)
        world.player.begin(RATE)
    if not world.kafka.alive():
        world.kafka.start()


@fault()
def topic_missing(world: World, _: Random) -> None:
    """a topic is deleted while services run"""
    # What is in it, and not read yet, is gone with it: so all is read first.
    assert world.recover() is not None, "lag did not come to zero before the topic was deleted"
    world.groups.delete("playlist_recommendations")
    world.player.begin(RATE)
    made = world.until(lambda: any(topic == "playlist_recommendations" for topic, _ in world.groups.ends()), 30)
    assert made, "nobody made the topic anew"


@fault()
def more_partitions(world: World, random: Random) -> None:
    """more partitions are added while services run"""
    topic = random.choice(["song_stream", "mood_classified", "user_feedback"])
    if sum(name == topic for name, _ in world.groups.ends()) < 8:
        world.groups.add_partition(topic)
    world.sleep(2)
