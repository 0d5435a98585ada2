"""Listener + library + wish -> tracks: what is in, what is out, in which order, and that it can be made again."""

import itertools
import random
from collections.abc import Sequence
from datetime import timedelta

import pytest

from moodstream.messages import Feedback, Playlist, Track, encode, play_id
from moodstream.messages import decode as decode_message
from moodstream.moods import Mood
from moodstream.recommend.candidates import POOL, RESTING
from moodstream.recommend.library import Library
from moodstream.recommend.listener import Listener, event
from moodstream.recommend.suggest import suggest
from tests.factories import NOON, make_features, make_feedback, make_song
from tests.recommend.worlds import World

LENGTH = 20
BRIGHT = {"valence": 0.9, "energy": 0.9, "danceability": 0.9, "acousticness": 0.1, "tempo": 160.0}
GENTLE = {"valence": 0.1, "energy": 0.1, "danceability": 0.1, "acousticness": 0.9, "tempo": 60.0}


def names(tracks: Sequence[Track]) -> list[str]:
    return [track.song_id for track in tracks]


def test_an_empty_library_has_nothing_to_recommend() -> None:
    assert suggest(Listener(), Library()) == []


def test_a_stranger_gets_what_is_played_most() -> None:
    world = World()
    for number in range(40):
        world.song(f"song-{number}", plays=number)
    assert names(world.suggest()) == [f"song-{number}" for number in range(39, 39 - LENGTH, -1)]


def test_the_only_song_there_is_may_come_again() -> None:
    world = World()
    world.song("only")
    world.play("only")
    assert names(world.suggest()) == ["only"]


@pytest.mark.parametrize("verdict", ["dislike", "never"])
def test_what_was_refused_never_comes_again_until_it_is_liked(verdict: str) -> None:
    world = World()
    world.songs(3)
    world.react(verdict, "song-1")  # type: ignore[arg-type]
    assert sorted(names(world.suggest())) == ["song-0", "song-2"]
    world.react(verdict, "song-0", "song-2")  # type: ignore[arg-type]
    assert world.suggest() == []
    world.like("song-2")
    assert names(world.suggest()) == ["song-2"]


def test_songs_of_the_mood_that_is_played_come_before_others() -> None:
    world = World()
    for number in range(200):
        world.song(f"song-{number}", list(Mood)[number % 6], valence=number / 200)
    world.play("song-2", "song-62", "song-122", "song-182")
    assert sum(track.mood is Mood.CALM for track in world.suggest()) > LENGTH / 2


def test_who_asks_for_a_mood_gets_no_other() -> None:
    world = World()
    world.songs(30)
    world.songs(5, Mood.CALM, prefix="calm")
    world.play("song-1", "song-2")
    assert sorted(names(world.suggest(mood=Mood.CALM))) == [f"calm-{number}" for number in range(5)]
    assert world.suggest(mood=Mood.DARK) == []


def test_a_correction_counts_where_a_mood_is_asked_for() -> None:
    world = World()
    world.songs(3)
    world.react(None, "song-2", mood=Mood.SAD)
    tracks = world.suggest(mood=Mood.SAD)
    assert [(track.song_id, track.mood) for track in tracks] == [("song-2", Mood.SAD)]


def test_songs_can_be_left_out_by_their_length() -> None:
    world = World()
    for seconds in (100, 200, 300):
        world.song(f"{seconds} s", seconds=seconds)
    world.song("who knows")
    assert set(names(world.suggest(shortest=200.0))) == {"200 s", "300 s"}
    assert set(names(world.suggest(longest=200.0))) == {"100 s", "200 s"}
    assert names(world.suggest(shortest=150.0, longest=250.0)) == ["200 s"]
    assert len(world.suggest()) == 4


def test_songs_can_be_left_out_by_their_genre_however_it_is_written() -> None:
    world = World()
    for genre in ("Opera", "Comedy", "Jazz", None):
        world.song(str(genre), genre=genre)
    found = world.suggest(without_genres=frozenset({"opera", "COMEDY", "unheard of"}))
    assert set(names(found)) == {"Jazz", "None"}


def test_a_playlist_is_as_long_as_was_asked_for() -> None:
    world = World()
    world.songs(50)
    world.like("song-1")
    assert [len(world.suggest(length=length)) for length in (1, 7, 500)] == [1, 7, 50]


def test_what_was_just_played_rests() -> None:
    world = World()
    world.songs(4 * RESTING)
    recent = [f"song-{number}" for number in range(RESTING)]
    world.like(*recent)
    world.play(*recent)
    assert not set(names(world.suggest())) & set(recent)


def test_in_a_small_library_at_most_a_quarter_rests() -> None:
    world = World()
    world.songs(40)
    world.play(*[f"song-{number}" for number in range(40)])
    assert not set(names(world.suggest())) & {f"song-{number}" for number in range(30, 40)}
    assert len(world.suggest()) == LENGTH


def test_no_artist_follows_on_itself_and_all_that_fits_is_played() -> None:
    world = World()
    for number in range(6):
        world.song(f"a-{number}", artist="Abba", plays=100)
    for number in range(5):
        world.song(f"q-{number}", artist="Queen")
    tracks = world.suggest()
    assert len(tracks) == 11
    assert all(one.artist != other.artist for one, other in itertools.pairwise(tracks))


def test_one_loved_artist_does_not_fill_the_playlist() -> None:
    world = World()
    for number in range(500):
        world.song(f"a-{number}", artist="Abba", valence=0.5)
    world.songs(50)
    world.like("a-0", "a-1", "a-2")
    tracks = world.suggest()
    assert len(tracks) == LENGTH
    assert 1 <= sum(track.artist == "Abba" for track in tracks) <= LENGTH / 2


def test_songs_without_an_artist_may_follow_on_each_other() -> None:
    world = World()
    for number in range(4):
        world.song(f"song-{number}", artist=" ")
    assert len(world.suggest()) == 4


def test_a_song_that_sounds_like_a_liked_one_comes_before_one_that_does_not() -> None:
    world = World()
    world.song("loved", **BRIGHT)
    world.song("alike", **BRIGHT)
    world.song("unlike", **GENTLE)
    world.song("unheard", tempo=None)
    world.like("loved")
    world.play("loved")
    order = names(world.suggest())
    assert order[0] == "alike"
    assert set(order) == {"alike", "unlike", "unheard"}


def test_a_taste_that_changes_is_followed() -> None:
    world = World()
    for number in range(200):
        world.song(f"bright-{number}", **BRIGHT)
        world.song(f"gentle-{number}", **GENTLE)
    world.like(*[f"bright-{number}" for number in range(30)])
    assert all(name.startswith("bright") for name in names(world.suggest()))
    world.react("skip", *[f"bright-{number}" for number in range(30, 60)])
    world.like(*[f"gentle-{number}" for number in range(30)])
    assert all(name.startswith("gentle") for name in names(world.suggest()))


def test_scores_never_rise() -> None:
    world = World()
    for number in range(10):
        world.song(f"a-{number}", artist="Abba", plays=1000)
    world.songs(30)
    scores = [track.score for track in world.suggest()]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[-1]


def test_the_same_events_and_songs_give_the_same_playlist_in_whatever_order_they_came() -> None:
    songs = [
        make_song(f"song-{n}", artist=f"artist {n % 300}", features=make_features(valence=n % 997 / 997))
        for n in range(2000)
    ]
    said = [event(_said(number)) for number in range(60)]
    playlists = []
    for seed in range(2):
        random.Random(seed).shuffle(songs)
        random.Random(seed).shuffle(said)
        library, listener = Library(), Listener()
        for song in songs:
            library.hear(song, Mood.HAPPY, NOON, 1)
        listener.fold(said)
        listener.fold(said)
        playlists.append(suggest(listener, library))
    assert names(playlists[0]) == names(playlists[1])
    assert [track.reason for track in playlists[0]] == [track.reason for track in playlists[1]]


def _said(number: int) -> Feedback:
    reaction = "like" if number % 3 else "skip"
    return make_feedback(song_id=f"song-{number}", reaction=reaction, reacted_at=NOON + timedelta(minutes=number))


def test_another_event_draws_anew() -> None:
    world = World()
    world.songs(600)
    world.like("song-300")
    first = world.suggest()
    assert world.suggest() == first
    world.play("elsewhere")
    assert world.suggest() != first


def test_of_a_large_library_a_part_is_looked_at_that_follows_from_the_songs() -> None:
    numbers = list(range(2 * POOL))
    found = []
    for seed in range(2):
        random.Random(seed).shuffle(numbers)
        world = World()
        for n in numbers:
            world.song(f"song-{n}", valence=n / len(numbers), energy=n * 7919 % 16381 / 16381)
        world.like("song-100")
        found.append(names(world.suggest()))
    assert found[0] == found[1]
    assert len(found[0]) == LENGTH


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
            reaction = chance.choice(["like", "dislike", "skip", "replay", "never", None])
            world.react(reaction, song, mood=None if reaction else chance.choice(list(Mood)))
    tracks = world.suggest(mood=chance.choice([None, None, *Mood]))
    out = {world.library.songs[slot].song_id for slot in world.taste.out.tolist()}
    assert len(tracks) <= LENGTH
    assert len(set(names(tracks))) == len(tracks)
    assert not out & set(names(tracks))
    assert all(one.artist != other.artist or not one.artist.strip() for one, other in itertools.pairwise(tracks))
    assert all(track.reason for track in tracks)
    playlist = Playlist(event_id=play_id("p", "anna", "", NOON), listener="anna", made_at=NOON, tracks=tuple(tracks))
    assert decode_message("playlist_recommendations", encode(playlist)) == playlist
