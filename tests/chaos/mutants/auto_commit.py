"""The client commits by itself whatever it has handed out, while the batch is still being tried."""

from typing import Any

from kafka import KafkaConsumer

from moodstream.bus import Consumer

FAULTS = ("kill -9 while MySQL is read-only",)


def plant() -> None:
    begin = KafkaConsumer.__init__

    def committing(consumer: Any, *topics: str, **given: Any) -> None:
        begin(consumer, *topics, **given | {"enable_auto_commit": True, "auto_commit_interval_ms": 200})

    KafkaConsumer.__init__ = committing
    Consumer.commit = lambda *_: None  # type: ignore[method-assign]
