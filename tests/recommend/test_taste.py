"""Events -> taste: what is liked, what is out, and the mood of the moment."""

import numpy as np
import pytest

from moodstream.moods import Mood
from moodstream.recommend.library import Library
from moodstream.recommend.listener import MOODS, Listener
from moodstream.recommend.taste import HALF_LIFE_DAYS, taste
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


def test_a_stranger_has_no_taste(world: World) -> None:
    stranger = world.taste
    assert stranger.mood is None
    assert not stranger.songs.any()
    assert not stranger.artists.any()
    assert not stranger.out.any()
    assert len(stranger.liked) == len(stranger.recent) == 0


def test_nothing_at_all_is_no_taste() -> None:
    assert taste(Listener(), Library()).mood is None


def test_a_like_speaks_for_the_song_and_its_artist(world: World) -> None:
    world.like("a")
    found = world.taste
    assert found.songs[world.slot("a")] > 0.5
    assert found.songs[world.slot("b")] == 0
    assert found.artists[world.slot("b")] == found.artists[world.slot("a")] > 0
    assert found.artists[world.slot("c")] == 0
    assert found.liked.tolist() == [world.slot("a")]


@pytest.mark.parametrize(
    ("stronger", "weaker"), [("like", "replay"), ("replay", None), (None, "skip"), ("skip", "dislike")]
)
def test_reactions_are_worth_less_from_like_to_dislike(world: World, stronger: str | None, weaker: str | None) -> None:
    for song, reaction in (("a", stronger), ("c", weaker)):
        if reaction:
            world.react(reaction, song)  # type: ignore[arg-type]
    assert world.taste.songs[world.slot("a")] > world.taste.songs[world.slot("c")]


def test_what_was_said_counts_half_after_a_half_life(world: World) -> None:
    world.like("a")
    world.wait(HALF_LIFE_DAYS)
    world.like("c")
    old, new = (float(np.arctanh(world.taste.songs[world.slot(name)])) for name in ("a", "c"))
    assert old == pytest.approx(new / 2, rel=0.001)


def test_what_was_disliked_is_out_however_long_ago(world: World) -> None:
    world.react("dislike", "a")
    world.wait(1000)
    world.play(*["c"] * 600)
    assert world.taste.out.tolist() == [True, False, False, False, False]


def test_a_like_after_a_dislike_brings_a_song_back(world: World) -> None:
    world.react("dislike", "a")
    world.like("a")
    assert not world.taste.out.any()
    world.react("dislike", "a")
    assert world.taste.out[world.slot("a")]
    assert len(world.taste.liked) == 0


def test_a_skip_does_not_put_a_song_out(world: World) -> None:
    world.react("skip", "a", "a", "a")
    assert not world.taste.out.any()


def test_the_present_mood_is_that_of_the_last_plays(world: World) -> None:
    world.play(*["a", "b", "c"] * 5)
    assert world.taste.mood is Mood.HAPPY
    world.play(*["calm-1", "calm-2"] * 3)
    assert world.taste.mood is Mood.CALM


def test_one_odd_play_does_not_change_the_mood(world: World) -> None:
    world.play(*["a", "b", "c"] * 5, "calm-1")
    assert world.taste.mood is Mood.HAPPY


def test_a_play_that_was_skipped_hardly_counts_for_the_mood(world: World) -> None:
    world.play("a", "calm-1")
    world.play("calm-2")
    assert world.taste.mood is Mood.CALM
    world.react("skip", "calm-1", "calm-2")
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
    assert not world.taste.moods.any()


def test_songs_that_are_not_in_the_library_do_no_harm(world: World) -> None:
    world.like("elsewhere")
    world.react("dislike", "elsewhere too")
    world.react(None, "elsewhere", mood=Mood.SAD)
    world.play("elsewhere", mood=Mood.CALM)
    assert world.taste.mood is Mood.CALM
    assert not world.taste.songs.any()
    assert not world.taste.out.any()
    assert len(world.taste.recent) == 0


def test_recent_songs_are_listed_once_newest_first(world: World) -> None:
    world.play("a", "b", "a", "c", "c")
    assert world.taste.recent.tolist() == [world.slot(name) for name in ("c", "a", "b")]


def test_moods_are_liked_as_their_songs_are(world: World) -> None:
    world.like("calm-1", "calm-2")
    world.react("skip", "a", "b")
    moods = dict(zip(MOODS, world.taste.moods, strict=True))
    assert moods[Mood.CALM] > 0 > moods[Mood.HAPPY]
    assert moods[Mood.SAD] == 0
