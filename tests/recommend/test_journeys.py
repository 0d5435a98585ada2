"""Journeys: always onward, in small steps, near the line; and honest where the songs do not allow it."""

import itertools
from typing import NamedTuple

import numpy as np
import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from docs.journey import FILE, drawn
from moodstream.errors import DataError
from moodstream.moods import LOOKS, Mood
from moodstream.recommend.corridor import TEMPOS, Wishes, near
from moodstream.recommend.journeys import MOST, Journey, journey
from moodstream.recommend.line import NEAR, between

moods = st.sampled_from(Mood)
PAIRS = list(itertools.product(Mood, Mood))


class Columns(NamedTuple):
    plane: NDArray[np.float32]
    tempos: NDArray[np.float32]
    durations: NDArray[np.float32]
    artists: NDArray[np.int64]


def made(number: int, seed: int = 1, artists: int | None = None, gaps: float = 0.0) -> Columns:
    """Made-up songs; of a share of them (`gaps`) one thing or another is not known."""
    random = np.random.default_rng(seed)
    plane = random.random((number, 2), np.float32)
    tempos = np.exp(random.normal(np.log(110), 0.25, number)).astype(np.float32)
    durations = random.normal(220, 40, number).clip(60, 600).astype(np.float32)
    for column in (plane[:, 0], plane[:, 1], tempos, durations):
        column[random.random(number) < gaps] = np.nan
    return Columns(plane, tempos, durations, random.integers(0, artists or max(1, number // 5), number))


def of(*songs: tuple[float, float, float, int]) -> Columns:
    """Songs by valence, arousal, tempo, artist; each is 200 seconds long."""
    valence, arousal, tempos, artists = (np.array(column) for column in zip(*songs, strict=True))
    plane = np.column_stack([valence, arousal]).astype(np.float32)
    return Columns(plane, tempos.astype(np.float32), np.full(len(songs), 200, np.float32), artists.astype(np.int64))


def along(start: Mood, end: Mood, tempos: list[float], artists: list[int] | None = None) -> Columns:
    """Songs evenly on the line between two moods."""
    here, there = LOOKS[start], LOOKS[end]
    return of(
        *(
            (
                here.valence + share * (there.valence - here.valence),
                here.arousal + share * (there.arousal - here.arousal),
                tempo,
                artist,
            )
            for share, tempo, artist in zip(
                np.linspace(0, 1, len(tempos)), tempos, artists or range(len(tempos)), strict=True
            )
        )
    )


def steps_of(songs: Columns, told: Journey) -> NDArray[np.float64]:
    """The tempo steps, counted anew from the songs."""
    tempos = songs.tempos[told.slots].astype(np.float64)
    return np.asarray(np.maximum(tempos[1:] / tempos[:-1], tempos[:-1] / tempos[1:]) - 1)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 400), st.integers(0, 50), moods, moods, st.integers(2, 40), st.sampled_from([0.0, 0.2]))
def test_a_journey_goes_onward_repeats_nothing_and_says_what_it_does_not_keep(
    size: int, seed: int, start: Mood, end: Mood, number: int, gaps: float
) -> None:
    songs = made(size, seed, gaps=gaps)
    try:
        told = journey(songs, start, end, number=number)
    except DataError:
        assert np.isnan(np.column_stack([songs.plane, songs.tempos])).any(axis=1).all()
        return
    assert len({*told.slots.tolist()}) == len(told.slots) <= number
    assert start == end or (np.diff(told.progress) > 0).all()
    assert told.tempo_steps[0] == 0
    assert told.tempo_steps[1:] == pytest.approx(steps_of(songs, told))
    assert told.deviations == pytest.approx(between(start, end).deviation(songs.plane[told.slots]), abs=1e-5)
    same_artist = (songs.artists[told.slots][1:] == songs.artists[told.slots][:-1]).sum()
    broken = {
        "rather than": len(told.slots) < number,
        "The tempo changes by": told.largest_tempo_step >= 0.15,
        "by the same artist": same_artist > 0,
        "from the line": told.deviations.max() > NEAR,
    }
    for words, said in broken.items():
        assert any(words in note for note in told.notes) or not said, words
    if not told.notes:
        assert len(told.slots) == number


@pytest.mark.parametrize(("start", "end"), PAIRS)
def test_a_library_of_some_thousand_songs_keeps_all_limits_between_any_two_moods(start: Mood, end: Mood) -> None:
    songs = made(4000)
    told = journey(songs, start, end, number=20)
    assert told.notes == ()
    assert len(told.slots) == 20
    assert steps_of(songs, told).max() < 0.15
    assert told.deviations.max() <= NEAR
    assert (songs.artists[told.slots][1:] != songs.artists[told.slots][:-1]).all()
    if start != end:
        assert np.diff(told.progress).min() > 0
        assert np.diff(told.progress).max() < 2 / 19
        assert told.progress[0] < 1 / 19
        assert told.progress[-1] > 18 / 19


def test_it_begins_in_the_one_mood_and_ends_in_the_other() -> None:
    songs = made(4000)
    told = journey(songs, Mood.SAD, Mood.HAPPY, number=10)
    first, last = songs.plane[told.slots[0]], songs.plane[told.slots[-1]]
    assert np.hypot(first[0] - 0.20, first[1] - 0.25) < 0.1
    assert np.hypot(last[0] - 0.80, last[1] - 0.60) < 0.1


def test_from_a_mood_to_itself_it_stays_there() -> None:
    songs = made(4000)
    told = journey(songs, Mood.CALM, Mood.CALM, number=20)
    assert told.notes == ()
    assert not told.progress.any()
    assert np.hypot(*(songs.plane[told.slots] - [0.60, 0.20]).T).max() <= NEAR
    assert (np.diff(songs.tempos[told.slots]) >= 0).all()


@pytest.mark.parametrize("tempos", [[100, 114.9, 100], [114.9, 100, 114.9]])
def test_a_step_just_below_the_limit_is_taken_faster_and_slower(tempos: list[float]) -> None:
    told = journey(along(Mood.SAD, Mood.HAPPY, tempos), Mood.SAD, Mood.HAPPY, number=3)
    assert told.notes == ()
    assert told.largest_tempo_step == pytest.approx(0.149, abs=1e-3)


@pytest.mark.parametrize("tempos", [[100, 120, 120], [120, 100, 100]])
def test_a_step_that_no_way_avoids_is_told(tempos: list[float]) -> None:
    told = journey(along(Mood.SAD, Mood.HAPPY, tempos), Mood.SAD, Mood.HAPPY, number=3)
    assert told.notes == ("The tempo changes by 20% at song 2, rather than by less than 15%.",)
    assert told.largest_tempo_step == pytest.approx(0.2, abs=1e-3)


def test_a_detour_is_taken_to_keep_the_tempo() -> None:
    songs = of((0.2, 0.25, 100, 1), (0.5, 0.425, 160, 2), (0.5, 0.5, 105, 3), (0.8, 0.6, 110, 4))
    assert journey(songs, Mood.SAD, Mood.HAPPY, number=3).slots.tolist() == [0, 2, 3]


def test_two_songs_of_an_artist_are_apart_where_that_goes_and_told_of_where_not() -> None:
    apart = of((0.2, 0.25, 100, 1), (0.5, 0.425, 100, 1), (0.5, 0.5, 100, 2), (0.8, 0.6, 100, 1))
    assert journey(apart, Mood.SAD, Mood.HAPPY, number=3).slots.tolist() == [0, 2, 3]
    together = along(Mood.SAD, Mood.HAPPY, [100, 100, 100], [1, 1, 2])
    assert journey(together, Mood.SAD, Mood.HAPPY, number=3).notes == ("Songs 1 and 2 are by the same artist.",)


def test_what_may_not_be_in_it_is_not() -> None:
    songs = made(4000)
    first = journey(songs, Mood.SAD, Mood.HAPPY, number=20)
    allowed = np.ones(4000, np.bool_)
    allowed[first.slots] = False
    second = journey(songs, Mood.SAD, Mood.HAPPY, number=20, allowed=allowed)
    assert len(second.slots) == 20
    assert not {*first.slots.tolist()} & {*second.slots.tolist()}


def test_songs_that_the_listener_likes_are_preferred() -> None:
    songs, bonus = made(4000), np.zeros(4000)
    liked = np.random.default_rng(2).random(4000) < 0.1
    bonus[liked] = 1
    without, with_taste = (
        liked[journey(songs, Mood.SAD, Mood.HAPPY, number=20, bonus=taste).slots].mean() for taste in (None, bonus)
    )
    assert without < 0.3
    assert with_taste > 0.6


@pytest.mark.parametrize("minutes", [10, 30, 60, 180])
@pytest.mark.parametrize(("start", "end"), [(Mood.SAD, Mood.HAPPY), (Mood.CALM, Mood.CALM)])
def test_a_journey_of_minutes_lasts_as_long_as_was_wished_for(minutes: float, start: Mood, end: Mood) -> None:
    songs = made(4000)
    told = journey(songs, start, end, seconds=minutes * 60)
    assert told.seconds == pytest.approx(float(songs.durations[told.slots].sum()))
    assert told.seconds == pytest.approx(minutes * 60, abs=10)
    assert told.notes == ()
    assert steps_of(songs, told).max() < 0.15


def test_a_length_that_cannot_be_is_told() -> None:
    told = journey(along(Mood.SAD, Mood.HAPPY, [100, 100, 100]), Mood.SAD, Mood.HAPPY, seconds=60)
    assert told.seconds == 400
    assert told.notes == ("The journey is 5.7 minutes longer than was wished for.",)


def test_songs_of_unknown_length_are_in_no_journey_of_minutes() -> None:
    songs = along(Mood.SAD, Mood.HAPPY, [100, 100, 100])
    songs.durations[1] = np.nan
    assert 1 not in journey(songs, Mood.SAD, Mood.HAPPY, seconds=600).slots
    told = journey(songs, Mood.SAD, Mood.HAPPY, number=3)
    assert told.slots.tolist() == [0, 1, 2]
    assert told.seconds is None


def test_a_song_without_tempo_or_place_is_not_guessed_at() -> None:
    songs = along(Mood.SAD, Mood.HAPPY, [100, 100, 100])
    songs.tempos[0], songs.plane[1, 1] = np.nan, np.nan
    told = journey(songs, Mood.SAD, Mood.HAPPY, number=3)
    assert told.slots.tolist() == [2]
    assert told.notes[0] == "The journey has 1 songs rather than 3: no more that may be in it lie on the way."


def test_without_songs_it_says_what_a_song_needs() -> None:
    with pytest.raises(DataError, match="a valence, an energy and a tempo"):
        journey(made(50), Mood.SAD, Mood.HAPPY, number=5, allowed=np.zeros(50, np.bool_))
    with pytest.raises(DataError, match="a length"):
        journey(made(0), Mood.SAD, Mood.HAPPY, seconds=600)


def test_it_takes_either_a_number_or_a_length() -> None:
    with pytest.raises(ValueError, match="either"):
        journey(made(50), Mood.SAD, Mood.HAPPY)
    with pytest.raises(ValueError, match="either"):
        journey(made(50), Mood.SAD, Mood.HAPPY, number=5, seconds=600)


def test_more_songs_than_are_allowed_are_not_given() -> None:
    assert len(journey(made(20_000), Mood.SAD, Mood.HAPPY, number=10 * MOST).slots) == MOST


def test_songs_all_alike_make_a_journey_of_one() -> None:
    told = journey(of(*[(0.5, 0.5, 120, n) for n in range(1000)]), Mood.SAD, Mood.HAPPY, number=10)
    assert len(told.slots) == 1
    assert "1 songs rather than 10" in told.notes[0]


def test_the_same_songs_give_the_same_journey() -> None:
    one, another = (journey(made(4000), Mood.DARK, Mood.CALM, number=20).slots.tolist() for _ in range(2))
    assert one == another


@given(st.integers(0, 20), moods, moods, st.integers(2, 12), st.integers(1, 4))
@settings(max_examples=30, deadline=None)
def test_the_best_of_each_stage_and_tempo_are_what_sorting_all_would_give(
    seed: int, start: Mood, end: Mood, stages: int, each: int
) -> None:
    songs, line = made(2000, seed), between(start, end)
    found = near(songs, Wishes(np.ones(2000, np.bool_)), line, stages, each)
    whole = near(songs, Wishes(np.ones(2000, np.bool_)), line, stages, 2000)
    assert {*found.slots.tolist()} <= {*whole.slots.tolist()}
    cells: dict[int, list[int]] = {}
    stage = np.floor(line.progress(songs.plane) * (stages - 1) + 0.5).clip(0, stages - 1)
    off = line.distance(songs.plane, stage / (stages - 1))
    speed = (np.log(songs.tempos / 40) * (TEMPOS / np.log(250 / 40))).clip(0, TEMPOS - 1).astype(int)
    for slot in sorted(whole.slots.tolist(), key=lambda slot: off[slot]):
        cells.setdefault(int(stage[slot]) * TEMPOS + int(speed[slot]), []).append(slot)
    assert {*found.slots.tolist()} == {slot for cell in cells.values() for slot in cell[:each]}


def test_the_picture_in_the_docs_is_of_the_journey_as_it_is() -> None:
    assert FILE.read_text(encoding="utf-8") == drawn()
    assert fromstring(drawn()).tag.endswith("svg")


def test_a_journey_arrives_even_where_only_a_large_step_of_tempo_leads_there() -> None:
    slow, fast = [80.0 + number % 5 for number in range(10)], [120.0 + number % 5 for number in range(10)]
    songs = along(Mood.SAD, Mood.HAPPY, slow + fast)
    told = journey(songs, Mood.SAD, Mood.HAPPY, number=6)
    assert told.progress[0] < 0.2
    assert told.progress[-1] > 0.8
    assert sum(steps_of(songs, told) >= 0.15) == 1
    assert any("The tempo changes by" in note for note in told.notes)
