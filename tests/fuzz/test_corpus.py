"""The corpus is what it says that it is, and the accounts notice what is wrong with them."""

from uuid import uuid4

from moodstream.messages import TOPICS
from tests.fuzz.accounts import Sent, Stored, read, unaccounted
from tests.fuzz.corpus import WEIGHTS, Fate, records

SENT = [Sent(record, (record.topic, 0, offset)) for offset, record in enumerate(records(1, 3000))]


def stored(sent: list[Sent]) -> Stored:
    """What the database should have."""
    found = Stored({topic: set() for topic in TOPICS}, {})
    for record, place in sent:
        if message := read(record):
            found.ids[record.topic].add(message.event_id)
        else:
            found.letters[place] = [(record.key, record.value)]
    return found


def test_a_seed_always_gives_the_same_records_and_another_gives_others() -> None:
    assert records(1, 300) == [sent.record for sent in SENT[:300]]
    ids = [{record.event_id for record in records(seed, 300)} - {None} for seed in (1, 2)]
    assert not ids[0] & ids[1]


def test_every_family_and_every_topic_is_in_the_corpus() -> None:
    assert {sent.record.kind.partition(":")[0] for sent in SENT} == WEIGHTS.keys()
    assert {sent.record.topic for sent in SENT} == {*TOPICS, "dead_letters"}


def test_what_is_odd_is_a_message_and_what_is_to_be_refused_is_none() -> None:
    for record, _ in SENT:
        message = read(record)
        if record.fate is Fate.STORED:
            assert (record.kind, message and message.event_id) == (record.kind, record.event_id)
        elif record.fate is Fate.REFUSED:
            assert (record.kind, message) == (record.kind, None)


def test_accounts_that_are_right_are_found_to_be() -> None:
    assert list(unaccounted(SENT, stored(SENT))) == []


def first(fate: Fate) -> Sent:
    return next(sent for sent in SENT if sent.record.fate is fate and sent.record.kind != "again")


def test_a_row_that_is_missing_or_a_dead_letter_as_well_is_noticed() -> None:
    sent = first(Fate.STORED)
    found = stored(SENT)
    found.letters[sent.place] = [(sent.record.key, sent.record.value)]
    assert len(list(unaccounted(SENT, found))) == 1
    found = stored(SENT)
    found.ids[sent.record.topic].remove(sent.record.event_id or uuid4())
    assert list(unaccounted([sent], found)) == [f"{sent.record.kind} at {sent.place}: no row, letters []"]


def test_a_dead_letter_that_is_missing_twice_there_or_changed_is_noticed() -> None:
    record, place = first(Fate.REFUSED)
    right = (record.key, record.value)
    for wrong in ([], [right, right], [(record.key, b"other")], [(b"other", record.value)]):
        found = stored(SENT)
        found.letters[place] = wrong
        assert len(list(unaccounted(SENT, found))) == 1
