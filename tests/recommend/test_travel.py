"""Journeys of a listener: what they like is taken gladly, what they turned down is not taken."""

import pytest

from moodstream.errors import DataError
from moodstream.moods import Mood
from moodstream.recommend.candidates import Wish
from moodstream.recommend.listener import Listener
from moodstream.recommend.travel import bonus, travel
from tests.recommend.worlds import World


@pytest.fixture
def world() -> World:
    world = World()
    for number in range(40):
        share = number / 39
        world.song(
            f"song-{number}",
            artist=f"artist-{number % 8}",
            valence=0.2 + 0.6 * share,
            energy=0.25 + 0.35 * share,
            tempo=100.0 + number % 3,
        )
    return world


def test_a_strangers_songs_are_all_alike(world: World) -> None:
    assert bonus(world.taste, world.library) is None


def test_what_was_said_of_a_song_counts_for_it_and_less_for_others_of_its_artist(world: World) -> None:
    world.like("song-0")
    world.react("skip", "song-1")
    found = bonus(world.taste, world.library)
    assert found is not None
    liked, same, skipped, same_as_skipped, other = (found[world.slot(f"song-{number}")] for number in (0, 8, 1, 9, 2))
    assert 1 >= liked > same > other == 0 > same_as_skipped > skipped >= -1


def test_it_starts_at_the_present_mood(world: World) -> None:
    world.play("elsewhere", mood=Mood.SAD)
    told = travel(world.listener, world.library, None, Mood.HAPPY, number=6, wish=Wish())
    assert told.start == Mood.SAD
    assert told.journey.notes == ()


def test_without_a_mood_to_start_from_it_asks_for_one(world: World) -> None:
    with pytest.raises(DataError, match="say `from`"):
        travel(Listener(), world.library, None, Mood.HAPPY, number=6, wish=Wish())


@pytest.mark.parametrize("reaction", ["dislike", "never"])
def test_what_was_turned_down_is_in_no_journey(world: World, reaction: str) -> None:
    names = [f"song-{number}" for number in range(0, 40, 2)]
    world.react(reaction, *names)  # type: ignore[arg-type]
    told = travel(world.listener, world.library, Mood.SAD, Mood.HAPPY, number=10, wish=Wish())
    assert len(told.journey.slots) == 10
    assert not {*told.journey.slots.tolist()} & {world.slot(name) for name in names}
