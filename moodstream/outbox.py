"""Publishing what a source gives, while the source goes on: bounded, patient, and nothing given up."""

import logging
import queue
import threading
from collections.abc import Sequence
from contextlib import suppress

from moodstream import telemetry
from moodstream.bus import Producer
from moodstream.errors import MoodstreamError
from moodstream.health import Health
from moodstream.lifecycle import Stop, patiently
from moodstream.messages import TOPIC_OF, Message
from moodstream.settings import Settings

log = logging.getLogger(__name__)

BATCH = 500
WAITING = 2 * BATCH


class Outbox:
    """Hands messages to a thread that publishes them in batches; `put` blocks while too many wait."""

    def __init__(self, settings: Settings, stop: Stop, health: Health) -> None:
        self._settings, self._stop, self._health = settings, stop, health
        self._queue: queue.Queue[Message | None] = queue.Queue(WAITING)
        self._fault: MoodstreamError | None = None
        self._closed = False
        self.accepted = self.published = 0
        self._thread = threading.Thread(target=self._work, daemon=True, name="outbox")
        self._thread.start()

    def put(self, message: Message) -> None:
        """Queue a message.

        Raises:
            MoodstreamError: publishing has failed in a way that waiting cannot mend.
        """
        while True:
            if self._fault:
                raise self._fault
            with suppress(queue.Full):
                self._queue.put(message, timeout=0.5)
                self.accepted += 1
                return

    def close(self) -> None:
        """Publish what is queued, for as long as it takes unless the process is asked to stop.

        Raises:
            MoodstreamError: as `put`.
        """
        while self._thread.is_alive():
            with suppress(queue.Full):
                self._queue.put(None, timeout=0.5)
                break
        self._thread.join()
        if self._fault:
            raise self._fault
        if self.published < self.accepted:
            log.warning("asked to stop before Kafka took the last %d plays", self.accepted - self.published)

    def _work(self) -> None:
        producer = Producer(self._settings)
        try:
            while batch := self._next():
                if patiently(lambda: self._publish(producer, batch), self._stop, self._health) is None:
                    return
        except MoodstreamError as error:
            self._fault = error
        finally:
            producer.close()

    def _next(self) -> list[Message]:
        """The messages that wait, at least one of them; none once the outbox is closed."""
        batch: list[Message] = []
        while not (self._closed or batch) or (len(batch) < BATCH and not self._queue.empty()):
            message = self._waited_for()
            self._closed = message is None
            if message is None:
                break
            batch.append(message)
        return batch

    def _waited_for(self) -> Message | None:
        while True:
            self._health.beat("waiting for plays")
            with suppress(queue.Empty):
                return self._queue.get(timeout=1.0)

    def _publish(self, producer: Producer, batch: Sequence[Message]) -> bool:
        producer.publish(batch)
        self.published += len(batch)
        self._health.progress()
        telemetry.count(telemetry.PUBLISHED, (TOPIC_OF[type(message)] for message in batch))
        return True
