"""Offsets are committed before the batch is dealt with: whoever dies in between has lost it."""

from collections.abc import Sequence

from moodstream.bus import Consumer
from moodstream.records import Received

FAULTS = ("kill -9 before the database commit", "kill -9 while records are sent")


def plant() -> None:
    poll, commit = Consumer.poll, Consumer.commit

    def polled(consumer: Consumer, seconds: float) -> list[Received]:
        batch = poll(consumer, seconds)
        if batch:
            commit(consumer, batch)
        return batch

    def nothing(_: Consumer, __: Sequence[Received]) -> None:
        """It was committed already."""

    Consumer.poll, Consumer.commit = polled, nothing  # type: ignore[method-assign]
