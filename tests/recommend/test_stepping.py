"""The shortest path of a journey: no other way through its candidates is cheaper."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moodstream.moods import Mood
from moodstream.recommend.corridor import Candidates, Wishes, anywhere
from moodstream.recommend.line import PLACES, Line, between
from moodstream.recommend.stepping import BROKEN, steps, way, worth
from tests.recommend.test_journeys import made


def every_way(some: Candidates, line: Line, number: int, mean: float | None) -> dict[tuple[int, ...], float]:
    """The cost of every way of so many candidates, counted one step after another."""
    even, costs = PLACES / max(1, number - 1), {}
    stages = [worth(some, line, stage / max(1, number - 1), mean) for stage in range(number)]
    for places in itertools.permutations(range(len(some.slots)), number):
        cost = sum(stages[stage][place] for stage, place in enumerate(places))
        for one, other in itertools.pairwise(places):
            cost += steps(some.at(np.array([one])), some.at(np.array([other])), even)[0, 0]
        if math.isfinite(cost):
            costs[places] = float(cost)
    return costs


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 500),
    st.integers(1, 6),
    st.integers(1, 4),
    st.sampled_from(Mood),
    st.sampled_from(Mood),
    st.none() | st.just(200.0),
)
def test_no_other_way_is_cheaper(seed: int, size: int, number: int, start: Mood, end: Mood, mean: float | None) -> None:
    line = between(start, end)
    songs = made(size, seed, artists=3)
    some = anywhere(songs, Wishes(np.ones(size, np.bool_), np.linspace(-1, 1, size)), line, number, 100)
    found, cost = way(some, [np.arange(size)] * number, line, mean)
    ways = every_way(some, line, number, mean)
    if not ways:
        assert (found, cost) == ([], math.inf)
        return
    assert cost == pytest.approx(min(ways.values()))
    assert ways[tuple(found)] == pytest.approx(cost)


def test_a_way_that_keeps_all_limits_costs_less_than_any_that_does_not() -> None:
    line = between(Mood.SAD, Mood.HAPPY)
    songs = made(60, 3)
    some = anywhere(songs, Wishes(np.ones(60, np.bool_)), line, 4, 100)
    costs = worth(some, line, 0.5, None)
    off = (some.deviations > 0.15) | (line.distance(some.points, np.full(len(some.slots), 0.5)) > 0.3)
    assert off.any()
    assert costs[~off].max() < BROKEN <= costs[off].min()
    between_songs = steps(some, some, PLACES)
    ratio = np.exp(np.abs(np.log(some.tempos)[:, None] - np.log(some.tempos)))
    same = some.artists[:, None] == some.artists
    kept = np.isfinite(between_songs) & (ratio < 1.149) & ~same
    broken = np.isfinite(between_songs) & ((ratio >= 1.15) | same)
    assert between_songs[kept].max() < between_songs[broken].min()


@pytest.mark.parametrize("layers", [[], [np.arange(0)], [np.arange(3), np.arange(0), np.arange(3)]])
def test_where_a_stage_has_no_song_there_is_no_way(layers: list[np.ndarray]) -> None:
    line = between(Mood.SAD, Mood.HAPPY)
    some = anywhere(made(3), Wishes(np.ones(3, np.bool_)), line, 3, 100)
    assert way(some, layers, line) == ([], math.inf)
