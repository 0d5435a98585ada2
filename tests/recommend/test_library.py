"""The songs that can be recommended: the newest word on each, and never more than fit."""

import itertools
import random
import tracemalloc
from datetime import timedelta

import numpy as np
import pytest

from moodstream.messages import Song
from moodstream.moods import Mood
from moodstream.recommend.entries import Entry
from moodstream.recommend.library import Library
from moodstream.recommend.listener import MOODS
from moodstream.recommend.sounds import SOUND, sound
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


def test_a_song_that_lacks_an_essential_feature_is_not_compared() -> None:
    library = Library()
    heard(library, make_song(features=make_features(tempo=None)))
    heard(library, make_song("song-2", features=None))
    heard(library, make_song("song-3", features=make_features(instrumentalness=None, speechiness=None)))
    assert np.isnan(library.sounds).all(axis=1).tolist() == [True, True, False]
    assert not np.isnan(library.sounds[2]).any()


def test_what_a_song_does_not_know_is_taken_as_typical() -> None:
    typical = {name: axis.typical for name, axis in SOUND.items() if axis.typical is not None}
    assert typical
    silent, told, other = (make_features(**known) for known in ({}, typical, dict.fromkeys(typical, 1.0)))
    assert sound(silent) == sound(told) != sound(other)


def test_twice_the_tempo_is_as_far_from_it_as_half() -> None:
    slow, middle, fast = (sound(make_features(tempo=tempo))[list(SOUND).index("tempo")] for tempo in (60, 120, 240))
    assert fast - middle == pytest.approx(middle - slow) == pytest.approx(SOUND["tempo"].weight)


def test_the_weights_of_the_space_are_applied() -> None:
    place = dict(zip(SOUND, sound(make_features(danceability=0.5, valence=0.25)), strict=True))
    assert place["valence"] == 0.25 * SOUND["valence"].weight
    assert place["danceability"] == 0.5 * SOUND["danceability"].weight


def test_arousal_is_that_of_the_sound_where_it_was_heard_and_else_the_energy() -> None:
    library = Library()
    told: list[dict[str, float | None]] = [{"energy": 0.5, "arousal": 0.25}, {"energy": 0.5}, {"valence": None}]
    for number, known in enumerate(told):
        heard(library, make_song(f"song-{number}", features=make_features(**{"valence": 0.75, **known})))
    assert library.plane[:2].tolist() == [[0.75, 0.25], [0.75, 0.5]]
    assert np.isnan(library.plane[2]).tolist() == [True, False]


def test_tempo_and_length_are_there_in_their_units_or_not_known() -> None:
    library = Library()
    heard(library, make_song(features=make_features(tempo=96.5), duration_ms=200_500))
    heard(library, make_song("song-2", features=None))
    assert (library.tempos[0], library.durations[0]) == (96.5, 200.5)
    assert np.isnan([library.tempos[1], library.durations[1]]).all()
    assert [song.duration_ms for song in library.songs] == [200_500, None]


def test_genres_are_the_same_however_they_are_written() -> None:
    library = Library()
    for number, genre in enumerate(["Hip Hop", "hip  HOP ", "\uff48\uff49\uff50 hop", "Jazz", None, " "]):
        heard(library, make_song(f"song-{number}", genre=genre))
    hip, *same, jazz, none, blank = library.genres.tolist()
    assert {hip, *same} == {hip} != {jazz}
    assert (none, blank) == (0, 0)
    assert library.genre_numbers(["HIP HOP", "jazz", "polka", ""]) == {hip, jazz}
    assert [song.genre for song in library.songs][:2] == ["Hip Hop", "hip  HOP "]


def test_a_song_is_found_by_title_and_artist_however_they_are_written() -> None:
    library = Library()
    heard(library, make_song("a", title="Für Elise", artist="Beethoven"))
    heard(library, make_song("b", title="STRASSE", artist="ﬁne"))
    assert library.find(" für  ELISE", "beethoven") == 0
    assert library.find("Straße", "FINE") == 1
    assert library.find("Fur Elise", "Beethoven") == library.find("Für Elise", "") == -1


def test_of_songs_that_are_called_the_same_the_most_played_is_found() -> None:
    library = Library()
    for number, plays in enumerate([1, 3, 3, 2]):
        heard(library, make_song(f"song-{number}"), plays=plays)
    assert library.find("Title", "Artist") == 1


def test_a_song_without_a_title_is_not_found() -> None:
    library = Library()
    heard(library, make_song(title="", artist="Artist"))
    assert library.find("", "Artist") == -1


def test_a_song_is_found_by_the_name_that_it_has_now() -> None:
    library = Library(most=40)
    rng = random.Random(1)
    for number in range(2000):
        song = make_song(f"song-{rng.randrange(80)}", title=f"title {rng.randrange(30)}")
        heard(library, song, seconds=number)
        called: dict[str, list[int]] = {}
        for slot, entry in enumerate(library.songs):
            called.setdefault(entry.title, []).append(slot)
        for title in (f"title {number}" for number in range(30)):
            found = library.find(title, "Artist")
            assert found in called[title] if title in called else found == -1


@pytest.mark.parametrize("text", ["", "a\0b", "\u2028", "日本語", "😀" * 500, "ÿ", "\t"])
def test_texts_come_back_as_they_were(text: str) -> None:
    library = Library()
    heard(library, make_song(title=text, artist=text, genre=text or None))
    assert library.songs[0] == Entry("song-1", text, text, None, text or None)


def test_a_small_library_takes_little_and_a_large_one_what_it_says() -> None:
    tracemalloc.start()
    library = Library()
    heard(library, make_song())
    small, _ = tracemalloc.get_traced_memory()
    for number in range(20_000):
        song = make_song(f"{number:022}", title=f"A song of some words {number}", artist=f"Artist {number // 8:06}")
        heard(library, song, Mood.HAPPY)
    large, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert small < 500_000
    assert 200 < large / len(library) < 600  # columns have room for up to twice the songs


def test_the_revision_changes_with_the_sounds_alone() -> None:
    library = Library(most=2)
    heard(library, make_song())
    revision = library.revision
    heard(library, make_song(title="other"), Mood.SAD, seconds=1)
    library.count(["song-1"])
    assert library.revision == revision
    heard(library, make_song(features=make_features(valence=0.1)), seconds=2)
    assert library.revision != revision


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
