"""Why a song is recommended: the words are true, and short whatever the titles are."""

import pytest

from moodstream.moods import Mood
from tests.recommend.worlds import World

BRIGHT = {"valence": 0.95, "energy": 0.95, "danceability": 0.95, "acousticness": 0.05, "tempo": 180.0}
GENTLE = {"valence": 0.1, "energy": 0.1, "danceability": 0.1, "acousticness": 0.95, "tempo": 60.0}


def reasons(world: World, asked: Mood | None = None) -> dict[str, str]:
    return {track.song_id: track.reason for track in world.suggest(mood=asked)}


@pytest.fixture
def world() -> World:
    """A liked song, one by the same artist, one that sounds the same, and one that has nothing of either."""
    made = World()
    made.song("Waterloo", Mood.HAPPY, artist="Abba", **BRIGHT)
    made.song("Fernando", Mood.HAPPY, artist="Abba", **GENTLE)
    made.song("alike", Mood.HAPPY, artist="Alike", **BRIGHT)
    made.song("other", Mood.HAPPY, artist="Other", **GENTLE)
    made.like("Waterloo")
    return made


def test_reasons_name_what_the_listener_likes(world: World) -> None:
    said = reasons(world)
    assert said["Waterloo"] == "you like it"
    assert said["Fernando"] == "because you like Waterloo by Abba"
    assert said["alike"] == "new to you, close to Waterloo by Abba"
    assert said["other"] == "new to you"


def test_what_was_replayed_is_not_called_liked() -> None:
    world = World()
    world.song("Waterloo", artist="Abba", **BRIGHT)
    world.song("Fernando", artist="Abba", **GENTLE)
    world.song("between")
    world.react("replay", "Waterloo")
    said = reasons(world)
    assert said["Waterloo"] == "you replayed it"
    assert said["Fernando"] == "because you replayed Waterloo by Abba"


def test_an_artist_who_was_mostly_unwelcome_is_no_reason() -> None:
    world = World()
    for name in ("Waterloo", "Fernando", "Ring", "SOS"):
        world.song(name, artist="Abba", **(BRIGHT if name == "Waterloo" else GENTLE))
    world.songs(5)
    world.like("Waterloo")
    world.react("dislike", "Ring", "SOS")
    assert reasons(world)["Fernando"] == "new to you"


def test_a_song_that_was_played_is_not_called_new(world: World) -> None:
    world.play("alike", "other", mood=None)
    world.songs(80, None, prefix="unknown")
    world.play(*[f"unknown-{number}" for number in range(40)])
    world.react("dislike", *[f"unknown-{number}" for number in range(80)])
    said = reasons(world)
    assert said["alike"] == "close to Waterloo by Abba"
    assert said["other"] == "you have played it before"


def test_a_shared_mood_is_the_reason_where_nothing_else_is() -> None:
    world = World()
    world.songs(5, Mood.CALM)
    world.play("song-0")
    assert set(reasons(world).values()) == {"as calm as what you have been playing"}


def test_who_asked_for_a_mood_is_told_so(world: World) -> None:
    world.song("rain", Mood.SAD, artist="Cloud", **GENTLE)
    assert reasons(world, Mood.SAD) == {"rain": "sad, as you asked"}


def test_another_mood_is_not_called_the_same() -> None:
    world = World()
    world.song("present", Mood.CALM)
    world.song("absent", Mood.DARK, plays=50)
    world.play("present")
    assert reasons(world)["absent"] == "new to you, and among the most played here"


def test_a_dislike_or_a_skip_is_never_given_as_a_liking() -> None:
    world = World()
    world.song("Waterloo", artist="Abba", **BRIGHT)
    world.song("Fernando", artist="Abba", **BRIGHT)
    world.song("Ring", artist="Abba", **BRIGHT)
    world.react("dislike", "Waterloo")
    world.react("skip", "Fernando")
    world.react("never", "Ring")
    assert reasons(world) == {"Fernando": "new to you"}


def test_reasons_stay_short_whatever_the_titles_are() -> None:
    world = World()
    world.song("x" * 128, artist="y" * 500, **BRIGHT)
    world.song("same artist", artist="y" * 500, **GENTLE)
    world.song("same sound", **BRIGHT)
    world.song("between", **GENTLE)
    world.like("x" * 128)
    said = reasons(world)
    assert said["same artist"].startswith("because you like xxx")
    assert said["same sound"].startswith("new to you, close to xxx")
    assert max(map(len, said.values())) < 200
