"""The same seed is the same world; its listeners have hours, tastes and songs that they come back to."""

import random
from collections import Counter
from contextlib import closing
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from moodstream.audio import composer
from moodstream.audio.library import Analysis, Library
from moodstream.messages import Play, decode, encode
from moodstream.moods import Mood
from moodstream.sources.simulate import NAMES, PIECES, Listener, Pieces, aim
from tests.factories import NOON, make_features
from tests.sources.running import run

HOURS = [NOON + timedelta(hours=hour) for hour in range(24)]


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache in which the pieces of the seeds 1 and 2 have been heard, so that a test need not wait for them."""
    with closing(Library(tmp_path)) as library:
        for seed in (1, 2):
            for piece in range(PIECES):
                analysis = Analysis(features=make_features(tempo=60.0 + piece), duration_ms=10_000)
                library.keep(f"sim-{composer.VERSION}-{seed}-{piece}", analysis)
    return tmp_path


def simulate(cache: Path, count: int, **shared: object) -> list[Play]:
    return run("simulate", cache_dir=cache, count=count, once=False, **shared)


def test_the_same_seed_gives_the_same_bytes(cache: Path) -> None:
    one, same, other = (simulate(cache, 200, seed=seed) for seed in (1, 1, 2))
    assert [encode(play) for play in one] == [encode(play) for play in same]
    assert [play.song.song_id for play in one] != [play.song.song_id for play in other]


def test_plays_are_valid_messages_by_as_many_listeners_as_are_asked_for(cache: Path) -> None:
    plays = simulate(cache, 300, listeners=30)
    assert all(decode("song_stream", encode(play)) == play for play in plays)
    listeners = {play.listener for play in plays}
    assert listeners <= {*NAMES, *(f"{name}-2" for name in NAMES[:6])}
    assert len(listeners) > 24


def test_one_round_plays_each_piece_once(cache: Path) -> None:
    plays = run("simulate", cache_dir=cache)
    assert len({play.song.song_id for play in plays}) == len(plays) == PIECES
    assert len({play.song.title for play in plays}) == PIECES


def test_a_piece_that_was_never_played_is_composed_and_heard_and_then_remembered(tmp_path: Path) -> None:
    with closing(Library(tmp_path)) as library:
        song = Pieces(-7, library).song(3)
        assert song.features is not None
        assert song.features.tempo is not None
        assert (song.song_id, song.duration_ms, song.origin) == ("sim--7-03", 10_000, "audio")
        assert library.analysis(f"sim-{composer.VERSION}--7-3") is not None
        assert Pieces(-7, library).song(3) == song


def test_as_many_pieces_aim_at_each_mood() -> None:
    assert Counter(aim(piece) for piece in range(PIECES)) == dict.fromkeys(Mood, PIECES / len(Mood))


def test_listeners_seek_other_moods_at_night_than_by_day() -> None:
    chosen = {
        hour: Counter(
            aim(Listener(seed, number).choose(NOON.replace(hour=hour))) for seed in range(40) for number in range(10)
        )
        for hour in (1, 13)
    }
    assert chosen[1][Mood.SAD] > 2 * chosen[13][Mood.SAD]
    assert chosen[13][Mood.HAPPY] > 2 * chosen[1][Mood.HAPPY]


def test_every_listener_sleeps_sometimes() -> None:
    for number in range(10):
        awake = [Listener(1, number).awake(hour) for hour in HOURS]
        assert max(awake) > 5 * min(awake) > 0


def test_a_listener_has_favourites_and_comes_back_to_them() -> None:
    listener, chance = Listener(1, 0), random.Random(1)
    played = Counter(listener.choose(chance.choice(HOURS)) for _ in range(200))
    assert max(played.values()) > 3 * 200 / PIECES
    moods = Counter(aim(piece) for piece in played.elements())
    assert max(moods.values()) > 4 * min(moods.values())


def test_nobody_plays_a_song_twice_on_end_out_of_loyalty() -> None:
    listener = Listener(1, 0)
    played = [listener.choose(NOON) for _ in range(500)]
    repeats = sum(one == following for one, following in pairwise(played))
    assert repeats < 0.1 * len(played)
