"""What a message may say, and what is refused with a reason."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from kafka.consumer.fetcher import ConsumerRecord

from moodstream.errors import DataError
from moodstream.messages import (
    DEAD_LETTERS,
    TOPICS,
    Classification,
    Feedback,
    Play,
    decode,
    derived_id,
    encode,
    play_id,
)
from moodstream.moods import Mood
from moodstream.records import LATEST_MS, Rejected, buried, received
from tests.factories import NOON, make_classification, make_feedback, make_play, make_record, make_song


def altered(**changes: Any) -> bytes:
    """A valid play as JSON, with fields changed; a dotted name reaches into the song."""
    play = json.loads(encode(make_play()))
    for path, value in changes.items():
        *parents, name = path.split("__")
        place = play
        for parent in parents:
            place = place[parent]
        place[name] = value
    return json.dumps(play).encode()


@pytest.mark.parametrize(
    "message", [make_play(), make_classification(), make_classification(mood=None), make_feedback()]
)
def test_what_is_encoded_decodes_to_the_same(message: Any) -> None:
    topic = next(topic for topic, kind in TOPICS.items() if isinstance(message, kind))
    assert decode(topic, encode(message)) == message


@pytest.mark.parametrize(
    "title", ["😀 𝄞", "'; DROP TABLE songs; --", "<script>alert(1)</script>", '"\\\n\t', "\0", "​עברית"]
)
def test_titles_come_through_byte_for_byte(title: str) -> None:
    play = make_play(make_song(title=title))
    assert decode("song_stream", encode(play)).song.title == title


@pytest.mark.parametrize(
    "value",
    [
        b"",
        None,
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe",
        b'{"schema":1}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        altered(schema=2),
        altered(event_id="not an id"),
        altered(listener=""),
        altered(listener=" padded"),
        altered(listener="padded\n"),
        altered(listener="x" * 129),
        altered(played_at="2026-01-01T00:00:00"),
        altered(played_at="9999-12-31T23:59:59-14:00"),
        altered(played_at="0001-01-01T00:00:00+14:00"),
        altered(source="folder "),
        altered(song__title="x" * 501),
        altered(song__modelled=["tempo"] * 65),
        altered(song__duration_ms=2**63),
        altered(song__features__valence=1.01),
        altered(song__features__valence=float("nan")),
        altered(song__features__energy=float("inf")),
        altered(song__features__tempo=0),
        altered(song__features__tempo="120"),
        altered(song__features__key=12),
        altered(song__features__loudness=0.1),
        altered(song__features__mode=2),
        altered(song__origin=None),
        altered(song__title="X").replace(b'"X"', b'"\\ud800"'),
        altered(song__features__valence=1).replace(b'"valence": 1', b'"valence": 1e999'),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_is_no_valid_message_is_refused_with_a_reason(value: bytes | None) -> None:
    with pytest.raises(DataError, match=r"\w+"):
        decode("song_stream", value)


def test_an_unknown_mood_is_refused() -> None:
    with pytest.raises(DataError, match="mood"):
        decode("mood_classified", encode(make_classification()).replace(b'"Happy"', b'"Groovy"'))


def test_times_are_brought_to_utc() -> None:
    noon_in_delhi = datetime(2026, 11, 21, 12, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert make_play(played_at=noon_in_delhi).played_at == datetime(2026, 11, 21, 6, 30, tzinfo=UTC)


def test_the_same_play_has_the_same_id_and_another_has_another() -> None:
    one = play_id("folder", "anna", "song", NOON)
    assert one == play_id("folder", "anna", "song", NOON)
    others = {
        play_id("folder", "ben", "song", NOON),
        play_id("folder", "anna", "song", NOON + timedelta(microseconds=1)),
    }
    assert one not in others


def test_ids_are_uuids_of_their_version_that_sort_by_time() -> None:
    ids = [play_id("s", "l", "x", NOON + timedelta(seconds=second)) for second in range(50)]
    assert ids == sorted(ids)
    assert {id.version for id in ids} == {7}
    derived = [derived_id(id, "mood") for id in ids]
    assert derived == sorted(derived)
    assert {id.version for id in derived} == {8}
    assert len({*ids, *derived, *(derived_id(id, "playlist") for id in ids)}) == 150


def test_a_classification_has_a_mood_or_a_reason_but_never_both_or_neither() -> None:
    for verdict in ({"mood": Mood.SAD, "reason": "why"}, {"mood": None, "reason": None}):
        with pytest.raises(ValueError, match="either a mood or the reason"):
            make_classification(**verdict)


def test_feedback_says_something() -> None:
    with pytest.raises(ValueError, match="reaction, a mood, or both"):
        make_feedback(reaction=None)


def test_topics_name_their_message() -> None:
    assert TOPICS["song_stream"] is Play
    assert TOPICS["mood_classified"] is Classification
    assert TOPICS["user_feedback"] is Feedback


def test_the_same_record_always_makes_the_same_dead_letter() -> None:
    assert make_record(b"bad").letter_id == make_record(b"bad").letter_id
    assert make_record(b"bad").letter_id != make_record(b"bad", offset=1).letter_id
    assert make_record(None).letter_id != make_record(b"bad").letter_id


@pytest.mark.parametrize("timestamp_ms", [-1, -62_135_596_800_001, -(2**62), 2**62])
def test_a_record_of_any_time_and_any_headers_can_be_refused(timestamp_ms: int) -> None:
    record = ConsumerRecord("t", 0, -1, 1, timestamp_ms, 0, b"k", b"v", [("h", None)], None, 1, 1, 1)
    headers = dict(Rejected(received(record), "odd").headers("test"))
    assert datetime.fromisoformat(headers["timestamp"].decode()).year in (1970, 9999)
    assert received(record).headers == [("h", b"")]


@pytest.mark.parametrize("timestamp_ms", [0, 1, 1_795_000_000_123, LATEST_MS])
def test_a_dead_letter_tells_the_record_that_it_was_made_of(timestamp_ms: int) -> None:
    record = make_record(b"bad", offset=7, timestamp_ms=timestamp_ms)
    letter = make_record(b"bad", DEAD_LETTERS, headers=Rejected(record, "odd").headers("test"))
    assert buried(letter) == (Rejected(record, "odd"), "test")


@pytest.mark.parametrize(
    "forged",
    [{"topic": b"other"}, {"partition": b"9" * 11}, {"offset": b"9" * 30}, {"timestamp": b"yesterday"}, {"id": b"1"}],
    ids=str,
)
def test_a_dead_letter_that_is_not_what_it_says_is_a_record_of_its_own(forged: dict[str, bytes]) -> None:
    said = dict(Rejected(make_record(b"bad"), "odd").headers("test")) | forged
    letter = make_record(b"bad", DEAD_LETTERS, headers=list(said.items()))
    rejected, service = buried(letter)
    assert (rejected.record, service) == (letter, "unknown")
    assert rejected.reason.startswith("written by somebody else: ")
