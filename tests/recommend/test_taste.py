"""Events -> taste: what was praised, what is out, the evidence, and the mood of the moment."""

import numpy as np
import pytest

from moodstream.moods import Mood
from moodstream.recommend.evidence import HALF_LIFE_DAYS, HALF_LIFE_EVENTS, MOST, NOISE, WELCOME
from moodstream.recommend.library import Library
from moodstream.recommend.listener import KINDS, MOODS, Listener
from moodstream.recommend.taste import taste
from tests.recommend.worlds import World


@pytest.fixture
def world() -> World:
    """Three happy songs, of which two share an artist, and two calm ones."""
    made = World()
    made.song("a", artist="Abba")
    made.song("b", artist="Abba")
    made.song("c")
    made.song("calm-1", Mood.CALM)
    made.song("calm-2", Mood.CALM)
    return made


def slots(world: World, *names: str) -> list[int]:
    return [world.slot(name) for name in names]


def test_a_stranger_has_no_taste(world: World) -> None:
    stranger = world.taste
    assert stranger.mood is None
    assert len(stranger.out) == len(stranger.praised) == len(stranger.recent) == len(stranger.evidence.slots) == 0


def test_nothing_at_all_is_no_taste() -> None:
    assert taste(Listener(), Library()).mood is None


def test_what_was_liked_or_replayed_is_praised_the_last_said_first(world: World) -> None:
    world.like("a")
    world.react("replay", "c")
    world.like("b")
    world.react("skip", "calm-1")
    assert list(world.taste.praised.items()) == list(
        zip(slots(world, "b", "c", "a"), ["like", "replay", "like"], strict=True)
    )


def test_reactions_are_worth_less_from_like_to_dislike() -> None:
    assert WELCOME["like"] >= WELCOME["replay"] > WELCOME["play"] > 0 > WELCOME["skip"] > WELCOME["dislike"]
    assert WELCOME["dislike"] >= WELCOME["never"]
    assert set(WELCOME) == set(NOISE) == set(KINDS)


def test_what_was_said_weighs_half_after_a_half_life(world: World) -> None:
    world.like("a")
    world.wait(HALF_LIFE_DAYS)
    world.like("c")
    old, new = world.taste.evidence.noise
    assert (old, new) == (pytest.approx(2 * NOISE["like"], rel=0.001), NOISE["like"])


def test_what_was_said_weighs_half_after_many_others(world: World) -> None:
    world.like("a")
    world.react("skip", *["c"] * int(HALF_LIFE_EVENTS))
    assert world.taste.evidence.noise[0] == pytest.approx(2 * NOISE["like"], rel=0.001)


def test_only_the_newest_evidence_is_used(world: World) -> None:
    world.like("a")
    world.react("skip", *["c"] * MOST)
    assert world.taste.evidence.slots.tolist() == [world.slot("c")] * MOST


def test_a_reaction_replaces_the_play_that_it_answers(world: World) -> None:
    world.play("a", "c")
    world.react("skip", "a")
    found = world.taste.evidence
    assert found.slots.tolist() == slots(world, "c", "a")
    assert found.welcome.tolist() == [WELCOME["play"], WELCOME["skip"]]
    world.wait(1)
    world.play("a")
    assert world.taste.evidence.slots.tolist() == slots(world, "c", "a", "a")


def test_a_correction_says_nothing_of_how_welcome_a_song_was(world: World) -> None:
    world.play("a")
    world.react(None, "a", mood=Mood.SAD)
    assert world.taste.evidence.welcome.tolist() == [WELCOME["play"]]


def test_evidence_knows_its_time_of_day(world: World) -> None:
    world.like("a")  # a minute past noon
    world.wait(0.25)
    world.like("c")
    found = world.taste.evidence
    assert np.degrees(found.hours) == pytest.approx([180.25, 270.5], abs=0.01)
    assert found.hour == found.hours[-1]


@pytest.mark.parametrize("verdict", ["dislike", "never"])
def test_what_was_refused_is_out_however_long_ago(world: World, verdict: str) -> None:
    world.react(verdict, "a")  # type: ignore[arg-type]
    world.wait(1000)
    world.play(*["c"] * 600)
    assert world.taste.out.tolist() == [world.slot("a")]


@pytest.mark.parametrize("verdict", ["dislike", "never"])
def test_a_like_brings_back_what_was_refused_and_nothing_else_does(world: World, verdict: str) -> None:
    world.react(verdict, "a")  # type: ignore[arg-type]
    world.react("replay", "a")
    world.play("a")
    assert world.taste.out.tolist() == [world.slot("a")]
    assert not world.taste.praised
    world.like("a")
    assert not len(world.taste.out)
    world.react(verdict, "a")  # type: ignore[arg-type]
    assert world.taste.out.tolist() == [world.slot("a")]
    assert not world.taste.praised


def test_a_skip_does_not_put_a_song_out(world: World) -> None:
    world.react("skip", "a", "a", "a")
    assert not len(world.taste.out)


def test_the_present_mood_is_that_of_the_last_plays(world: World) -> None:
    world.play(*["a", "b", "c"] * 5)
    assert world.taste.mood is Mood.HAPPY
    world.play(*["calm-1", "calm-2"] * 3)
    assert world.taste.mood is Mood.CALM


def test_one_odd_play_does_not_change_the_mood(world: World) -> None:
    world.play(*["a", "b", "c"] * 5, "calm-1")
    assert world.taste.mood is Mood.HAPPY


@pytest.mark.parametrize("verdict", ["skip", "dislike", "never"])
def test_a_play_that_was_turned_down_hardly_counts_for_the_mood(world: World, verdict: str) -> None:
    world.play("a", "calm-1")
    world.play("calm-2")
    assert world.taste.mood is Mood.CALM
    world.react(verdict, "calm-1", "calm-2")  # type: ignore[arg-type]
    assert world.taste.mood is Mood.HAPPY


def test_a_correction_changes_the_song_and_the_mood_for_this_listener_alone(world: World) -> None:
    world.play("a", "b", "c")
    world.react(None, "a", "b", "c", mood=Mood.DARK)
    world.react(None, "c", mood=Mood.SAD)
    corrected = world.taste
    assert corrected.mood is Mood.DARK
    assert [MOODS[mood] for mood in corrected.moods_of] == [Mood.DARK, Mood.DARK, Mood.SAD, Mood.CALM, Mood.CALM]
    assert [MOODS[mood] for mood in world.library.moods[:3]] == [Mood.HAPPY] * 3


def test_plays_without_a_mood_say_nothing_of_it() -> None:
    world = World()
    world.song("nameless", None)
    world.play("nameless")
    assert world.taste.mood is None


def test_songs_that_are_not_in_the_library_do_no_harm(world: World) -> None:
    world.like("elsewhere")
    world.react("never", "elsewhere too")
    world.react(None, "elsewhere", mood=Mood.SAD)
    world.play("elsewhere", "nowhere", mood=Mood.CALM)
    found = world.taste
    assert found.mood in (Mood.CALM, Mood.SAD)
    assert len(found.out) == len(found.recent) == len(found.praised) == len(found.evidence.slots) == 0


def test_recent_songs_are_listed_once_newest_first(world: World) -> None:
    world.play("a", "b", "a", "c", "c")
    assert world.taste.recent.tolist() == slots(world, "c", "a", "b")
