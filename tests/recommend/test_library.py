"""The songs that can be recommended: the newest word on each, and never more than fit."""

import itertools
from datetime import timedelta

import numpy as np

from moodstream.messages import Song
from moodstream.moods import Mood
from moodstream.recommend.library import Entry, Library
from moodstream.recommend.listener import MOODS
from tests.factories import NOON, make_features, make_song


def heard(library: Library, song: Song, mood: Mood | None = None, seconds: int = 0, plays: int = 1) -> None:
    library.hear(song, mood, NOON + timedelta(seconds=seconds), plays)


def test_the_newest_word_on_a_song_counts_in_whatever_order_it_comes() -> None:
    words = [
        (make_song(title="old", features=make_features(valence=0.1)), Mood.SAD, 1),
        (make_song(title="middle", features=make_features(valence=0.5)), Mood.HAPPY, 2),
        (make_song(title="new", features=None), None, 3),
    ]
    for order in itertools.permutations(words):
        library = Library()
        for song, mood, seconds in order:
            heard(library, song, mood, seconds)
        assert library.songs[0].title == "new"
        assert library.sounds[0, 0] == np.float32(0.5)
        assert MOODS[library.moods[0]] is Mood.HAPPY
        assert library.plays.tolist() == [3]


def test_a_song_that_lacks_a_feature_has_a_gap_in_its_sound() -> None:
    library = Library()
    heard(library, make_song(features=make_features(tempo=None)))
    heard(library, make_song("song-2", features=None))
    assert np.isnan(library.sounds).sum(axis=1).tolist() == [1, 5]


def test_songs_of_one_artist_share_a_number_however_it_is_written() -> None:
    library = Library()
    for number, artist in enumerate(["ABBA", "Abba ", "Queen", "", ""]):
        heard(library, make_song(f"song-{number}", artist=artist))
    first, second, other, nobody, nobody_else = library.artists.tolist()
    assert first == second
    assert len({first, other, nobody, nobody_else}) == 4


def test_a_full_library_lets_go_of_the_song_that_was_named_longest_ago() -> None:
    library = Library(most=3)
    for number in range(3):
        heard(library, make_song(f"song-{number}"), Mood.CALM, seconds=number, plays=5)
    heard(library, make_song("song-0"), seconds=10)
    heard(library, make_song("newcomer", features=None, duration_ms=1000), seconds=11)
    assert {song.song_id for song in library.songs} == {"song-0", "song-2", "newcomer"}
    slot = int(library.slots(["newcomer"])[0])
    assert library.songs[slot] == Entry("newcomer", "Title", "Artist", 1000)
    assert (library.moods[slot], library.plays[slot], np.isnan(library.sounds[slot]).all()) == (-1, 1, True)
    assert library.slots(["song-1", "song-0"]).tolist() == [-1, 0]


def test_artists_are_numbered_anew_before_they_are_too_many() -> None:
    library = Library(most=5)
    for number in range(1000):
        heard(library, make_song(f"song-{number}", artist=f"artist {number // 2}"), seconds=number)
    names = [song.artist for song in library.songs]
    for one, other in itertools.combinations(range(5), 2):
        assert (library.artists[one] == library.artists[other]) == (names[one] == names[other])
    assert library.artists.max() < 10


def test_plays_of_songs_that_are_not_here_are_not_counted() -> None:
    library = Library()
    heard(library, make_song(), plays=2)
    library.count(["song-1", "song-1", "elsewhere"])
    assert library.plays.tolist() == [4]
