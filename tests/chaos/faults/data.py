"""What comes in by topic: rubbish, the same again, in another order, or in two versions at once."""

from random import Random

from kafka import KafkaProducer

from moodstream.messages import encode
from tests.chaos.faults import fault
from tests.chaos.plays import plays
from tests.chaos.world import World
from tests.fuzz.accounts import send
from tests.fuzz.corpus import records

FUZZED = 1000


@fault()
def fuzzed(world: World, random: Random) -> None:
    """rubbish among the plays"""
    found = records(random.randrange(2**30), FUZZED)
    plays_alone = [record for record in found if record.topic == "song_stream"]
    world.ledger.fuzzed += send(world.settings.kafka_bootstrap_servers, plays_alone, singly=20)


@fault()
def again(world: World, random: Random) -> None:
    """plays come twice, and in another order"""
    given = plays(random.randrange(2**30))
    some = [next(given) for _ in range(300)]
    several = [*some, *some, *some[:100]]
    random.shuffle(several)
    world.ledger.unsure([play.event_id for play in some])
    _send(world, [(play.listener.encode(), encode(play)) for play in several])
    world.ledger.sure([play.event_id for play in some])


@fault()
def versions(world: World, random: Random) -> None:
    """two versions of the messages at once"""
    given = plays(random.randrange(2**30))
    some = [next(given) for _ in range(200)]
    world.ledger.unsure([play.event_id for play in some])
    known = [encode(play).replace(b'"schema":1,', random.choice([b"", b'"schema":1,'])) for play in some]
    newer = [encode(next(given)).replace(b'"schema":1', b'"schema":2') for _ in range(50)]
    mixed = [(play.listener.encode(), value) for play, value in zip(some, known, strict=True)]
    mixed += [(b"nobody", value) for value in newer]
    random.shuffle(mixed)
    _send(world, mixed)
    world.ledger.sure([play.event_id for play in some])


def _send(world: World, values: list[tuple[bytes | None, bytes | None]]) -> None:
    producer = KafkaProducer(
        bootstrap_servers=world.settings.kafka_bootstrap_servers, max_request_size=20_000_000, acks="all"
    )
    futures = [producer.send("song_stream", value, key or b"") for key, value in values]
    producer.flush(timeout=20)
    for future in futures:
        future.get(timeout=5)
    producer.close(timeout=1)
