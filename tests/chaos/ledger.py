"""Who plays, and what the broker acknowledged of it: written down, and synced to the disk, before it counts."""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from uuid import UUID

from kafka import KafkaProducer
from kafka import errors as kafka_errors

from moodstream.messages import Play, encode
from tests.fuzz.accounts import Sent

TICK_SECONDS = 0.1
SEND_SECONDS = 5.0


class Ledger:
    """Ids that the broker has acknowledged, and those of which nobody knows. One line each in a file, synced.

    Attributes:
        acknowledged: ids that must be found in the end.
        unknown: ids that may be found.
        fuzzed: records of fuzz, each with its place: what has to become of them is theirs to say.
    """

    def __init__(self, file: Path) -> None:
        self._file = file.open("wb", buffering=0)
        self.acknowledged: set[UUID] = set()
        self.unknown: set[UUID] = set()
        self.fuzzed: list[Sent] = []

    def sure(self, ids: Sequence[UUID]) -> None:
        """Note ids that must be found."""
        self._file.write(b"".join(f"{number}\n".encode() for number in ids))
        os.fsync(self._file.fileno())
        self.acknowledged |= set(ids)
        self.unknown -= set(ids)

    def unsure(self, ids: Sequence[UUID]) -> None:
        """Note ids that may be found."""
        self.unknown |= set(ids) - self.acknowledged

    def close(self) -> None:
        self._file.close()


class Player:
    """Plays at a steady rate, in a thread of its own, by a client of its own rather than by the product's.

    Attributes:
        rate: plays a second; 0 is a pause.
        idle: whether a pause has begun, and nothing is being sent any more.
    """

    def __init__(self, address: str, ledger: Ledger, plays: Iterator[Play]) -> None:
        self.rate = 0.0
        self.idle = True
        self._address, self._ledger, self._plays = address, ledger, plays
        self._burst = 0
        self._producer: KafkaProducer | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="player")
        self._thread.start()

    def begin(self, rate: float) -> None:
        """Play so much a second from now on."""
        self.idle, self.rate = False, rate

    def finish(self, burst: int) -> None:
        """Play no more, but for so many plays, which are sent until the broker acknowledges all of them."""
        self.idle, self.rate, self._burst = False, 0.0, burst

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self._let_go()

    def _run(self) -> None:
        owed, last = 0.0, time.monotonic()
        while not self._stop.wait(TICK_SECONDS):
            now = time.monotonic()
            # After a send that took long there is nothing to catch up with.
            owed, last = owed + self.rate * min(now - last, 3 * TICK_SECONDS), now
            if self.rate and owed >= 1:
                self.send(list(islice(self._plays, int(owed))))
                owed -= int(owed)
            elif not self.rate and (not self._burst or self.send(list(islice(self._plays, self._burst)))):
                self.idle, self._burst = not self.rate, 0

    def send(self, plays: Sequence[Play]) -> bool:
        """Send plays, and note which of them the broker acknowledged; whether that is all of them."""
        # Before they are sent: what is cut off half way may arrive.
        self._ledger.unsure([play.event_id for play in plays])
        try:
            producer = self._producer or self._connected()
            futures = [producer.send("song_stream", encode(play), play.listener.encode()) for play in plays]
            producer.flush(timeout=SEND_SECONDS)
        except kafka_errors.KafkaError:
            self._let_go()
            return False
        sure = [play.event_id for play, future in zip(plays, futures, strict=True) if future.succeeded()]
        self._ledger.sure(sure)
        if len(sure) < len(plays):
            self._let_go()
        return len(sure) == len(plays)

    def _connected(self) -> KafkaProducer:
        self._producer = KafkaProducer(
            bootstrap_servers=self._address,
            bootstrap_timeout_ms=2000,
            acks="all",
            enable_idempotence=True,
            max_block_ms=int(SEND_SECONDS * 1000),
            reconnect_backoff_max_ms=1000,
            metadata_max_age_ms=10_000,
        )
        return self._producer

    def _let_go(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            producer._sender.force_close()  # `close` waits for what cannot be sent
            try:
                producer.close(timeout=0)
            except kafka_errors.KafkaError:
                producer._sender.join(timeout=1)
