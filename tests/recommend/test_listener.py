"""What is remembered of a listener: each event once, in whatever order and however often they come."""

import random
from datetime import timedelta
from uuid import UUID

from moodstream.messages import Reaction
from moodstream.moods import Mood
from moodstream.recommend.listener import PLAYS, REACTIONS, Event, Listener, event
from tests.factories import NOON, make_classification, make_feedback, make_play, make_song


def played(number: int) -> Event:
    play = make_play(make_song(f"song-{number % 7}"), played_at=NOON + timedelta(seconds=number))
    return event(make_classification(play))


def reacted(number: int, reaction: Reaction = "like") -> Event:
    return event(
        make_feedback(song_id=f"song-{number % 7}", reacted_at=NOON + timedelta(seconds=number), reaction=reaction)
    )


def test_folding_an_event_twice_changes_nothing() -> None:
    listener = Listener()
    assert len(listener.fold([played(1), reacted(2)])) == 2
    before = listener.picture
    assert len(listener.fold([played(1), reacted(2), reacted(2)])) == 0
    assert listener.picture == before


def test_an_event_that_comes_twice_at_once_counts_once() -> None:
    assert len(Listener().fold([played(1), played(1)])) == 1


def test_the_order_in_which_events_come_does_not_matter() -> None:
    events = [played(n // 3) for n in range(60)] + [reacted(n) for n in range(30)]
    pictures, arrays = set(), []
    for seed in range(5):
        random.Random(seed).shuffle(events)
        listener = Listener()
        for start in range(0, len(events), 7):
            listener.fold(events[start : start + 7])
        pictures.add(listener.picture)
        arrays.append((listener.plays.tolist(), listener.reactions.tolist()))
    assert len(pictures) == 1
    assert all(array == arrays[0] for array in arrays)


def test_only_the_newest_events_are_remembered() -> None:
    events = [played(n) for n in range(PLAYS + 100)]
    random.Random(1).shuffle(events)
    listener = Listener()
    listener.fold(events)
    assert [at for _, at, *_ in listener.plays.tolist()] == [played(n).at for n in range(100, PLAYS + 100)]
    assert len(listener.fold([played(3)])) == 0


def test_plays_do_not_push_reactions_out() -> None:
    listener = Listener()
    listener.fold([reacted(0, "dislike")])
    listener.fold(played(n) for n in range(2 * PLAYS))
    assert len(listener.reactions) == 1
    assert REACTIONS > PLAYS


def test_a_reaction_that_comes_late_changes_the_picture() -> None:
    listener = Listener()
    listener.fold([played(10), reacted(12)])
    before = listener.picture
    assert len(listener.fold([reacted(5, "dislike")])) == 1
    assert listener.picture != before


def test_a_picture_sorts_with_its_newest_event() -> None:
    listener = Listener()
    listener.fold([played(10), reacted(12)])
    assert listener.picture.int >> 80 == UUID(bytes=reacted(12).event_id).int >> 80
    listener.fold([played(14)])
    assert listener.picture.int >> 80 == UUID(bytes=played(14).event_id).int >> 80


def test_nothing_known_is_the_nil_picture() -> None:
    assert Listener().picture == UUID(int=0)
    assert len(Listener().fold([])) == 0


def test_an_id_that_ends_in_zeros_is_kept_whole() -> None:
    listener = Listener()
    listener.fold([played(1)._replace(event_id=bytes(range(1, 9)) + bytes(8))])
    assert listener.picture.int >> 80 == int.from_bytes(bytes(range(1, 7)), "big")


def test_events_say_what_the_messages_say() -> None:
    assert played(3)[2:] == ("song-3", "play", Mood.HAPPY)
    assert event(make_classification(mood=None)).mood is None
    assert event(make_feedback(reaction="skip", mood=Mood.SAD))[3:] == ("skip", Mood.SAD)
    assert event(make_feedback(reaction=None, mood=Mood.SAD))[3:] == ("correction", Mood.SAD)


def test_a_mood_that_is_not_known_any_more_counts_as_none() -> None:
    listener = Listener()
    listener.fold([played(1)._replace(mood="Groovy")])
    assert listener.plays["mood"].tolist() == [-1]
