"""Publishing, with every delivery looked at."""

import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from kafka import KafkaProducer
from kafka import errors as kafka_errors

from moodstream.bus.client import MAX_LETTER, connection, translated
from moodstream.bus.topics import ensure_topics
from moodstream.errors import MoodstreamError
from moodstream.messages import DEAD_LETTERS, TOPIC_OF, Message, encode
from moodstream.records import Headers, Received, Rejected
from moodstream.settings import Settings

log = logging.getLogger(__name__)

FLUSH_SECONDS = 10.0
"""A batch that is not acknowledged by then is sent again as a whole, so a busy broker needs time for the largest."""


class Producer:
    """Publishes batches of messages, and knows afterwards that the broker has every one of them.

    Args:
        settings: where the broker is.
        patience: seconds that each step may take: to connect, to know the topic, to have all acknowledged.
    """

    def __init__(self, settings: Settings, patience: float = FLUSH_SECONDS) -> None:
        self._settings, self._patience = settings, patience
        self._producer: Any = None

    def publish(self, messages: Iterable[Message]) -> None:
        """Send messages, keyed by their listener, and wait until all are acknowledged.

        Raises:
            TransientError: some may not have arrived. Send the whole batch again: the ids make it one.
            DataError: a message is larger than a topic takes.
        """
        self._send([(TOPIC_OF[type(m)], encode(m), m.listener.encode(), []) for m in messages])

    def bury(self, rejected: Iterable[Rejected], service: str) -> None:
        """Send what can never be used to the dead letters, with its original key and bytes."""
        self._send([(DEAD_LETTERS, r.record.value, _key(r.record), r.headers(service)) for r in rejected])

    def resend(self, records: Iterable[Received]) -> None:
        """Send records as they came, key and bytes, to their topics anew; wait, and raise, as `publish` does."""
        self._send([(record.topic, record.value, _key(record), []) for record in records])

    def _send(self, records: Sequence[tuple[str, bytes | None, bytes | None, Headers]]) -> None:
        if not records:
            return
        try:
            with translated(self._settings):
                producer = self._producer or self._connect()
                futures = [producer.send(topic, value, key, headers) for topic, value, key, headers in records]
                producer.flush(timeout=self._patience)
                for future in futures:
                    future.get(timeout=0)
        except MoodstreamError:
            # Records of a failed batch may sit in the client still, and it may be past mending: start anew.
            self.close(timeout=0)
            raise

    def _connect(self) -> Any:
        ensure_topics(self._settings)  # one that is gone would be waited for in vain
        self._producer = KafkaProducer(
            **connection(self._settings) | {"bootstrap_timeout_ms": int(self._patience * 1000)},
            acks="all",
            enable_idempotence=True,
            linger_ms=20,
            batch_size=128 * 1024,
            max_request_size=MAX_LETTER,
            max_block_ms=int(self._patience * 1000),
            allow_auto_create_topics=False,
            metadata_max_age_ms=30_000,
        )
        return self._producer

    def close(self, timeout: float = 1.0) -> None:
        """Let go of the broker; what is not acknowledged within `timeout` seconds is given up."""
        producer, self._producer = self._producer, None
        if producer is None:
            return
        try:
            producer.close(timeout=timeout)
        except kafka_errors.KafkaError as error:
            log.debug("while closing the producer: %s", error)
            _end(producer)


def _key(record: Received) -> bytes | None:
    """The key of a record; empty where it has neither key nor value, which the client refuses to send."""
    return b"" if record.key is None and record.value is None else record.key


def _end(producer: Any) -> None:
    """End the client's thread: with records left, `close` of kafka-python 3.0 fails before it does, and the thread
    would try them on and on."""
    producer._sender.force_close()
    producer._sender.join(timeout=1)
    with suppress(kafka_errors.KafkaError):
        producer.close(timeout=0)
