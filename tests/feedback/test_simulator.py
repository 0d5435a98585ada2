"""What simulated listeners say: seldom at random, always the same."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from moodstream.messages import Classification, Feedback, decode, derived_id, encode
from moodstream.moods import Mood
from tests.factories import NOON, make_classification, make_play, make_record, make_song
from user_feedback import CORRECTING, REACTING, liking, opinion, react


def plays(number: int, mood: Mood | None = Mood.HAPPY, listener: str = "anna") -> list[Classification]:
    return [
        make_classification(
            make_play(
                make_song(f"song-{n % 500}", artist=f"artist {n % 9}"),
                listener=listener,
                played_at=NOON + timedelta(seconds=n),
            ),
            mood=mood,
        )
        for n in range(number)
    ]


def opinions(said: list[Classification]) -> list[Feedback]:
    return [feedback for play in said if (feedback := opinion(play))]


def test_about_a_third_of_plays_get_a_reaction() -> None:
    assert len(opinions(plays(3000))) / 3000 == pytest.approx(REACTING, abs=0.03)


def test_the_same_plays_give_the_same_feedback() -> None:
    records = [make_record(play, "mood_classified") for play in plays(100)]
    assert react(records).publish == react(records).publish == opinions(plays(100))


def test_feedback_answers_its_play_and_follows_it_by_seconds() -> None:
    for play in plays(200):
        feedback = opinion(play)
        if feedback is None:
            continue
        assert feedback.event_id == derived_id(play.play_id, "feedback")
        assert (feedback.play_id, feedback.listener) == (play.play_id, play.listener)
        assert feedback.song_id == play.song.song_id
        assert timedelta(seconds=1) <= feedback.reacted_at - play.played_at <= timedelta(seconds=6)
        assert decode("user_feedback", encode(feedback)) == feedback


def test_all_reactions_occur_and_the_milder_ones_more_often() -> None:
    counts = Counter(feedback.reaction for who in "abcdefgh" for feedback in opinions(plays(600, listener=who)))
    assert counts["like"] > counts["replay"] > 0
    assert counts["skip"] > counts["dislike"] > counts["never"] > 0


def test_listeners_enjoy_what_is_to_their_taste() -> None:
    ranked = sorted(Mood, key=lambda mood: liking("anna", mood, ""))
    joys = []
    for mood in (ranked[0], ranked[-1]):
        said = opinions(plays(2000, mood))
        joys.append(sum(feedback.reaction in ("like", "replay") for feedback in said) / len(said))
    assert joys[0] < joys[1] - 0.1


def test_tastes_differ_between_listeners() -> None:
    favourites = {max(Mood, key=lambda mood: liking(f"listener-{n}", mood, "")) for n in range(50)}
    assert len(favourites) > 3


def test_corrections_are_seldom_and_never_what_was_heard() -> None:
    said = [feedback for who in "abcdefgh" for feedback in opinions(plays(600, Mood.SAD, listener=who))]
    corrections = [feedback for feedback in said if feedback.mood]
    assert len(corrections) / len(said) == pytest.approx(CORRECTING, abs=0.03)
    assert Mood.SAD not in {feedback.mood for feedback in corrections}


def test_a_listener_always_corrects_a_song_alike() -> None:
    by_song: dict[str, set[Mood | None]] = {}
    for feedback in opinions(plays(5000)):
        by_song.setdefault(feedback.song_id, set()).add(feedback.mood)
    assert all(len(moods) == 1 for moods in by_song.values())
    assert {Mood.HAPPY} not in by_song.values()


def test_a_play_without_a_mood_is_not_corrected() -> None:
    assert {feedback.mood for feedback in opinions(plays(1000, mood=None))} == {None}


def test_the_last_moment_that_a_message_can_have_is_survived() -> None:
    end = datetime(2199, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)
    late = [make_classification(make_play(listener=f"l{n}", played_at=end), classified_at=NOON) for n in range(50)]
    assert opinions(late)


@pytest.mark.parametrize(
    ("source", "reacts"), [("simulate", True), ("catalogue", True), ("folder", False), ("lastfm", False)]
)
def test_nobody_speaks_for_people_who_listen_themselves(source: str, reacts: bool) -> None:
    moments = (NOON + timedelta(seconds=n) for n in range(50))
    said = [make_classification(make_play(played_at=moment, source=source)) for moment in moments]
    assert bool(opinions(said)) is reacts
