"""Agreement, kappa and intervals, by published examples and at their edges."""

import random

import pytest

from moodstream.batch.statistics import ROWS, Confusion, wilson
from moodstream.moods import UNCLASSIFIED


def confusion(*counts: tuple[str | None, str | None, int]) -> Confusion:
    made = Confusion()
    for first, second, songs in counts:
        made.add(first, second, songs)
    return made


def test_kappa_of_a_textbook_table() -> None:
    judged = confusion(("Happy", "Happy", 20), ("Happy", "Sad", 5), ("Sad", "Happy", 10), ("Sad", "Sad", 15))
    assert judged.agreement == pytest.approx(0.7)
    assert judged.kappa == pytest.approx(0.4)


def test_kappa_is_one_for_the_same_and_negative_for_the_opposite() -> None:
    assert confusion(("Happy", "Happy", 3), ("Sad", "Sad", 2)).kappa == 1
    assert confusion(("Happy", "Sad", 5), ("Sad", "Happy", 5)).kappa == -1


def test_kappa_is_zero_where_one_judge_always_says_the_same() -> None:
    assert confusion(("Happy", "Happy", 7), ("Sad", "Happy", 3)).kappa == 0


def test_kappa_is_not_defined_where_both_judges_always_say_the_same() -> None:
    constant = confusion(("Happy", "Happy", 10))
    assert (constant.agreement, constant.kappa) == (1, None)


def test_nothing_to_compare_is_neither_agreement_nor_its_lack() -> None:
    for nothing in (Confusion(), confusion((None, "Happy", 4), ("Happy", None, 2), (None, None, 1))):
        assert (nothing.compared, nothing.agreement, nothing.kappa) == (0, None, None)


def test_kappa_follows_its_definition_on_random_tables() -> None:
    chance = random.Random(1)
    for _ in range(50):
        table = [[chance.randrange(50) for _ in range(6)] for _ in range(6)]
        judged = confusion(*((ROWS[i], ROWS[j], table[i][j]) for i in range(6) for j in range(6)))
        total = sum(map(sum, table))
        observed = sum(table[i][i] for i in range(6)) / total
        expected = sum(sum(table[i]) * sum(row[i] for row in table) for i in range(6)) / total**2
        assert judged.kappa == pytest.approx((observed - expected) / (1 - expected))


def test_the_interval_of_kappa_is_that_of_a_published_example() -> None:
    # Fleiss, Levin and Paik, "Statistical methods for rates and proportions" (2003), table 18.1: 0.68, error 0.087.
    table = ((75, 1, 4), (5, 4, 1), (0, 0, 10))
    judged = confusion(*((ROWS[i], ROWS[j], table[i][j]) for i in range(3) for j in range(3)))
    kappa, low, high = judged.kappa_interval or (-1, 0, 0)
    assert kappa == pytest.approx(0.68, abs=0.005)
    assert (high - low) / 2 / 1.96 == pytest.approx(0.087, abs=0.001)


def test_the_interval_of_kappa_is_not_defined_where_kappa_is_not_and_stays_in_its_bounds() -> None:
    assert Confusion().kappa_interval is None
    assert confusion(("Happy", "Happy", 10)).kappa_interval is None
    assert confusion(("Happy", "Happy", 3), ("Sad", "Sad", 2)).kappa_interval == (1, 1, 1)


def test_unclassified_songs_are_shown_and_left_out_of_agreement() -> None:
    judged = confusion(("Happy", "Happy", 5), (None, "Happy", 2), ("Sad", None, 3), (None, None, 4))
    assert (judged.songs, judged.compared, judged.agreed) == (14, 5, 5)
    assert judged.table()[UNCLASSIFIED]["Happy"] == 2
    first, second = judged.distributions()
    assert (first["Happy"], first["Sad"], first[UNCLASSIFIED]) == (5, 3, 6)
    assert (second["Happy"], second["Sad"], second[UNCLASSIFIED]) == (7, 0, 7)
    assert sum(first.values()) == sum(second.values()) == 14


def test_wilson_by_a_published_example() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81 of 263.
    interval = wilson(81, 263)
    assert interval is not None
    assert interval == pytest.approx((81 / 263, 0.2553, 0.3662), abs=0.00005)


@pytest.mark.parametrize(("successes", "trials"), [(0, 1), (1, 1), (0, 10_000), (10_000, 10_000), (1, 2)])
def test_an_interval_stays_within_its_bounds_and_holds_its_share(successes: int, trials: int) -> None:
    share, low, high = wilson(successes, trials) or (-1, 0, 0)
    assert 0 <= low <= share <= high <= 1
    assert low < high


def test_no_trials_have_no_share() -> None:
    assert wilson(0, 0) is None
