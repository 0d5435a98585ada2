"""Kafka: publish, consume, dead letters, lag. The only part that imports the client.

The client settings are written down here, once, for what they prevent: `enable_auto_commit=False` and
`auto_offset_reset="earliest"`, so that no message is passed over; `acks="all"` and `enable_idempotence=True`,
so that none is lost or doubled by a resend; no deserializer, since one that raises leaves a 3.0 consumer
spinning for ever. Values are bytes here, and become messages in `Received`.
"""

from moodstream.bus.archive import Archive
from moodstream.bus.consumer import Consumer, Offsets, follow
from moodstream.bus.greeting import greet
from moodstream.bus.producer import Producer
from moodstream.bus.topics import committed, ensure_topics

__all__ = ["Archive", "Consumer", "Offsets", "Producer", "committed", "ensure_topics", "follow", "greet"]
