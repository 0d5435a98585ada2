"""Taste + library -> tracks: what is in, what is out, in which order."""

import itertools
import random

import pytest

from moodstream.messages import Playlist, Track, encode, play_id
from moodstream.messages import decode as decode_message
from moodstream.moods import Mood
from moodstream.recommend.library import Library
from moodstream.recommend.listener import Listener
from moodstream.recommend.ranking import ENOUGH, LENGTH, RESTING, nearness, rank
from moodstream.recommend.taste import taste
from tests.factories import NOON
from tests.recommend.worlds import World


def ranked(world: World, **more: Mood | None) -> list[Track]:
    return rank(world.taste, world.library, **more)  # type: ignore[arg-type]


def names(tracks: list[Track]) -> list[str]:
    return [track.song_id for track in tracks]


def test_an_empty_library_has_nothing_to_recommend() -> None:
    assert rank(taste(Listener(), Library()), Library()) == []


def test_a_stranger_gets_what_is_played_most() -> None:
    world = World()
    for number in range(40):
        world.song(f"song-{number}", plays=number)
    assert names(ranked(world)) == [f"song-{number}" for number in range(39, 39 - LENGTH, -1)]


def test_the_only_song_there_is_may_come_again() -> None:
    world = World()
    world.song("only")
    world.play("only")
    assert names(ranked(world)) == ["only"]


def test_what_was_disliked_never_comes_again() -> None:
    world = World()
    world.songs(3)
    world.react("dislike", "song-1")
    assert sorted(names(ranked(world))) == ["song-0", "song-2"]
    world.react("dislike", "song-0", "song-2")
    assert ranked(world) == []


def test_songs_of_the_present_mood_come_before_others() -> None:
    world = World()
    for mood in Mood:
        world.songs(30, mood, prefix=mood)
    world.play(*[f"Calm-{number}" for number in range(5)])
    assert {track.mood for track in ranked(world)} == {Mood.CALM}


def test_other_moods_fill_up_where_there_are_too_few_songs() -> None:
    world = World()
    world.songs(5, Mood.CALM, prefix="calm")
    world.songs(30, Mood.DARK, prefix="dark")
    world.play("calm-0")
    tracks = ranked(world)
    assert len(tracks) == LENGTH
    assert [track.mood for track in tracks[:4]] == [Mood.CALM] * 4


def test_who_asks_for_a_mood_gets_no_other() -> None:
    world = World()
    world.songs(30)
    world.songs(5, Mood.CALM, prefix="calm")
    world.play("song-1", "song-2")
    assert sorted(names(ranked(world, asked=Mood.CALM))) == [f"calm-{number}" for number in range(5)]
    assert ranked(world, asked=Mood.DARK) == []


def test_a_correction_counts_where_a_mood_is_asked_for() -> None:
    world = World()
    world.songs(3)
    world.react(None, "song-2", mood=Mood.SAD)
    tracks = ranked(world, asked=Mood.SAD)
    assert [(track.song_id, track.mood) for track in tracks] == [("song-2", Mood.SAD)]


def test_what_was_just_played_rests() -> None:
    world = World()
    world.songs(4 * RESTING)
    recent = [f"song-{number}" for number in range(RESTING)]
    world.like(*recent)
    world.play(*recent)
    assert not set(names(ranked(world))) & set(recent)


def test_in_a_small_library_at_most_a_quarter_rests() -> None:
    world = World()
    world.songs(40)
    world.play(*[f"song-{number}" for number in range(40)])
    assert not set(names(ranked(world))) & {f"song-{number}" for number in range(30, 40)}
    assert len(ranked(world)) == LENGTH


def test_a_shorter_playlist_that_fits_is_better_than_one_filled_with_other_moods() -> None:
    world = World()
    world.songs(ENOUGH + 3, Mood.CALM, prefix="calm")
    world.songs(50, Mood.DARK, prefix="dark")
    world.play("calm-0", "calm-1", "calm-2")
    tracks = ranked(world)
    assert {track.mood for track in tracks} == {Mood.CALM}
    assert len(tracks) == ENOUGH


def test_no_artist_follows_on_itself_and_all_that_fits_is_played() -> None:
    world = World()
    for number in range(6):
        world.song(f"a-{number}", artist="Abba", plays=100)
    for number in range(5):
        world.song(f"q-{number}", artist="Queen")
    tracks = ranked(world)
    assert len(tracks) == 11
    assert all(one.artist != other.artist for one, other in itertools.pairwise(tracks))


def test_one_loved_artist_does_not_fill_the_playlist() -> None:
    world = World()
    for number in range(500):
        world.song(f"a-{number}", artist="Abba", valence=0.5)
    world.songs(50)
    world.like("a-0", "a-1", "a-2")
    tracks = ranked(world)
    assert len(tracks) == LENGTH
    assert 1 <= sum(track.artist == "Abba" for track in tracks) <= LENGTH / 2


def test_songs_without_an_artist_may_follow_on_each_other() -> None:
    world = World()
    for number in range(4):
        world.song(f"song-{number}", artist=" ")
    assert len(ranked(world)) == 4


def test_a_song_that_sounds_like_a_liked_one_comes_before_one_that_does_not() -> None:
    world = World()
    loved = {"valence": 0.9, "energy": 0.9, "danceability": 0.9, "acousticness": 0.1, "tempo": 160.0}
    world.song("loved", **loved)
    world.song("alike", **loved)
    world.song("unlike", valence=0.1, energy=0.1, danceability=0.1, acousticness=0.9, tempo=60.0)
    world.song("unheard", tempo=None)
    world.like("loved")
    world.play("loved")
    order = names(ranked(world))
    assert order[0] == "alike"
    assert set(order) == {"alike", "unlike", "unheard"}


def test_scores_never_rise() -> None:
    world = World()
    for number in range(10):
        world.song(f"a-{number}", artist="Abba", plays=1000)
    world.songs(30)
    scores = [track.score for track in ranked(world)]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[-1]


def test_the_nearer_a_mood_on_the_plane_the_better_it_fits() -> None:
    world = World()
    for mood in (*Mood, None):
        world.song(str(mood), mood)
    found = dict(zip((*Mood, None), nearness(Mood.HAPPY, world.library.moods).tolist(), strict=True))
    assert found[Mood.HAPPY] == 1 > found[Mood.ENERGETIC] > found[Mood.SAD] > found[None] == 0


@pytest.mark.parametrize("seed", range(20))
def test_whatever_happened_a_playlist_keeps_its_promises(seed: int) -> None:
    chance = random.Random(seed)
    world = World()
    for number in range(chance.choice([1, 2, 30, 600])):
        artist = chance.choice(["Abba", "Queen", "", f"artist {number}"])
        sound = {"tempo": chance.choice([None, 60.0, 180.0]), "valence": chance.random()}
        world.song(f"song-{number}", chance.choice([*Mood, None]), artist=artist, plays=chance.randrange(9), **sound)
    for _ in range(chance.choice([0, 5, 200])):
        song = f"song-{chance.randrange(40)}"
        world.play(song)
        if chance.random() < 0.4:
            reaction = chance.choice(["like", "dislike", "skip", "replay", None])
            world.react(reaction, song, mood=None if reaction else chance.choice(list(Mood)))
    tracks = ranked(world, asked=chance.choice([None, None, *Mood]))
    out = {song.song_id for song, gone in zip(world.library.songs, world.taste.out, strict=True) if gone}
    assert len(tracks) <= LENGTH
    assert len(set(names(tracks))) == len(tracks)
    assert not out & set(names(tracks))
    assert all(one.artist != other.artist or not one.artist.strip() for one, other in itertools.pairwise(tracks))
    assert all(track.reason for track in tracks)
    playlist = Playlist(event_id=play_id("p", "anna", "", NOON), listener="anna", made_at=NOON, tracks=tuple(tracks))
    assert decode_message("playlist_recommendations", encode(playlist)) == playlist
