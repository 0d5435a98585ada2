"""What clients of others send, as theirs may and ours does not."""

import pytest
from kafka import KafkaProducer

from moodstream.bus import Consumer, ensure_topics
from moodstream.messages import encode
from moodstream.settings import Settings
from tests.factories import make_play, make_song
from tests.integration.system import until

RUN = b"x" * 400
RAW, RUN_LENGTH = 0, 1


def zstd(content: bytes) -> bytes:
    """A Zstandard frame (RFC 8878) that says a run in few bytes, and the rest as it is: no library is installed."""
    before, _, after = content.partition(RUN)
    blocks = _block(RAW, before, len(before)) + _block(RUN_LENGTH, b"x", len(RUN)) + _block(RAW, after, len(after), 1)
    return b"\x28\xb5\x2f\xfd\xa0" + len(content).to_bytes(4, "little") + blocks


def _block(kind: int, content: bytes, size: int, last: int = 0) -> bytes:
    return (size << 3 | kind << 1 | last).to_bytes(3, "little") + content


def test_what_a_stranger_has_compressed_is_read(kafka_settings: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(_env_file=None, kafka_bootstrap_servers=kafka_settings)
    ensure_topics(settings)
    value = encode(make_play(make_song(title=RUN.decode())))
    with monkeypatch.context() as stranger:
        stranger.setattr("kafka.codec.has_zstd", lambda: True)
        stranger.setattr("kafka.producer.kafka.KafkaProducer._COMPRESSORS", {"zstd": (lambda: True, 4)})
        stranger.setattr("kafka.record.default_records.zstd_encode", zstd)
        producer = KafkaProducer(bootstrap_servers=kafka_settings, compression_type="zstd")
        producer.send("song_stream", value, b"anna").get(10)
        producer.close()
    with Consumer(settings, "reader", ["song_stream"]) as consumer:
        [record] = until(lambda: consumer.poll(0.5), what="the record")
    assert record.value == value
