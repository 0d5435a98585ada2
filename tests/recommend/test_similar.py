"""The nearest songs: exactly, and by an index that hardly ever misses one."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given as told
from hypothesis import strategies as st
from numpy.typing import NDArray

from moodstream.recommend.library import Library
from moodstream.recommend.similar import CHUNK, LEAST, Index, nearest
from moodstream.recommend.sounds import SOUND
from tests.factories import NOON, make_features, make_song

Floats = NDArray[np.float32]
AXES = len(SOUND)


def scattered(number: int, seed: int = 1) -> Floats:
    """Sounds in clusters, as songs lie."""
    rng = np.random.default_rng(seed)
    middles = rng.random((40, AXES))
    return (middles[rng.integers(0, 40, number)] + rng.normal(0, 0.1, (number, AXES))).astype(np.float32)


def by_hand(sounds: Floats, given: Floats, count: int) -> list[int]:
    distances = np.linalg.norm(sounds[:, None].astype(np.float64) - given[None], axis=2).min(axis=1)
    known = np.flatnonzero(~np.isnan(distances))
    return list(known[np.argsort(distances[known], kind="stable")][:count])


@told(st.integers(1, 300), st.integers(1, 4), st.integers(1, 20), st.integers(0, 99))
def test_the_nearest_are_those_that_are_nearest(number: int, asked: int, count: int, seed: int) -> None:
    sounds, given = scattered(number, seed), scattered(asked, seed + 1)
    sounds[::7] = np.nan
    near = nearest(sounds, given, count)
    assert near.places.tolist() == by_hand(sounds, given, count)
    for place, distance, of in zip(*near, strict=True):
        assert distance == pytest.approx(np.linalg.norm(sounds[place] - given[of]), abs=1e-6)


def test_many_chunks_give_what_one_would() -> None:
    sounds, given = scattered(3 * CHUNK + 5), scattered(2, 5)
    assert nearest(sounds, given, 50).places.tolist() == by_hand(sounds, given, 50)


def test_of_songs_that_are_as_near_the_first_come_first() -> None:
    sounds = np.repeat(scattered(3), CHUNK, axis=0)
    assert nearest(sounds, sounds[:1], 5).places.tolist() == [0, 1, 2, 3, 4]


def test_what_is_left_out_is_not_found() -> None:
    sounds = scattered(50)
    places = nearest(sounds, sounds[7:8], 3).places.tolist()
    assert places[0] == 7
    assert nearest(sounds, sounds[7:8], 2, without=[7]).places.tolist() == places[1:]


def test_there_may_be_fewer_than_asked_for() -> None:
    sounds = scattered(5)
    sounds[3] = np.nan
    assert sorted(nearest(sounds, sounds[:1], 10).places.tolist()) == [0, 1, 2, 4]
    assert len(nearest(sounds[:0], sounds[:1], 10).places) == 0


def test_a_song_between_two_given_ones_is_no_nearer_for_it() -> None:
    sounds = np.zeros((3, AXES), np.float32)
    sounds[:, 0] = [0.1, 0.5, 0.9]
    near = nearest(sounds, np.array([np.zeros(AXES), np.eye(AXES)[0]], np.float32), 3)
    assert near.places.tolist() == [0, 2, 1]
    assert near.of.tolist()[:2] == [0, 1]


def test_the_distance_of_two_songs_does_not_depend_on_which_others_there_are() -> None:
    sounds, given = scattered(1000), scattered(5, 3)
    whole = nearest(sounds, given[:1], 1000)
    distances = dict(zip(whole.places.tolist(), whole.distances.tolist(), strict=True))
    for start in (0, 1, 333, 998):
        some = nearest(sounds[start:], given, 1000)
        for place, distance, of in zip(*some, strict=True):
            if of == 0:
                assert distance == distances[start + place]


def library_of(number: int) -> Library:
    """A library of scattered songs."""
    library = Library()
    for place, values in enumerate(scattered(number).clip(0, 1).tolist()):
        known = dict(zip(SOUND, values, strict=True))
        features = make_features(**known | {"tempo": 60 + 120 * known["tempo"]})
        library.hear(make_song(f"song-{place}", features=features), None, NOON, 1)
    return library


def test_the_index_finds_nearly_all_of_the_nearest() -> None:
    library = library_of(LEAST)
    sounds, index = library.sounds, Index(library.sounds, library.revision)
    found = 0
    for place in range(0, LEAST, LEAST // 100):
        exact = nearest(sounds, sounds[place : place + 1], 10, without=[place])
        near = index.nearest(library, sounds[place : place + 1], 10, without=[place])
        assert place not in near.places
        found += len({*exact.places.tolist()} & {*near.places.tolist()})
    assert found / 1000 >= 0.98


def test_an_index_of_the_same_songs_is_the_same() -> None:
    library = library_of(3000)
    one, other = (Index(library.sounds, library.revision) for _ in range(2))
    for place in range(0, 3000, 50):
        query = library.sounds[place : place + 1]
        first, second = one.nearest(library, query, 10), other.nearest(library, query, 10)
        assert [part.tolist() for part in first] == [part.tolist() for part in second]


def test_an_index_knows_songs_where_they_are_now() -> None:
    library = library_of(3000)
    index = Index(library.sounds, library.revision)
    far = make_features(valence=0, energy=1, danceability=1, acousticness=1, tempo=300)
    for song_id in ("song-17", "newcomer"):
        library.hear(make_song(song_id, features=far), None, NOON + timedelta(seconds=1), 1)
    here = library.sounds[17:18]
    assert index.nearest(library, here, 2).places.tolist() == [17, 3000]
    assert index.nearest(library, here, 2).distances.tolist() == [0, 0]
    assert index.nearest(library, here, 1, without=[17]).places.tolist() == [3000]


def test_an_index_is_stale_once_enough_songs_have_changed() -> None:
    library = library_of(1000)
    index = Index(library.sounds, library.revision)
    for number in range(51):
        assert not index.stale(library)
        features = make_features(valence=0.123, energy=0.321)
        library.hear(make_song(f"song-{number}", features=features), None, NOON + timedelta(seconds=1), 1)
    assert index.stale(library)
